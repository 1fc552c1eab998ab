"""Pure: the size (taille 1 to 4) of a CPTS from its population, by dated thresholds."""

import csv
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from foundation.dates import format_date
from foundation.numbers import NBSP, format_number
from foundation.refusal import Refused

REFERENCE_FILE = Path(__file__).parent / "reference" / "sizes.csv"


@dataclass(frozen=True, slots=True)
class SizeThreshold:
    """From `minimum_population` inhabitants on, the territory has this size."""

    effective_from: dt.date
    size: int
    minimum_population: int
    certainty: str
    source: str


@dataclass(frozen=True, slots=True)
class NextSize:
    """The size above, and how many inhabitants are missing to reach it."""

    size: int
    missing: int

    @property
    def sentence(self) -> str:
        """« 412 habitants sous la taille 3 »."""
        noun = "habitant" if self.missing < 2 else "habitants"
        return f"{format_number(self.missing)}{NBSP}{noun} sous la taille{NBSP}{self.size}"


@cache
def read_thresholds(path: Path = REFERENCE_FILE) -> tuple[SizeThreshold, ...]:
    """The rows of the reference file, every date together."""
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            SizeThreshold(
                effective_from=dt.date.fromisoformat(row["effective_from"]),
                size=int(row["size"]),
                minimum_population=int(row["minimum_population"]),
                certainty=row["certainty"],
                source=row["source"],
            )
            for row in csv.DictReader(file)
        )


def thresholds_on(day: dt.date, thresholds: Iterable[SizeThreshold]) -> tuple[SizeThreshold, ...]:
    """The thresholds in force on a day, smallest size first."""
    begun = [row for row in thresholds if row.effective_from <= day]
    if not begun:
        raise Refused(f"Aucune définition des tailles n’est en vigueur le {format_date(day)}.")
    latest = max(row.effective_from for row in begun)
    rows = (row for row in begun if row.effective_from == latest)
    return tuple(sorted(rows, key=lambda row: row.minimum_population))


def size_of(population: int | None, thresholds: Sequence[SizeThreshold]) -> int:
    """The size of a territory, by thresholds of one date (see `thresholds_on`)."""
    counted = _checked(population)
    return max(
        (row for row in thresholds if row.minimum_population <= counted),
        key=lambda row: row.minimum_population,
    ).size


def next_size(population: int | None, thresholds: Sequence[SizeThreshold]) -> NextSize | None:
    """What is missing to reach the size above; `None` for the largest size."""
    counted = _checked(population)
    above = [row for row in thresholds if row.minimum_population > counted]
    if not above:
        return None
    nearest = min(above, key=lambda row: row.minimum_population)
    return NextSize(size=nearest.size, missing=nearest.minimum_population - counted)


def _checked(population: int | None) -> int:
    """A missing or empty population has no size: it is said, never taken as taille 1."""
    if population is None:
        raise Refused("La population du territoire n’est pas connue : la taille ne se calcule pas.")
    if population <= 0:
        raise Refused(
            "La population du territoire doit être un nombre entier d’au moins un habitant."
        )
    return population
