"""Pure: a contract year as pages and documents show it — envelopes, lines, dates of payment."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from aci.funding import YearFunding
from aci.grid import Grid
from aci.mission_codes import MissionCode, Part
from aci.simulation import as_plain
from foundation.money import ZERO

# How sure the source of an amount is (the `certainty` column of the grids).
CERTAINTIES = {
    "confirmed": "confirmé par plusieurs sources",
    "derived": "déduit exactement de totaux publiés",
    "memory": "repris de mémoire",
    "printed": "relevé dans deux annexes de contrats réels",
    "assumption": "hypothèse du portail",
}


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line of the grid applied to the year, with what explains it."""

    code: MissionCode
    part: Part
    ceiling: Decimal
    due: Decimal
    advance: Decimal
    balance: Decimal
    rule: str
    certainty: str

    @property
    def label(self) -> str:
        return self.part.label.capitalize()


@dataclass(frozen=True, slots=True)
class Envelope:
    """The lines of one mission, or of fonctionnement."""

    code: MissionCode
    lines: tuple[SheetLine, ...]

    @property
    def label(self) -> str:
        return self.code.label

    @property
    def due(self) -> Decimal:
        return sum((line.due for line in self.lines), ZERO)

    @property
    def advance(self) -> Decimal:
        return sum((line.advance for line in self.lines), ZERO)

    @property
    def balance(self) -> Decimal:
        return sum((line.balance for line in self.lines), ZERO)


@dataclass(frozen=True, slots=True)
class SheetPayment:
    """A date, what is paid, how much."""

    date: dt.date
    label: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class FundingSheet:
    """A whole contract year, read back from what was stored or just computed."""

    number: int
    start: dt.date
    end: dt.date
    size: int
    grid: Mapping[str, Any]
    envelopes: tuple[Envelope, ...]
    schedule: tuple[SheetPayment, ...]

    @property
    def to_confirm(self) -> bool:
        """Then « barème à confirmer » is said beside the amounts."""
        return bool(self.grid["to_confirm"])

    @property
    def grid_effective_from(self) -> dt.date:
        return dt.date.fromisoformat(self.grid["effective_from"])

    @property
    def total_due(self) -> Decimal:
        return sum((envelope.due for envelope in self.envelopes), ZERO)

    @property
    def total_advance(self) -> Decimal:
        return sum((envelope.advance for envelope in self.envelopes), ZERO)

    @property
    def total_balance(self) -> Decimal:
        return sum((envelope.balance for envelope in self.envelopes), ZERO)

    @property
    def total_scheduled(self) -> Decimal:
        return sum((payment.amount for payment in self.schedule), ZERO)


def plain_sheet(funding: YearFunding) -> dict[str, Any]:
    """A computed year as JSON: what `ContractYear` and the documents store."""
    plain = as_plain(funding)
    plain["grid"] = plain_grid(funding.grid)
    for stored, line in zip(plain["lines"], funding.lines, strict=True):
        amount = funding.grid.amounts[(funding.size, line.code, line.part)]
        stored["certainty"] = amount.certainty
    return plain


def plain_grid(grid: Grid) -> dict[str, Any]:
    """What is said of the grid beside its amounts."""
    return {
        "code": grid.code,
        "label": grid.label,
        "source": grid.source,
        "effective_from": grid.effective_from.isoformat(),
        "to_confirm": grid.to_confirm,
    }


def read_sheet(plain: Mapping[str, Any]) -> FundingSheet:
    """The sheet of a stored or computed year."""
    year = plain["contract_year"]
    return FundingSheet(
        number=year["number"],
        start=dt.date.fromisoformat(year["start"]),
        end=dt.date.fromisoformat(year["end"]),
        size=plain["size"],
        grid=plain["grid"],
        envelopes=_envelopes(plain["lines"]),
        schedule=tuple(
            SheetPayment(
                date=dt.date.fromisoformat(payment["date"]),
                label=payment["label"],
                amount=Decimal(payment["amount"]),
            )
            for payment in plain["schedule"]
        ),
    )


def _envelopes(lines: Sequence[Mapping[str, str]]) -> tuple[Envelope, ...]:
    return tuple(
        Envelope(MissionCode(code), tuple(_line(line) for line in group))
        for code, group in groupby(lines, key=lambda line: line["code"])
    )


def _line(plain: Mapping[str, str]) -> SheetLine:
    return SheetLine(
        code=MissionCode(plain["code"]),
        part=Part(plain["part"]),
        ceiling=Decimal(plain["ceiling"]),
        due=Decimal(plain["due"]),
        advance=Decimal(plain["advance"]),
        balance=Decimal(plain["balance"]),
        rule=plain["rule"],
        certainty=CERTAINTIES.get(plain["certainty"], plain["certainty"]),
    )
