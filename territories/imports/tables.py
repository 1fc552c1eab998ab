"""Pure: reads the tables that operators bring, whatever their publisher calls the columns.

CSV, plain or compressed, in UTF-8, with commas, semicolons or tabs. A file that cannot be read is
refused in one sentence; a line that cannot is for the caller to report.
"""

import csv
import gzip
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from foundation.refusal import Refused
from foundation.search import search_key

MAGIC_GZIP = b"\x1f\x8b"

Names = Sequence[str]  # how publishers call one column, the surest first


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its names in the files, and what it holds in French, for refusals."""

    names: Names
    holds: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file with its number, its wanted columns, and what is wrong with its shape."""

    number: int
    values: dict[str, str]
    problem: str = ""


def insee_code(text: str) -> str:
    """As INSEE writes it: spreadsheets eat the zero of « 01138 », some publishers write « 2a »."""
    code = text.strip().upper()
    return code.zfill(5) if len(code) == 4 and code.isdecimal() else code


@contextmanager
def readable(name: str) -> Iterator[None]:
    """Turn what the machine says of an unreadable file into one sentence."""
    try:
        yield
    except FileNotFoundError as error:
        raise Refused(f"Le fichier « {name} » est introuvable.") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Refused(f"Le fichier « {name} » est tronqué ou abîmé.") from error
    except OSError as error:
        raise Refused(f"Le fichier « {name} » ne peut pas être lu.") from error
    except UnicodeDecodeError as error:
        raise Refused(f"Le fichier « {name} » n’est pas un texte en UTF-8.") from error
    except csv.Error as error:
        raise Refused(f"Le fichier « {name} » n’est pas un tableau CSV lisible.") from error


def headings(path: Path) -> set[str]:
    """The names of the columns, without case or accents: to tell one format from another."""
    with readable(path.name), _opened(path) as stream:
        return {_plain(cell) for cell in _cells(stream.readline())}


def read_table(path: Path, columns: Mapping[str, Column]) -> Iterator[Line]:
    """Stream the wanted columns; refuses a file without one that is required.

    An optional column that the file does not hold is absent from the values.
    """
    with readable(path.name), _opened(path) as stream:
        first = stream.readline()
        heading = _cells(first)
        places = _places(path.name, heading, columns)
        reader = csv.reader(stream, delimiter=_delimiter(first), strict=True)
        for cells in reader:
            if cells:
                yield _line(reader.line_num + 1, cells, len(heading), places)


def _line(number: int, cells: list[str], width: int, places: Mapping[str, int]) -> Line:
    if len(cells) != width:
        return Line(number, {}, f"{len(cells)} colonne(s) au lieu de {width}")
    values = {key: cells[place].strip() for key, place in places.items()}
    if any("\0" in value for value in values.values()):
        return Line(number, {}, "la ligne contient un caractère nul")
    return Line(number, values)


def _places(name: str, heading: list[str], columns: Mapping[str, Column]) -> dict[str, int]:
    read = {_plain(cell): place for place, cell in enumerate(heading)}
    found: dict[str, int] = {}
    for key, column in columns.items():
        place = _first(read, column.names)
        if place is not None:
            found[key] = place
        elif column.required:
            seen = ", ".join(heading)[:150]
            raise Refused(
                f"Le fichier « {name} » n’a pas de colonne pour {column.holds}"
                f" (attendu : {column.names[0]} ; colonnes lues : {seen})."
            )
    return found


def _first(read: Mapping[str, int], names: Iterable[str]) -> int | None:
    for name in names:
        if _plain(name) in read:
            return read[_plain(name)]
    return None


def _plain(heading: str) -> str:
    """« Code INSEE », « code_insee » and « CODE-INSEE » are one name."""
    return search_key(heading).replace(" ", "")


def _cells(first_line: str) -> list[str]:
    cells = next(csv.reader([first_line], delimiter=_delimiter(first_line)), [])
    return [cell.strip() for cell in cells]


def _delimiter(first_line: str) -> str:
    return max(",;\t", key=first_line.count)


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    with path.open("rb") as probe:
        compressed = probe.read(2) == MAGIC_GZIP
    if compressed:
        with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as stream:
            yield stream
    else:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            yield stream
