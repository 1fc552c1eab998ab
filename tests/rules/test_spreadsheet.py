"""Exports: a cell is text, never a formula."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from foundation import clock
from foundation.spreadsheet import (
    Cell,
    csv_download,
    csv_stream,
    neutral,
    table_download,
    xlsx_stream,
)


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("Béthune", "Béthune"),
        ("=1+1", "'=1+1"),
        ("+33 3 21", "'+33 3 21"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("a=b", "a=b"),
        (-12, -12),
        (None, ""),
        (dt.date(2026, 3, 1), "2026-03-01"),
        (dt.datetime(2026, 3, 1, 8, 5, tzinfo=dt.UTC), "2026-03-01 09:05"),
        (Decimal("1234.50"), "1234,50"),
    ],
)
def test_a_cell_is_made_harmless(cell: Cell, written: str | int) -> None:
    assert neutral(cell) == written


def test_the_file_opens_in_a_french_spreadsheet() -> None:
    response = csv_download("été.csv", ["Nom", "Taille"], [["Vexin ; Normand", 1]])
    assert response.content == 'Nom;Taille\r\n"Vexin ; Normand";1\r\n'.encode("utf-8-sig")
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%C3%A9t%C3%A9.csv"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_long_file_is_sent_while_it_is_written() -> None:
    asked: list[int] = []

    def rows() -> Iterator[list[Cell]]:
        for number in range(3):
            asked.append(number)
            yield ["=1", number]

    response: Any = csv_stream("long.csv", ["Nom", "Rang"], rows())
    parts = iter(response.streaming_content)
    assert [next(parts), next(parts), next(parts)] == [
        b"\xef\xbb\xbf",
        b"Nom;Rang\r\n",
        b"'=1;0\r\n",
    ]
    assert asked == [0], "the second row is not yet asked for"
    assert response["X-Content-Type-Options"] == "nosniff"


# --- XLSX --------------------------------------------------------------------------------------


def sheet_of(response: Any) -> str:
    """The cells of the one sheet, as the format writes them."""
    content = b"".join(response.streaming_content)
    response.file_to_stream.close()  # as the server does once the file is sent
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert book.testzip() is None
        return book.read("xl/worksheets/sheet1.xml").decode()


def test_numbers_and_dates_of_a_workbook_are_no_text() -> None:
    row: list[Cell] = [12, Decimal("1234.50"), dt.date(2026, 3, 1), None, "Béthune"]
    sheet = sheet_of(xlsx_stream("a.xlsx", ["N", "Montant", "Jour", "Vide", "Nom"], [row]))
    assert '<c r="A2"><v>12</v></c>' in sheet
    assert re.search(r'<c r="B2"><v>1234.50?</v></c>', sheet)
    assert re.search(r'<c r="C2" s="\d+"><v>46082</v></c>', sheet), "a date is a number of days"
    assert 'r="D2"' not in sheet
    assert '<c r="E2" t="inlineStr"><is><t>Béthune</t></is></c>' in sheet


def test_a_moment_of_a_workbook_is_in_paris() -> None:
    moment = dt.datetime(2026, 2, 28, 23, 30, tzinfo=dt.UTC)
    sheet = sheet_of(xlsx_stream("a.xlsx", ["Quand"], [[moment]]))
    day = float(re.findall(r'<c r="A2" s="\d+"><v>([\d.]+)</v>', sheet)[0])
    assert abs(day - (46082 + 0.5 / 24)) < 1e-6


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_a_workbook_is_a_formula(first: str) -> None:
    sheet = sheet_of(xlsx_stream("a.xlsx", ["Nom"], [[f"{first}1+1"]]))
    assert "<f>" not in sheet
    assert "<t>'" in sheet or '<t xml:space="preserve">\'' in sheet


def test_a_text_too_long_for_a_cell_is_cut_rather_than_lost() -> None:
    sheet = sheet_of(xlsx_stream("a.xlsx", ["Nom"], [["é" * 40_000]]))
    assert sheet.count("é") == 32_767


def test_a_workbook_never_holds_its_rows() -> None:
    """Each row is dropped once written: what generates them never has two alive."""
    alive: list[int] = []

    class Row(list[Cell]):
        def __del__(self) -> None:
            alive.pop()

    def rows() -> Iterator[list[Cell]]:
        for number in range(500):
            alive.append(number)
            assert len(alive) <= 2
            yield Row(["Nom", number])

    response = xlsx_stream("a.xlsx", ["Nom", "Rang"], rows())
    assert sheet_of(response).count("<row") == 501


def test_the_kind_makes_the_file() -> None:
    for kind, words in [("csv", "text/csv"), ("xlsx", "spreadsheetml")]:
        with clock.at(dt.date(2026, 3, 1)):
            response: Any = table_download(kind, "été", ["Nom"], [["Béthune"]])
        assert words in response["Content-Type"]
        assert f"%C3%A9t%C3%A9.{kind}" in response["Content-Disposition"]
        assert response["X-Content-Type-Options"] == "nosniff"
        assert b"".join(response.streaming_content)
        if kind == "xlsx":
            response.file_to_stream.close()
