"""Reads the committed reference files and checks every line before anything is written.

Pure: no database. A file is read twice (checked, then streamed), so that 280 000 rows never stand
in memory together. Sources and licence: territories/reference/README.md.
"""

import csv
import gzip
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from foundation.search import search_key

FOLDER = Path(__file__).parent / "reference"
FILES = (
    "regions.csv",
    "departements.csv",
    "epci.csv",
    "cpam_districts.csv",
    "cpam_district_epci.csv",
    "communes.csv.gz",
    "communes_history.csv.gz",
    "populations.csv.gz",
    "commune_points.csv.gz",
)
# No ARS, no CPAM and no published vintage there: a CPTS cannot stand on these communes.
OUTSIDE = "com"
# Degrees of longitude and latitude of a centre and of its bounding box; a few are not known.
PLACE_LIMITS = {"lon": 180, "lat": 90, "west": 180, "south": 90, "east": 180, "north": 90}

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """One line that would break the reference, and why, in French for the person who loads."""

    file: str
    line: int  # 0 when the whole file is at fault
    reason: str
    unit: str = "ligne"

    def __str__(self) -> str:
        place = f"{self.file}, {self.unit} {self.line}" if self.line else self.file
        return f"{place} : {self.reason}"


@dataclass
class Reference:
    """The files of one folder, checked by `check()`; the rest streams their rows."""

    folder: Path = FOLDER
    rejected: list[RejectedLine] = field(default_factory=list)
    codes: dict[str, set[str]] = field(default_factory=dict)

    def fingerprints(self) -> dict[str, str]:
        """SHA-256 of each file: the same files are not loaded twice."""
        return {
            name: hashlib.sha256((self.folder / name).read_bytes()).hexdigest() for name in FILES
        }

    def check(self) -> list[RejectedLine]:
        """Every line that cannot be loaded; empty when the whole may be written."""
        self.rejected.clear()
        self._check("regions.csv", "code", lambda row: None)
        self._check("departements.csv", "code", self._wants("region", "regions.csv"))
        self._check("epci.csv", "siren", lambda row: None)
        self._check("cpam_districts.csv", "code", self._wants("departement", "departements.csv"))
        self._check(
            "cpam_district_epci.csv",
            "epci_siren",
            self._wants("cpam_district", "cpam_districts.csv"),
        )
        self._check("communes.csv.gz", "insee_code", self._commune_problem)
        self._check_pairs("communes_history.csv.gz", "old_code", "current_code", lambda row: None)
        self._check_pairs(
            "populations.csv.gz", "insee_code", "reference_year", self._population_problem
        )
        self._check("commune_points.csv.gz", "insee_code", self._place_problem)
        return self.rejected

    def rows(self, name: str) -> Iterator[Row]:
        """The rows of one file that concern the portal."""
        return (row for _, row in self._numbered(name))

    def communes(self) -> Iterator[Row]:
        """Communes with their CPAM district: one per département, or split by EPCI."""
        split = {
            (row["departement"], row["epci_siren"]): row["cpam_district"]
            for row in self.rows("cpam_district_epci.csv")
        }
        default: dict[str, str] = {}
        for row in self.rows("cpam_districts.csv"):
            default.setdefault(row["departement"], row["code"])
        for row in self.rows("communes.csv.gz"):
            place = row["departement"]
            yield {
                **row,
                "cpam_district": split.get((place, row["epci_siren"])) or default[place],
            }

    def history(self) -> Iterator[Row]:
        """Vanished codes whose commune of today is known to the portal."""
        known = self.codes["communes.csv.gz"]
        return (row for row in self.rows("communes_history.csv.gz") if row["current_code"] in known)

    def _numbered(self, name: str) -> Iterator[tuple[int, Row]]:
        with _opened(self.folder / name) as stream:
            reader = csv.DictReader(stream)
            for row in reader:
                if row.get("zone") != OUTSIDE:
                    yield reader.line_num, row

    def _check(self, name: str, key: str, problem: Callable[[Row], str | None]) -> None:
        """Each key once and given, and no other problem; the keys become known codes."""
        known = self.codes.setdefault(name, set())
        known.clear()
        for line, row in self._numbered(name):
            code = row[key]
            reason = problem(row)
            if not code:
                reason = f"la colonne {key} est vide"
            elif code in known:
                reason = f"« {code} » figure deux fois"
            if reason:
                self.rejected.append(RejectedLine(name, line, reason))
            known.add(code)

    def _check_pairs(
        self, name: str, first: str, second: str, problem: Callable[[Row], str | None]
    ) -> None:
        seen: set[tuple[str, str]] = set()
        for line, row in self._numbered(name):
            pair = (row[first], row[second])
            reason = f"« {pair[0]}, {pair[1]} » figure deux fois" if pair in seen else problem(row)
            if reason:
                self.rejected.append(RejectedLine(name, line, reason))
            seen.add(pair)

    def _wants(self, column: str, file: str) -> Callable[[Row], str | None]:
        """A check: the column names a code of another file."""

        def problem(row: Row) -> str | None:
            code = row[column]
            return None if code in self.codes[file] else f"« {code} » n’est pas dans {file}"

        return problem

    def _commune_problem(self, row: Row) -> str | None:
        if row["departement"] not in self.codes["departements.csv"]:
            return f"département inconnu : « {row['departement']} »"
        if row["epci_siren"] and row["epci_siren"] not in self.codes["epci.csv"]:
            return f"intercommunalité inconnue : « {row['epci_siren']} »"
        if row["kind"] not in {"COM", "ARM"}:
            return f"nature inconnue : « {row['kind']} »"
        return None if search_key(row["name"]) else "le nom est vide"

    def _population_problem(self, row: Row) -> str | None:
        if row["insee_code"] not in self.codes["communes.csv.gz"]:
            return f"commune inconnue : « {row['insee_code']} »"
        if not row["population_municipale"].isdecimal():
            return f"population illisible : « {row['population_municipale']} »"
        if row["population_totale"] and not row["population_totale"].isdecimal():
            return f"population totale illisible : « {row['population_totale']} »"
        year = row["reference_year"]
        return None if year.isdecimal() and 2000 < int(year) < 2100 else f"millésime : « {year} »"

    def _place_problem(self, row: Row) -> str | None:
        if row["insee_code"] not in self.codes["communes.csv.gz"]:
            return f"commune inconnue : « {row['insee_code']} »"
        for column, limit in PLACE_LIMITS.items():
            if row[column] and not _is_degree(row[column], limit):
                return f"la colonne {column} n’est pas en degrés : « {row[column]} »"
        return None


def _is_degree(text: str, limit: int) -> bool:
    try:
        return abs(float(text)) <= limit  # false for NaN too
    except ValueError:
        return False


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
            yield stream
    else:
        with path.open(encoding="utf-8", newline="") as stream:
            yield stream
