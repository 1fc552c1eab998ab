"""What a territory counts in every published vintage, and what that says of its size."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from foundation.numbers import NBSP, format_number
from territories.models import Territory
from territories.sizes import (
    NextSize,
    SizeThreshold,
    next_size,
    read_thresholds,
    size_of,
    thresholds_on,
)

YEARS_BEFORE_FORCE = 3  # a figure of reference year N is in force on 1 January N+3 (funding.md)


@dataclass(frozen=True, slots=True)
class VintageFigure:
    """The same communes, counted in one vintage."""

    vintage: int
    population: int
    size: int
    difference: int
    is_kept: bool

    @property
    def in_force_from(self) -> dt.date:
        return dt.date(self.vintage + YEARS_BEFORE_FORCE, 1, 1)


@dataclass(frozen=True)
class Overview:
    """A territory, its figures by vintage (newest last) and the thresholds of the day."""

    territory: Territory
    populations: dict[int, int]
    thresholds: tuple[SizeThreshold, ...]

    @cached_property
    def figures(self) -> list[VintageFigure]:
        return [
            VintageFigure(
                vintage=vintage,
                population=people,
                size=size_of(people, self.thresholds),
                difference=people - self.territory.population,
                is_kept=vintage == self.territory.vintage,
            )
            for vintage, people in self.populations.items()
            if people > 0
        ]

    @property
    def next_size(self) -> NextSize | None:
        """What is missing to reach the size above; `None` for the largest, or without people."""
        people = self.territory.population
        return next_size(people, self.thresholds) if people else None

    @property
    def above_threshold(self) -> str:
        """« 56 habitants au-dessus du seuil de la taille 2 »; nothing for the smallest size."""
        people = self.territory.population
        floors = [row for row in self.thresholds if 1 < row.minimum_population <= people]
        if not floors:
            return ""
        floor = max(floors, key=lambda row: row.minimum_population)
        over = people - floor.minimum_population
        noun = "habitant" if over < 2 else "habitants"
        return (
            f"{format_number(over)}{NBSP}{noun} au-dessus du seuil de la taille{NBSP}{floor.size}"
        )

    @property
    def size_alert(self) -> VintageFigure | None:
        """The newest vintage, when it would give another size than the one kept."""
        newest = self.figures[-1] if self.figures else None
        return newest if newest and newest.size != self.territory.size else None


def overview_of(territory: Territory, populations: dict[int, int], day: dt.date) -> Overview:
    """By the definition of sizes in force on that day."""
    return Overview(territory, populations, thresholds_on(day, read_thresholds()))
