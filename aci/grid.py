"""Pure: a version of the funding grid as a frozen value, be it read from a file or a table."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from aci.deadlines import ContractYear
from aci.funding_settings import FundingSettings, GridRule
from aci.mission_codes import MissionCode, Part
from foundation.dates import format_date
from foundation.refusal import Refused


class GridStatus(StrEnum):
    """Whether somebody has compared the amounts with the official text."""

    TO_CONFIRM = "to_confirm"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class GridAmount:
    """One line of a grid: a yearly amount for a size, with how sure its source is."""

    size: int
    mission: MissionCode
    part: Part
    amount: Decimal
    certainty: str


@dataclass(frozen=True, slots=True)
class Grid:
    """The yearly amounts of every envelope for every size, from a date on."""

    code: str
    label: str
    effective_from: dt.date
    source: str
    status: GridStatus
    amounts: Mapping[tuple[int, MissionCode, Part], GridAmount]
    missions: frozenset[MissionCode]  # every envelope and mission that the grid pays

    @classmethod
    def build(
        cls,
        *,
        code: str,
        label: str,
        effective_from: dt.date,
        source: str,
        status: GridStatus,
        amounts: Iterable[GridAmount],
    ) -> "Grid":
        """A grid from its lines; a line twice, or an impossible amount, is refused."""
        lines: dict[tuple[int, MissionCode, Part], GridAmount] = {}
        for line in amounts:
            key = (line.size, line.mission, line.part)
            where = f"« {line.mission.label} », {line.part.label}, taille {line.size}"
            if key in lines:
                raise Refused(f"Le barème {code} donne deux fois le montant : {where}.")
            if not line.amount.is_finite() or line.amount < 0:
                raise Refused(f"Le barème {code} a un montant impossible : {where}.")
            lines[key] = line
        for (size, mission, part), line in lines.items():
            # The share of unscheduled care is inside the fixed part, never added to it.
            if part is Part.FIXED_OF_WHICH_SNP:
                fixed = lines.get((size, mission, Part.FIXED))
                if fixed is None or fixed.amount < line.amount:
                    raise Refused(
                        f"Dans le barème {code}, taille {size}, les soins non programmés "
                        "dépassent la part fixe qui les contient."
                    )
        paid = frozenset(mission for _, mission, _ in lines)
        return cls(code, label, effective_from, source, status, MappingProxyType(lines), paid)

    @property
    def to_confirm(self) -> bool:
        """Then every screen and document that prints an amount says « barème à confirmer »."""
        return self.status is GridStatus.TO_CONFIRM

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(sorted({size for size, _, _ in self.amounts}))

    def amount(self, size: int, mission: MissionCode, part: Part) -> Decimal:
        """The yearly amount; one that is missing is refused, never taken as zero."""
        line = self.amounts.get((size, mission, part))
        if line is None:
            raise Refused(
                f"Le barème {self.code} ne prévoit rien pour « {mission.label} », "
                f"{part.label}, en taille {size}."
            )
        return line.amount


def grid_named(code: str, grids: Iterable[Grid]) -> Grid:
    """The grid that the contract or the user names."""
    known = {grid.code: grid for grid in grids}
    if code not in known:
        raise Refused(f"Le barème {code} est inconnu, les barèmes sont {', '.join(known)}.")
    return known[code]


def grid_in_force(day: dt.date, grids: Iterable[Grid]) -> Grid:
    """The latest grid whose date of effect is not after the day."""
    begun = [grid for grid in grids if grid.effective_from <= day]
    if not begun:
        raise Refused(f"Aucun barème n’est en vigueur le {format_date(day)}.")
    return max(begun, key=lambda grid: grid.effective_from)


def grid_of_year(
    *,
    signed_on: dt.date,
    year: ContractYear,
    grids: Iterable[Grid],
    settings: FundingSettings,
    named: str | None = None,
) -> Grid:
    """The grid that pays a contract year: the one named, else by the setting."""
    if named is not None:
        return grid_named(named, grids)
    by_signature = settings.grid_rule is GridRule.SIGNATURE
    return grid_in_force(signed_on if by_signature else year.start, grids)
