"""What the pages of figures show of an area on a day: whole, stages, parts and years."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from territories.areas import FRANCE, Area, AreaKind
from territories.coverage import (
    FIRST_YEAR,
    CoverageFigures,
    Tally,
    total_of,
)
from territories.coverage_sql import RANKS
from territories.figures.kept import facts_of, facts_of_france
from territories.models import Stage


@dataclass(frozen=True, slots=True)
class StageFigures:
    """The CPTS of one stage and what they cover."""

    stage: Stage
    cpts: int
    tally: Tally
    rate: float


@dataclass(frozen=True, slots=True)
class FiguresPage:
    """An area on a day, and the same at the end of each year."""

    area: Area
    day: dt.date
    today: dt.date
    total: CoverageFigures
    parts: list[CoverageFigures]
    years: list[CoverageFigures]
    stages: list[StageFigures]

    @property
    def part_kind(self) -> AreaKind | None:
        return self.area.parts

    @property
    def cpts(self) -> int:
        return sum(stage.cpts for stage in self.stages)

    @property
    def contracts(self) -> int:
        return sum(item.cpts for item in self.stages if item.stage == Stage.CONTRACTED)

    @property
    def is_today(self) -> bool:
        return self.day == self.today


def year_ends(today: dt.date) -> list[dt.date]:
    """The last day of each year since the agreement, and today."""
    return [*(dt.date(year, 12, 31) for year in range(FIRST_YEAR, today.year)), today]


def figures_page(area: Area, day: dt.date, today: dt.date) -> FiguresPage:
    """Two queries."""
    ends = year_ends(today)
    if area == FRANCE and day in ends:
        facts = facts_of_france(ends, today)
    else:
        facts = facts_of(area, [*ends, day], [day])
    total = total_of(facts.by_day[day], day)
    return FiguresPage(
        area=area,
        day=day,
        today=today,
        total=total,
        parts=facts.by_day[day] if area.parts else [],
        years=[total_of(facts.by_day[end], end) for end in ends],
        stages=_stages(facts.counts[day], total),
    )


def _stages(counts: dict[str, int], total: CoverageFigures) -> list[StageFigures]:
    """The most advanced first; a place with several CPTS counts under the most advanced."""
    people = total.whole.inhabitants
    found = []
    for stage in reversed(RANKS):
        tally = total.by_stage.get(stage, Tally())
        rate = tally.inhabitants / people if people else 0.0
        found.append(StageFigures(stage, counts.get(stage.value, 0), tally, rate))
    return found
