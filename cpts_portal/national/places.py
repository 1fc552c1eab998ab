"""Pure: the communes and arrondissements of today on a plane, read from the reference files."""

import csv
import gzip
import math
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TextIO

from territories.reference_files import FOLDER, Reference

STORY = Path(__file__).parent.parent / "story"
ARRONDISSEMENT_POINTS = Path(__file__).with_name("arrondissement_points.csv")
METRES_A_DEGREE = 111_320

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """A commune or an arrondissement; `x` and `y` are metres from the middle of its région."""

    code: str
    name: str
    epci: str
    departement: str
    region: str
    district: str
    is_arrondissement: bool
    people: int
    x: int
    y: int


@cache
def read_places() -> tuple[Place, ...]:
    """Every place once: Paris, Lyon and Marseille by arrondissement, not whole."""
    rows = list(Reference().communes())
    parents = {row["parent_code"] for row in rows if row["kind"] == "ARM"}
    rows = [row for row in rows if row["insee_code"] not in parents]
    points = _with_neighbours(rows, _points())
    by_region: dict[str, list[Point]] = defaultdict(list)
    for row in rows:
        by_region[row["region"]].append(points[row["insee_code"]])
    middles = {region: middle(found) for region, found in by_region.items()}
    return tuple(
        _place(row, points[row["insee_code"]], middles[row["region"]])
        for row in sorted(rows, key=lambda row: row["insee_code"])
    )


@cache
def held_by_the_demonstration() -> frozenset[str]:
    """The communes that no national CPTS may take, whether the demonstration is loaded or not."""
    named = {row["insee_code"] for row in _csv_rows(STORY / "territories.csv")}
    chapters = tomllib.loads((STORY / "invented.toml").read_text(encoding="utf-8"))["cpts"]
    taken = {chapter["epci"] for chapter in chapters}
    return frozenset(named | {place.code for place in read_places() if place.epci in taken})


def middle(points: Iterable[Point]) -> Point:
    """The mean of some points."""
    found = list(points)
    return (
        sum(point[0] for point in found) / len(found),
        sum(point[1] for point in found) / len(found),
    )


def _place(row: dict[str, str], point: Point, origin: Point) -> Place:
    # Whole metres: the same cuts on every machine, whatever the last bit of a cosine.
    narrowing = math.cos(math.radians(origin[1]))
    return Place(
        code=row["insee_code"],
        name=row["name"].replace("'", "’"),
        epci=row["epci_siren"],
        departement=row["departement"],
        region=row["region"],
        district=row["cpam_district"],
        is_arrondissement=row["kind"] == "ARM",
        people=int(row["population"] or 0),
        x=round((point[0] - origin[0]) * METRES_A_DEGREE * narrowing),
        y=round((point[1] - origin[1]) * METRES_A_DEGREE),
    )


def _points() -> dict[str, Point]:
    rows = [*_csv_rows(FOLDER / "commune_points.csv.gz"), *_csv_rows(ARRONDISSEMENT_POINTS)]
    return {row["insee_code"]: (float(row["lon"]), float(row["lat"])) for row in rows if row["lon"]}


def _with_neighbours(rows: list[dict[str, str]], known: dict[str, Point]) -> dict[str, Point]:
    """A commune without a point takes the middle of its intercommunality."""
    points = dict(known)
    for row in rows:
        if row["insee_code"] not in points:
            siblings = [
                known[other["insee_code"]]
                for other in rows
                if other["epci_siren"] == row["epci_siren"] and other["insee_code"] in known
            ]
            points[row["insee_code"]] = middle(siblings)
    return points


def _csv_rows(path: Path) -> Iterator[dict[str, str]]:
    with _opened(path) as stream:
        yield from csv.DictReader(stream)


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")
