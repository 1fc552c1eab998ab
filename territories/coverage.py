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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from territories import coverage_sql
from territories.areas import Area, AreaKind, column_of
from territories.coverage_sql import RANKS, rows_of
from territories.models import Epci, Stage
from territories.places import departement_names, region_names
from territories.shares import WHOLE, format_share

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
class Coverer:
    """A CPTS that holds a place, with its share."""

    pk: int
    name: str
    slug: str
    share: int
    stage: Stage

    @property
    def share_label(self) -> str:
        """« 40 % »; empty for the whole."""
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


def figures_by_year(area: Area, today: dt.date) -> list[CoverageFigures]:
    """The same area at the end of each year since the agreement, and today."""
    days = [dt.date(year, 12, 31) for year in range(FIRST_YEAR, today.year)]
    return _tallied(area, [*days, today], group=None)


def figures_by_part(area: Area, day: dt.date) -> list[CoverageFigures]:
    """Régions of France, départements of a région, EPCI of a département or of a CPAM, by name.

    Communes without EPCI stand under an empty code.
    """
    kind = area.parts
    found = _tallied(area, [day], group=kind) if kind else []
    return sorted(found, key=lambda part: (not part.code, part.name))


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


def holders_by_place(area: Area, day: dt.date) -> dict[str, list[tuple[int, int]]]:
    """Place → [(CPTS, share), …] for the places held in the area: what a map colours."""
    condition, values = area.condition
    held: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for place, cpts, share in rows_of(coverage_sql.holders(condition), [day.isoformat(), *values]):
        held[place].append((cpts, share))
    return held


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
    query = coverage_sql.tally(len(days), condition, column_of(group) if group else "''")
    rows = rows_of(query, [*(day.isoformat() for day in days), *values, *values])
    wholes = {
        code: Tally(communes, int(people))
        for day, code, _, communes, people, *_ in rows
        if day is None
    }
    names = _names_of(group, set(wholes)) if group else {}
    if group is None:
        wholes.setdefault("", Tally())
    found = {
        (day.isoformat(), code): CoverageFigures(
            day, code, names.get(code, ""), whole=whole, white=whole
        )
        for day in days
        for code, whole in wholes.items()
    }
    for day, code, rank, communes, people, counted, doubled, doubled_people in rows:
        if day is not None:
            figure = found[str(day), code]
            figure.by_stage[RANKS[rank - 1]] = Tally(communes, int(counted))
            figure.white -= Tally(communes, int(people))
            figure.overlap += Tally(int(doubled), int(doubled_people))
    return list(found.values())


def _names_of(kind: AreaKind, codes: set[str]) -> dict[str, str]:
    """Code → name; one query for EPCI, none for régions and départements."""
    from_files = {AreaKind.REGION: region_names, AreaKind.DEPARTEMENT: departement_names}
    if kind in from_files:
        return from_files[kind]()
    return dict(Epci.objects.filter(pk__in=codes).values_list("pk", "name"))
