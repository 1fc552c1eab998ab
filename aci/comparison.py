"""Two simulated territories side by side: their communes, their people, their funding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from aci.mission_codes import MissionCode
from aci.simulator import Address, Choices, SimulatedFunding
from foundation.money import format_euros
from foundation.numbers import format_number
from territories.drafts.counted import Drafted, DraftedCommune


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table, in words; nothing where a side has no number."""

    label: str
    first: str
    second: str
    difference: str


@dataclass
class Comparison:
    """A and B, counted in the vintage of each."""

    first: Drafted
    second: Drafted
    choices: Choices

    @property
    def only_first(self) -> list[DraftedCommune]:
        return _without(self.first, self.second)

    @property
    def only_second(self) -> list[DraftedCommune]:
        return _without(self.second, self.first)

    @property
    def both(self) -> list[tuple[DraftedCommune, DraftedCommune]]:
        """Each with its two shares."""
        others = {commune.code: commune for commune in self.second.communes}
        pairs = ((one, others.get(one.code)) for one in self.first.communes)
        return [(one, other) for one, other in pairs if other]

    @cached_property
    def fundings(self) -> tuple[SimulatedFunding, SimulatedFunding]:
        first = SimulatedFunding(self.first, self.choices)
        return first, SimulatedFunding(self.second, self.choices, lambda: first._known_grids)

    @property
    def problem(self) -> str:
        return self.fundings[0].problem or self.fundings[1].problem

    @property
    def lines(self) -> list[Line]:
        first, second = self.first.kept, self.second.kept
        lines = [
            _line("Communes", len(self.first.communes), len(self.second.communes)),
            _line(
                "Habitants",
                first.population if first else None,
                second.population if second else None,
            ),
            _line("Taille", first.size if first else None, second.size if second else None),
        ]
        codes = dict.fromkeys((*self.fundings[0].codes, *self.fundings[1].codes))
        dues = [_dues(funding) for funding in self.fundings]
        lines += [_amount_line(code.label, dues[0].get(code), dues[1].get(code)) for code in codes]
        totals = [sum(due.values(), Decimal(0)) if due else None for due in dues]
        return [*lines, _amount_line("Total par an", totals[0], totals[1])]

    @property
    def addresses(self) -> tuple[str, str]:
        """Back to the simulator, from each side."""
        return (
            Address(self.first.draft, self.choices).here,
            Address(self.second.draft, self.choices).here,
        )


def _without(one: Drafted, other: Drafted) -> list[DraftedCommune]:
    return [commune for commune in one.communes if commune.code not in other.draft.shares]


def _dues(funding: SimulatedFunding) -> dict[MissionCode, Decimal]:
    sheet = funding.sheet
    return {envelope.code: envelope.due for envelope in sheet.envelopes} if sheet else {}


def _line(label: str, first: int | None, second: int | None) -> Line:
    known = first is not None and second is not None
    difference = _signed((second or 0) - (first or 0), format_number) if known else ""
    return Line(label, _number(first), _number(second), difference)


def _amount_line(label: str, first: Decimal | None, second: Decimal | None) -> Line:
    known = first is not None and second is not None
    difference = (second or Decimal(0)) - (first or Decimal(0))
    said = _signed(difference, format_euros) if known else ""
    return Line(label, _euros(first), _euros(second), said)


def _number(value: int | None) -> str:
    return "" if value is None else format_number(value)


def _euros(value: Decimal | None) -> str:
    return "" if value is None else format_euros(value)


def _signed(value: int | Decimal, write: Callable[[Any], str]) -> str:
    """« +1 234 », « −56 », « 0 »: the sign is always said."""
    return f"+{write(value)}" if value > 0 else write(value)
