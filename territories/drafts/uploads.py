"""Pure: reads a CSV file of communes as people keep it, into the text of a pasted list.

The lines of the text are those of the file, so that what is said of a line is found in both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from foundation.csv_files import Row, rows_of, text_of
from foundation.refusal import Refused
from foundation.search import search_key
from territories.drafts.draft import MAX_COMMUNES

MAX_BYTES = 1024 * 1024
_CODE = re.compile(r"\d{4,5}|2[ABab]\d{3}")
_CODE_HEADERS = ("code insee", "insee", "codgeo", "code commune", "insee code", "code", "com")
_NAME_HEADERS = ("commune", "nom", "libelle", "nom commune", "libgeo", "name", "ville")
_SHARE_HEADERS = ("part", "part comptee", "pourcentage", "quote part", "share")


def read_communes(data: bytes) -> str:
    """One line for each commune of the file: « 62119 », « Béthune 62,5 % »."""
    rows = _rows(_text(data))
    if not rows:
        raise Refused("Ce fichier est vide : choisissez un fichier qui contient des communes.")
    header = _header(rows[0][1])
    if header:
        rows = rows[1:]
    if len(rows) > MAX_COMMUNES:
        raise Refused("Ce fichier dépasse 1 000 communes : coupez-le en plusieurs.")
    where = _column(header, rows)
    share = _share_column(header, rows)
    lines = [""] * (rows[-1][0] if rows else 0)
    for number, cells in rows:
        part = cells[share].strip().rstrip("%").strip() if share is not None else ""
        lines[number - 1] = f"{_padded(cells[where])} {part} %" if part else _padded(cells[where])
    return "\n".join(lines)


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise Refused("Ce fichier dépasse 1 Mo : gardez seulement la colonne des communes.")
    return text_of(data)


def _rows(text: str) -> list[Row]:
    """The lines that hold something, all with as many columns as the first one."""
    rows = list(rows_of(text))
    for number, cells in rows:
        if len(cells) != len(rows[0][1]):
            raise Refused(
                f"Ligne {number} : {_columns(len(cells))} au lieu de {len(rows[0][1])}, "
                "le fichier semble tronqué ou abîmé."
            )
    return rows


def _header(cells: Sequence[str]) -> list[str]:
    """The names of the columns, when the first line holds them and no commune."""
    keys = [search_key(cell) for cell in cells]
    known = {*_CODE_HEADERS, *_NAME_HEADERS, *_SHARE_HEADERS}
    is_header = any(key in known for key in keys) and not any(map(_is_code, cells))
    return keys if is_header else []


def _column(header: list[str], rows: list[Row]) -> int:
    """Where the communes are: by the names of the columns, else the first column of codes or names.

    Codes first: they leave no doubt.
    """
    for wanted in (_CODE_HEADERS, _NAME_HEADERS):
        for name in wanted:
            if name in header:
                return header.index(name)
    width = len(rows[0][1]) if rows else 0
    for looks_right in (_is_code, _is_name):
        for index in range(width):
            if rows and all(looks_right(cells[index]) for _, cells in rows):
                return index
    raise Refused("Ce fichier ne contient pas de colonne de codes INSEE ou de noms de communes.")


def _share_column(header: list[str], rows: list[Row]) -> int | None:
    for name in _SHARE_HEADERS:
        if name in header:
            return header.index(name)
    if header or not rows:
        return None
    for index in range(len(rows[0][1])):
        cells = [row[index].strip() for _, row in rows]
        if any(cells) and all(cell.endswith("%") for cell in cells if cell):
            return index
    return None


def _is_code(cell: str) -> bool:
    return bool(_CODE.fullmatch(cell.strip()))


def _is_name(cell: str) -> bool:
    """A name, a code followed by a name, or a code among names."""
    has_letters = bool(re.search(r"[^\W\d_]", cell))
    return _is_code(cell) or (has_letters and not cell.strip().endswith("%"))


def _padded(cell: str) -> str:
    """Spreadsheets take the first zero off: « 1138 » is 01138."""
    cell = cell.strip()
    return f"0{cell}" if re.fullmatch(r"\d{4}", cell) else cell


def _columns(count: int) -> str:
    return "1 colonne" if count == 1 else f"{count} colonnes"
