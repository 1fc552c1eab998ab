"""Pure: the text of a CSV file as people keep it, and its rows. Knows no column."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import filetype

from foundation.refusal import Refused

DELIMITERS = ";,\t"
Row = tuple[int, list[str]]  # line of the file, cells


def text_of(data: bytes) -> str:
    """UTF-8, else what French spreadsheets write; the type is told by the content."""
    if filetype.guess(data) is not None or b"\0" in data.removeprefix(b"\xff\xfe"):
        raise Refused(
            "Ce fichier n’est pas un tableau CSV : dans le tableur, enregistrez-le au format CSV."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if text.lstrip()[:1] in {"<", "{", "%"}:
        raise Refused("Ce fichier n’est pas un tableau CSV, mais une page ou un document.")
    return text


def rows_of(text: str) -> Iterator[Row]:
    """The lines that hold something; the separator is the commonest of the first one."""
    lines = text.lstrip("\ufeff").splitlines()
    first = next((line for line in lines if line.strip()), "")
    reader = csv.reader(lines, delimiter=max(DELIMITERS, key=first.count), strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error:
        raise Refused(
            f"Ligne {reader.line_num} : un guillemet n’est pas fermé, le fichier semble tronqué."
        ) from None
