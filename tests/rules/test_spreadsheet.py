"""Exports: a cell is text, never a formula."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from foundation.spreadsheet import Cell, csv_download, csv_stream, neutral


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
