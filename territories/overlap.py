"""What stands around a territory: communes already taken, people counted twice, neighbours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from territories.coverage import Coverer, Place, places_held
from territories.drafts.counted import Drafted
from territories.shares import WHOLE


@dataclass(frozen=True, slots=True)
class TakenPlace:
    """A commune of a territory that other CPTS hold too; `own` is the share of the territory."""

    place: Place
    own: int

    @property
    def is_overlap(self) -> bool:
        """Together they hold more than the whole: people are counted twice."""
        return self.place.total_share + self.own > WHOLE

    @property
    def counted_twice(self) -> int:
        excess = min(max(0, self.place.total_share + self.own - WHOLE), self.own)
        return self.place.inhabitants * excess // WHOLE

    @property
    def others(self) -> str:
        """« CPTS Monts », « CPTS Monts (40 %) »."""
        return ", ".join(
            f"{coverer.name} ({coverer.share_label})" if coverer.share_label else coverer.name
            for coverer in self.place.coverers
        )

    @property
    def pairs(self) -> set[str]:
        """« 62516:12 » for each CPTS: what a reason was given for."""
        return {f"{self.place.code}:{coverer.pk}" for coverer in self.place.coverers}


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A CPTS whose communes touch the territory, and where."""

    cpts: Coverer
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything around one territory on a day."""

    taken: list[TakenPlace]
    neighbours: list[Neighbour]
    pieces: int
    knows_borders: bool

    @property
    def overlaps(self) -> list[TakenPlace]:
        return [one for one in self.taken if one.is_overlap]

    @property
    def counted_twice(self) -> int:
        return sum(one.counted_twice for one in self.taken)


def taken_places(
    shares: Mapping[str, int], day: dt.date, *, besides: int | None = None, slug: str = ""
) -> list[TakenPlace]:
    """The places of a territory that public CPTS hold on the day, by name. One query.

    The CPTS itself is left aside, by its key or by its slug.
    """
    return _own(places_held(shares, day, besides=besides), shares, slug)


def overlaps_with(
    shares: Mapping[str, int], day: dt.date, *, besides: int | None
) -> list[TakenPlace]:
    """Those held for more than the whole, once this territory is added."""
    return [one for one in taken_places(shares, day, besides=besides) if one.is_overlap]


def surroundings(drafted: Drafted, day: dt.date, *, besides: int | None = None) -> Surroundings:
    """One query for the communes and for those that touch them."""
    shares = drafted.draft.shares
    touching = {code for commune in drafted.communes for code in commune.touching}
    beyond = touching - shares.keys()
    slug = drafted.draft.besides
    held = places_held([*shares, *sorted(beyond)], day, besides=besides)
    return Surroundings(
        taken=_own(held, shares, slug),
        neighbours=_neighbours(_without(place, slug) for place in held if place.code in beyond),
        pieces=drafted.pieces,
        knows_borders=bool(touching),
    )


def pairs_of(overlaps: Iterable[TakenPlace]) -> list[str]:
    """Places and CPTS: a reason given for these is asked again when others join them."""
    return sorted({pair for one in overlaps for pair in one.pairs})


def named(overlaps: Iterable[TakenPlace]) -> str:
    """« Lillers (CPTS Monts) et 2 de plus »; empty for none."""
    found = list(overlaps)
    said = ", ".join(f"{one.place.name} ({one.others})" for one in found[:3])
    return said if len(found) <= 3 else f"{said} et {len(found) - 3} de plus"


def _own(held: Iterable[Place], shares: Mapping[str, int], slug: str) -> list[TakenPlace]:
    """A city answers for its arrondissements."""
    found = []
    for place in (_without(place, slug) for place in held):
        own = shares.get(place.code) or shares.get(place.parent or "")
        if own and place.coverers:
            found.append(TakenPlace(place, own))
    return found


def _without(place: Place, slug: str) -> Place:
    if not slug:
        return place
    return replace(place, coverers=tuple(one for one in place.coverers if one.slug != slug))


def _neighbours(places: Iterable[Place]) -> list[Neighbour]:
    by_cpts: dict[int, tuple[Coverer, list[str]]] = {}
    for place in places:
        for coverer in place.coverers:
            by_cpts.setdefault(coverer.pk, (coverer, []))[1].append(place.name)
    rows = [Neighbour(coverer, tuple(names)) for coverer, names in by_cpts.values()]
    return sorted(rows, key=lambda row: row.cpts.name)
