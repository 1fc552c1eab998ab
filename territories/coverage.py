"""Who covers which commune at a date, who overlaps, who is left out: one query for each question.

A place is a commune of today, or an arrondissement of Paris, Lyon or Marseille instead of the city;
a vanished commune of an old territory counts for the one that took its place. A place is covered by
the public CPTS whose territory version and stage are in force on the day; a refused project or a
terminated contract covers nobody. Inhabitants are those of the newest vintage at every date, so
that only the CPTS make the figures move. Above the whole, shares overlap.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from territories import coverage_sql
from territories.areas import Area, AreaKind, column_of
from territories.coverage_sql import RANKS, rows_of
from territories.models import Stage
from territories.places import departement_names, region_names
from territories.shares import WHOLE, format_share

# Known from the reference files; the name of an EPCI comes with its figures.
_NAMES: dict[AreaKind | None, Callable[[], dict[str, str]]] = {
    AreaKind.REGION: region_names,
    AreaKind.DEPARTEMENT: departement_names,
}
FIRST_YEAR = 2019  # the agreement of 20 June 2019


@dataclass(frozen=True, slots=True)
class Tally:
    """Places and their inhabitants."""

    communes: int = 0
    inhabitants: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.communes + other.communes, self.inhabitants + other.inhabitants)

    def __sub__(self, other: Tally) -> Tally:
        return Tally(self.communes - other.communes, self.inhabitants - other.inhabitants)


@dataclass
class CoverageFigures:
    """What is covered of one area on one day, by the stage of the CPTS."""

    day: dt.date
    code: str = ""
    name: str = ""
    by_stage: dict[Stage, Tally] = field(default_factory=dict)
    # `white` has no CPTS at all; the rest of a shared place is neither covered nor white.
    whole: Tally = field(default_factory=Tally)
    white: Tally = field(default_factory=Tally)
    overlap: Tally = field(default_factory=Tally)
    vintage: int | None = None  # the newest that counts the inhabitants

    @cached_property
    def covered(self) -> Tally:
        return sum(self.by_stage.values(), Tally())

    @property
    def commune_rate(self) -> float:
        """Between 0 and 1; 0 where there is nobody to cover."""
        return self.covered.communes / self.whole.communes if self.whole.communes else 0.0

    @property
    def inhabitant_rate(self) -> float:
        return self.covered.inhabitants / self.whole.inhabitants if self.whole.inhabitants else 0.0


@dataclass(frozen=True, slots=True)
class WhiteZone:
    """One page of the places that no CPTS holds, the EPCI of each, and what all of them count."""

    places: list[tuple[Place, str]]
    whole: Tally


@dataclass(frozen=True, slots=True)
class Coverer:
    """A CPTS that holds a place, with its share."""

    pk: int
    name: str
    slug: str
    share: int
    stage: Stage

    @property
    def share_label(self) -> str:
        """« 62,5 % »; empty for the whole place."""
        return "" if self.share == WHOLE else format_share(self.share)


@dataclass(frozen=True, slots=True)
class Place:
    """A place and the CPTS that hold it."""

    code: str
    name: str
    departement: str
    inhabitants: int
    parent: str | None = None  # the city of an arrondissement
    coverers: tuple[Coverer, ...] = ()

    @property
    def total_share(self) -> int:
        return sum(coverer.share for coverer in self.coverers)

    @property
    def is_overlap(self) -> bool:
        """Held for more than the whole."""
        return self.total_share > WHOLE

    @property
    def inhabitants_counted_twice(self) -> int:
        excess = min(max(0, self.total_share - WHOLE), WHOLE)
        return self.inhabitants * excess // WHOLE


def figures(area: Area, day: dt.date) -> CoverageFigures:
    """One area on one day."""
    return _tallied(area, [day], group=None)[0]


def figures_by_part(area: Area, day: dt.date) -> list[CoverageFigures]:
    """Régions of France, départements of a région, EPCI of a département or of a CPAM, by name.

    Communes without EPCI stand under an empty code.
    """
    kind = area.parts
    found = _tallied(area, [day], group=kind) if kind else []
    return sorted(found, key=lambda part: (not part.code, part.name))


def figures_by_day_and_part(
    area: Area, days: Iterable[dt.date], kind: AreaKind
) -> dict[dt.date, list[CoverageFigures]]:
    """The parts of an area on several days, each day by name: `total_of` gives their whole."""
    wanted = sorted(set(days))
    found: dict[dt.date, list[CoverageFigures]] = {day: [] for day in wanted}
    for part in _tallied(area, wanted, group=kind):
        found[part.day].append(part)
    for parts in found.values():
        parts.sort(key=lambda part: (not part.code, part.name))
    return found


def total_of(parts: Iterable[CoverageFigures], day: dt.date) -> CoverageFigures:
    """The whole that these parts make, on their day."""
    total = CoverageFigures(day)
    for part in parts:
        for stage, tally in part.by_stage.items():
            total.by_stage[stage] = total.by_stage.get(stage, Tally()) + tally
        total.whole += part.whole
        total.white += part.white
        total.overlap += part.overlap
        total.vintage = max(total.vintage or 0, part.vintage or 0) or None
    return total


def overlaps(area: Area, day: dt.date) -> list[Place]:
    """Places held for more than the whole, the most inhabitants counted twice first."""
    condition, values = area.condition
    found = _held_places(day, condition, values, "p.total > %s", [WHOLE])
    return sorted(found, key=lambda place: (-place.inhabitants_counted_twice, place.code))


def places_held(codes: Iterable[str], day: dt.date, *, besides: int | None = None) -> list[Place]:
    """Among these communes, those that public CPTS hold on the day, but for the CPTS `besides`.

    A city and its arrondissements answer for each other.
    """
    wanted = list(dict.fromkeys(codes))
    if not wanted:
        return []
    condition = coverage_sql.among(len(wanted))
    found = _held_places(day, condition, wanted * 4, "cpts.id <> %s", [besides or 0])
    asked = set(wanted)
    return [place for place in found if asked & {place.code, place.parent}]


def every_place(area: Area, day: dt.date) -> list[Place]:
    """All the places of an area by name, white ones too, each with the CPTS that hold it."""
    condition, values = area.condition
    return _with_coverers(coverage_sql.every_place(condition), [day.isoformat(), *values, *values])


def places_among(codes: Iterable[str], day: dt.date) -> list[Place]:
    """The same for some communes, wherever they are; a city is told by its arrondissements."""
    wanted = list(dict.fromkeys(codes))
    if not wanted:
        return []
    query = coverage_sql.every_place(coverage_sql.among(len(wanted)))
    found = _with_coverers(query, [day.isoformat(), *wanted * 8])
    asked = set(wanted)
    return [place for place in found if asked & {place.code, place.parent}]


def white_places(area: Area, day: dt.date, *, limit: int, skip: int = 0) -> list[Place]:
    """Places that no CPTS holds, the most inhabitants first."""
    condition, values = area.condition
    bound = [day.isoformat(), *values, *values, limit, skip]
    return [Place(*row) for row in rows_of(coverage_sql.white_places(condition), bound)]


def white_zone(area: Area, day: dt.date, *, limit: int, skip: int = 0) -> WhiteZone:
    """As `white_places`, with the EPCI and the whole, in one query; nothing beyond the end."""
    condition, values = area.condition
    bound = [day.isoformat(), *values, *values, limit, skip]
    rows = rows_of(coverage_sql.white_zone(condition), bound)
    whole = Tally(rows[0][6], int(rows[0][7])) if rows else Tally()
    return WhiteZone([(Place(*row[:5]), row[5]) for row in rows], whole)


def _held_places(
    day: dt.date, condition: str, values: Sequence[str], restriction: str, bound: Sequence[int]
) -> list[Place]:
    """Held places that meet a restriction, with the CPTS that hold them."""
    query = coverage_sql.held_places(condition, restriction)
    return _with_coverers(query, [day.isoformat(), *values, *bound])


def _with_coverers(query: str, values: Sequence[Any]) -> list[Place]:
    """Rows of a place and one CPTS (or none), gathered by place in their order."""
    known: dict[str, tuple[Any, ...]] = {}
    held: dict[str, list[Coverer]] = defaultdict(list)
    for row in rows_of(query, values):
        code, (pk, name, slug, share, rank) = row[0], row[5:]
        known[code] = row[:5]
        if pk is not None:
            held[code].append(Coverer(pk, name, slug, share, RANKS[rank - 1]))
    return [replace(Place(*place), coverers=tuple(held[code])) for code, place in known.items()]


def _tallied(area: Area, days: list[dt.date], *, group: AreaKind | None) -> list[CoverageFigures]:
    """Sums by day, part of the area and stage; what no CPTS holds is what is left of the whole."""
    condition, values = area.condition
    query = coverage_sql.tally(
        len(days),
        condition,
        column_of(group) if group else "''",
        by_epci=group is AreaKind.EPCI,
    )
    rows = rows_of(query, [*(day.isoformat() for day in days), *values, *values])
    found = _untouched(rows, days, group)
    for day, code, rank, communes, people, counted, doubled, doubled_people, *_ in rows:
        if day is not None:
            figure = found[str(day), code]
            figure.by_stage[RANKS[rank - 1]] = Tally(communes, int(counted))
            figure.white -= Tally(communes, int(people))
            figure.overlap += Tally(int(doubled), int(doubled_people))
    return list(found.values())


def _untouched(
    rows: list[tuple[Any, ...]], days: list[dt.date], group: AreaKind | None
) -> dict[tuple[str, str], CoverageFigures]:
    """By day and part: the whole of it, as if nobody covered any place."""
    names = _NAMES[group]() if group in _NAMES else {}
    found = {} if group else {(day.isoformat(), ""): CoverageFigures(day) for day in days}
    for day, code, _, communes, people, *_, vintage, name in rows:
        if day is None:
            whole, label = Tally(communes, int(people)), name or names.get(code, "")
            for moment in days:
                found[moment.isoformat(), code] = CoverageFigures(
                    moment, code, label, whole=whole, white=whole, vintage=vintage
                )
    return found
