"""The CPTS of one commune and of its neighbours, of today and of before, in one query."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from territories.coverage_sql import RANKS, rows_of
from territories.models import Stage
from territories.shares import WHOLE, format_share

# Values: the commune, three times. A row for each place, CPTS, version of its territory and stage
# that may hold it; a city answers for its arrondissements and they for it, a vanished commune for
# the one that took its place. Places without CPTS come with empty columns.
_HELD = """
WITH places AS (
    SELECT insee_code AS place FROM territories_commune WHERE insee_code = %s
    UNION SELECT neighbour_id FROM territories_adjacency WHERE commune_id = %s
),
linked AS (
    SELECT place, place AS code FROM places
    UNION SELECT place, c.parent_id FROM places JOIN territories_commune c
        ON c.insee_code = place WHERE c.parent_id IS NOT NULL
    UNION SELECT place, c.insee_code FROM places JOIN territories_commune c ON c.parent_id = place
    UNION SELECT place, c.insee_code FROM places JOIN territories_commune c
        ON c.successor_id = place
),
held AS (
    SELECT linked.place, cpts.name, cpts.slug, p.stage, t.population, t.vintage, m.share, m.part,
           m.certainty, m.commune_id, named.name AS commune,
           t.valid_from, t.replaced_on, p.starts_on, p.ends_on
    FROM linked
    JOIN territories_territorycommune m ON m.commune_id = linked.code
    JOIN territories_commune named ON named.insee_code = m.commune_id
    JOIN territories_territory t ON t.id = m.territory_id
    JOIN territories_cpts cpts ON cpts.id = t.cpts_id
    JOIN territories_stageperiod p ON p.cpts_id = cpts.id AND p.is_public
         AND p.stage NOT IN ('emergence', 'abandoned', 'terminated', 'replaced')
)
SELECT c.insee_code, c.name, c.departement_id, CASE WHEN c.insee_code = %s THEN 0 ELSE 1 END,
       held.name, held.slug, held.stage, held.population, held.vintage, held.share, held.part,
       held.certainty, held.commune_id, held.commune,
       held.valid_from, held.replaced_on, held.starts_on, held.ends_on
FROM places JOIN territories_commune c ON c.insee_code = places.place
LEFT JOIN held ON held.place = c.insee_code
ORDER BY 4, c.search_name, c.insee_code, held.name, held.slug, held.commune_id
"""


@dataclass(frozen=True, slots=True)
class Cover:
    """A CPTS that held a commune, or a part of it, from one day to another (excluded)."""

    name: str
    slug: str
    stage: Stage
    population: int
    vintage: int
    share: int
    part: str
    certainty: str
    commune: str  # what its territory names: the commune itself, its city or an arrondissement
    is_same_commune: bool
    starts_on: dt.date
    ends_on: dt.date | None

    @property
    def get_stage_display(self) -> str:
        """As a model would say it, for `components/stage_badge.html`."""
        return str(self.stage.label)

    @property
    def is_completed(self) -> bool:
        return self.certainty in {"inferred", "filled"}

    @property
    def share_label(self) -> str:
        """« 62,5 % de la commune (quartiers nord) »; empty for a whole commune."""
        named = f" ({self.part})" if self.part else ""
        if self.share != WHOLE:
            return f"{format_share(self.share)} de la commune{named}"
        return self.part

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two periods the same hold."""
        return (self.slug, self.commune, self.share, self.part)

    def holds_on(self, day: dt.date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or self.ends_on > day)


@dataclass
class CoveredCommune:
    """A commune with what holds it today, and every hold in time, oldest first."""

    code: str
    name: str
    departement: str
    present: list[Cover] = field(default_factory=list)
    history: list[Cover] = field(default_factory=list)

    @property
    def total_share(self) -> int:
        """Of today, in ten-thousandths; above the whole, CPTS overlap."""
        return sum(cover.share for cover in self.present if cover.is_same_commune)

    @property
    def is_overlap(self) -> bool:
        return self.total_share > WHOLE

    def before(self, today: dt.date) -> list[Cover]:
        """The holds that ended."""
        return [cover for cover in self.history if cover.ends_on and cover.ends_on <= today]


def covers_around(code: str, today: dt.date) -> tuple[CoveredCommune | None, list[CoveredCommune]]:
    """The commune itself, then its neighbours by name; none when no outline was loaded."""
    found: dict[str, CoveredCommune] = {}
    held: dict[str, list[Cover]] = defaultdict(list)
    for row in rows_of(_HELD, [code, code, code]):
        found.setdefault(row[0], CoveredCommune(*row[:3]))
        held[row[0]] += _covers(row)
    for place, commune in found.items():
        commune.history = _merged(held[place])
        commune.present = _present(held[place], today)
    return found.pop(code, None), list(found.values())


def _covers(row: tuple[Any, ...]) -> Iterable[Cover]:
    """The hold that a row tells: while both the version and the stage were in force."""
    name, slug, stage, population, vintage, share, part, certainty, commune_id, commune = row[4:14]
    if slug is None or Stage(stage) not in RANKS:
        return
    valid_from, replaced_on, starts_on, ends_on = map(_day, row[14:])
    first = max(day for day in (valid_from, starts_on) if day)
    last = min((day for day in (replaced_on, ends_on) if day), default=None)
    if last is None or last > first:
        yield Cover(
            *(name, slug, Stage(stage), population, vintage, share, part, certainty, commune),
            is_same_commune=commune_id == row[0],
            starts_on=first,
            ends_on=last,
        )


def _present(held: list[Cover], today: dt.date) -> list[Cover]:
    """With the whole time they have been holding, not that of their last version."""
    spans = {cover.key: cover for cover in _merged(held) if cover.holds_on(today)}
    now = [cover for cover in held if cover.holds_on(today)]
    return [replace(cover, starts_on=spans[cover.key].starts_on) for cover in now]


def _merged(held: list[Cover]) -> list[Cover]:
    """One period for stages and versions that follow each other without a gap."""
    merged: list[Cover] = []
    for cover in sorted(held, key=lambda item: (str(item.key), item.starts_on)):
        last = merged[-1] if merged else None
        if last and last.key == cover.key and last.ends_on and cover.starts_on <= last.ends_on:
            merged[-1] = replace(cover, starts_on=last.starts_on)
        else:
            merged.append(cover)
    return sorted(merged, key=lambda item: (item.starts_on, item.name))


def _day(value: object) -> dt.date | None:
    """SQLite gives dates as text."""
    return None if value is None else dt.date.fromisoformat(str(value)[:10])
