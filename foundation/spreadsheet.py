"""Exports that a spreadsheet opens as they are, and runs nothing of."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator
from typing import cast

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

Cell = str | int | dt.date | None

# A cell that begins so would be run as a formula by the spreadsheet of whoever opens the file.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def neutral(cell: Cell) -> str | int:
    """Text made harmless, dates in ISO form, nothing for nothing."""
    if cell is None:
        return ""
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return cell


def csv_download(name: str, header: list[str], rows: Iterable[Iterable[Cell]]) -> HttpResponse:
    """A CSV file as French spreadsheets expect it: semicolons, UTF-8 with its mark."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(header)
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    response = HttpResponse(
        text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


class _Echo:
    """A file that gives back each line it is asked to write."""

    def write(self, line: str) -> str:
        return line


def csv_stream(name: str, header: list[str], rows: Iterable[Iterable[Cell]]) -> HttpResponse:
    """As `csv_download`, sent while it is written: for tables of thousands of rows."""
    writer = csv.writer(_Echo(), delimiter=";")

    def lines() -> Iterator[bytes]:
        yield "\ufeff".encode()
        yield writer.writerow(header).encode()
        for row in rows:
            yield writer.writerow([neutral(cell) for cell in row]).encode()

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    # Views promise an HttpResponse; Django serves this sibling class in its place.
    return cast(HttpResponse, response)
