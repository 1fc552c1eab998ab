"""Exports that a spreadsheet opens as they are, and runs nothing of."""

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, cast

import xlsxwriter
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from foundation import clock

Cell = str | int | Decimal | dt.date | dt.datetime | None
CSV, XLSX = "csv", "xlsx"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXPORTED_AT_ONCE = 500  # rows asked from the database together
LONGEST_TEXT = 32_767  # what a cell of a spreadsheet holds

# A cell that begins so would be run as a formula by the spreadsheet of whoever opens the file.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def neutral(cell: Cell) -> str | int:
    """Text made harmless, dates in ISO form, French decimals, nothing for nothing."""
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.astimezone(clock.PARIS).isoformat(sep=" ", timespec="minutes")[:16]
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return f"{cell:f}".replace(".", ",")
    return harmless(cell) if isinstance(cell, str) else cell


def harmless(text: str) -> str:
    """No text is a formula, whoever wrote it."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def table_download(
    kind: str, name: str, header: list[str], rows: Iterable[Iterable[Cell]]
) -> HttpResponse:
    """The same table as CSV or XLSX, without ever holding it whole; `name` has no extension."""
    write = xlsx_stream if kind == XLSX else csv_stream
    return write(f"{name}.{XLSX if kind == XLSX else CSV}", header, rows)


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


def xlsx_stream(name: str, header: list[str], rows: Iterable[Iterable[Cell]]) -> HttpResponse:
    """A workbook of one sheet, dates and numbers as such, written row by row to a file.

    A zip has its table of contents at its end: it is sent once written, in small pieces.
    """
    stream = tempfile.TemporaryFile()  # noqa: SIM115  (closed by the response)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"created": clock.now().replace(tzinfo=None)})
        formats: dict[type, Any] = {
            dt.date: book.add_format({"num_format": "dd/mm/yyyy"}),
            dt.datetime: book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
        }
        sheet = book.add_worksheet("Export")
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(header) - 1, 18)
        sheet.write_row(0, 0, header, book.add_format({"bold": True}))
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                _write_cell(sheet, number, column, cell, formats)
    stream.seek(0)
    response = FileResponse(stream, as_attachment=True, filename=name, content_type=XLSX_TYPE)
    response["X-Content-Type-Options"] = "nosniff"
    return cast(HttpResponse, response)


def _write_cell(sheet: Any, row: int, column: int, cell: Cell, formats: dict[type, Any]) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, dt.datetime):
        local = cell.astimezone(clock.PARIS).replace(tzinfo=None)
        sheet.write_datetime(row, column, local, formats[dt.datetime])
    elif isinstance(cell, dt.date):
        sheet.write_datetime(row, column, cell, formats[dt.date])
    elif isinstance(cell, str):
        sheet.write_string(row, column, harmless(cell)[:LONGEST_TEXT])
    else:
        sheet.write_number(row, column, cell)
