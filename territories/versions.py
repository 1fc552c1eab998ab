"""The versions of a territory as the public reads them: dates, communes that came and went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from territories.models import Cpts, Territory, TerritoryCommune
from territories.shares import counted


@dataclass
class Version:
    """A dated version and what it changed of the one before."""

    territory: Territory
    rows: list[TerritoryCommune] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    is_first: bool = True

    @property
    def is_in_use(self) -> bool:
        return self.territory.replaced_on is None

    @property
    def changes_nothing(self) -> bool:
        """Same communes: a share, the vintage or the source changed."""
        return not (self.is_first or self.added or self.removed)


@dataclass(frozen=True, slots=True)
class EpciPart:
    """How many communes of an intercommunal body the territory holds."""

    name: str
    held: int
    whole: int
    inhabitants: int

    @property
    def is_whole(self) -> bool:
        return self.held >= self.whole


def versions_of(cpts: Cpts, rows: Iterable[Any]) -> list[Version]:
    """From the rows of `of_versions`: those in force while the public knew the CPTS, newest first.

    `cpts` comes with `with_public_since`.
    """
    versions: dict[int, Version] = {}
    for row in rows:
        versions.setdefault(row.territory_id, Version(row.territory)).rows.append(row)
    known = [version for version in versions.values() if _was_public(version.territory, cpts)]
    for before, after in pairwise(known):
        names_before, names_after = _names(before.rows), _names(after.rows)
        after.added = [name for code, name in names_after.items() if code not in names_before]
        after.removed = [name for code, name in names_before.items() if code not in names_after]
        after.is_first = False
    return list(reversed(known))


def people_by_vintage(rows: list[Any]) -> dict[int, int]:
    """As `actions.population_by_vintage` counts, from the rows already read; oldest first.

    A vintage in which one commune has no figure is left out rather than counted short.
    """
    sums: dict[int, int] = {}
    known: Counter[int] = Counter()
    for row in rows:
        for vintage, municipal in (row.people_by_vintage or {}).items():
            sums[int(vintage)] = sums.get(int(vintage), 0) + counted(municipal, row.share)
            known[int(vintage)] += 1
    return {vintage: sums[vintage] for vintage in sorted(sums) if known[vintage] == len(rows)}


def epci_parts(rows: Iterable[Any]) -> list[EpciPart]:
    """The EPCI of these communes, the most inhabitants first. Arrondissements are of their city."""
    counted: dict[str, list[Any]] = {}
    for row in rows:
        if row.commune.epci_id and not row.commune.parent_id:
            counted.setdefault(row.commune.epci_id, []).append(row)
    parts = [
        EpciPart(
            name=held[0].commune.epci.name,
            held=len(held),
            whole=held[0].communes_of_epci or len(held),
            inhabitants=sum(row.population for row in held),
        )
        for held in counted.values()
    ]
    return sorted(parts, key=lambda part: (-part.inhabitants, part.name))


def _was_public(territory: Territory, cpts: Any) -> bool:
    ended = territory.replaced_on
    if territory.pk == cpts.territory_id:
        return True
    return ended is None or bool(
        ended > territory.valid_from and cpts.public_since and ended > cpts.public_since
    )


def _names(rows: list[TerritoryCommune]) -> dict[str, str]:
    return {row.commune_id: row.commune.name for row in rows}
