"""The money of many contracts at once: foreseen, engaged, ordered, paid, left, by whatever part.

Years that have opened are read from the lines to pay, summed by the database; years to come are
computed by the funding rules, as each contract foresees them today.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import FilteredRelation, Q, Sum
from django.db.models.functions import ExtractYear

from accounts.access import Permission
from aci.contract_funding import basis_of, stored_grids
from aci.grid import Grid
from aci.mission_codes import MissionCode
from aci.models import Contract, PaymentLine
from aci.payments.workflow import OrderState
from foundation import clock
from foundation.money import ZERO
from foundation.refusal import Refused
from foundation.search import search_key

OUTSIDE = ""  # the code of what no grid pays


class Grouping(StrEnum):
    """By what the envelope is told."""

    CPTS = "cpts"
    DEPARTEMENT = "departement"
    REGION = "region"
    CPAM = "cpam"
    MISSION = "mission"
    YEAR = "annee"

    @property
    def label(self) -> str:
        return _GROUPING_LABELS[self]


_GROUPING_LABELS = {
    Grouping.CPTS: "CPTS",
    Grouping.DEPARTEMENT: "Département",
    Grouping.REGION: "Région",
    Grouping.CPAM: "CPAM",
    Grouping.MISSION: "Mission",
    Grouping.YEAR: "Exercice",
}


@dataclass(frozen=True, slots=True)
class Money:
    """Foreseen by every contract, engaged by the signed ones, ordered, paid."""

    foreseen: Decimal = ZERO
    engaged: Decimal = ZERO
    ordered: Decimal = ZERO
    paid: Decimal = ZERO

    def __add__(self, other: Money) -> Money:
        return Money(
            self.foreseen + other.foreseen,
            self.engaged + other.engaged,
            self.ordered + other.ordered,
            self.paid + other.paid,
        )

    @property
    def left(self) -> Decimal:
        """Engaged and not paid yet."""
        return self.engaged - self.paid


@dataclass(frozen=True, slots=True)
class Fact:
    """What one contract pays of one mission in one civil year."""

    contract: Contract
    code: str
    year: int
    money: Money


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    key: str
    label: str
    detail: str
    money: Money
    reference: str = ""  # of the dossier, when the row is a CPTS


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page was asked: where, which mission, which year, by what."""

    place: tuple[str, str] | None = None  # (« region », « 32 »)
    mission: str = ""
    year: int | None = None

    def concerns(self, contract: Contract) -> bool:
        if self.place is None:
            return True
        kind, code = self.place
        return str(getattr(contract.cpts, f"{kind}_id")) == code

    def keeps(self, code: str, year: int) -> bool:
        return self.mission in {"", code} and self.year in {None, year}


@dataclass(frozen=True, slots=True)
class Envelopes:
    """What was found: the rows of the grid, and apart what is outside it."""

    facts: tuple[Fact, ...]
    outside: Money
    contracts: int
    is_to_confirm: bool

    @property
    def total(self) -> Money:
        return sum((fact.money for fact in self.facts), Money())

    def rows(self, grouping: Grouping) -> list[Row]:
        """Summed, in the order in which one looks for them."""
        found: dict[str, Row] = {}
        for fact in self.facts:
            row = _row_of(fact, grouping)
            known = found.get(row.key)
            found[row.key] = row if known is None else _added(known, row)
        return sorted(found.values(), key=_ORDERS.get(grouping, _by_label))


def _added(known: Row, row: Row) -> Row:
    return Row(known.key, known.label, known.detail, known.money + row.money, known.reference)


def _row_of(fact: Fact, grouping: Grouping) -> Row:
    cpts = fact.contract.cpts
    if grouping is Grouping.CPTS:
        detail = f"{cpts.reference}, {cpts.departement.name}"
        return Row(cpts.reference, cpts.name, detail, fact.money, cpts.reference)
    if grouping is Grouping.MISSION:
        return Row(fact.code, MissionCode(fact.code).label, "", fact.money)
    if grouping is Grouping.YEAR:
        return Row(str(fact.year), str(fact.year), "", fact.money)
    place: Any = {
        Grouping.DEPARTEMENT: cpts.departement,
        Grouping.REGION: cpts.region,
        Grouping.CPAM: cpts.cpam_district,
    }[grouping]
    return Row(str(place.pk), place.name, "", fact.money)


def _by_label(row: Row) -> Any:
    return search_key(row.label), row.key


def _by_mission(row: Row) -> Any:
    return list(MissionCode).index(MissionCode(row.key))


_ORDERS: Mapping[Grouping, Callable[[Row], Any]] = {
    Grouping.MISSION: _by_mission,
    Grouping.YEAR: lambda row: row.key,
}


def contracts_steered_by(user: Any) -> list[Contract]:
    """Every contract of this person's area, with what its funding depends on. Two queries."""
    rows = Contract.objects.visible_to(user, Permission.FIGURES_SEE)
    return list(
        rows.select_related(
            "cpts__region",
            "cpts__departement",
            "cpts__cpam_district",
            "cpts__territory",
            "territory",
            "grid",
        ).prefetch_related("missions")
    )


def read_envelopes(contracts: Iterable[Contract], asked: Asked, user: Any) -> Envelopes:
    """The money of these contracts. Two queries, whatever their number."""
    kept = {one.pk: one for one in contracts if asked.concerns(one)}
    grids = stored_grids()
    facts: list[Fact] = []
    outside = Money()
    for row in _sums(user, asked):
        contract = kept.get(row["contract"])
        if contract is None or not asked.keeps(row["code"], row["civil_year"]):
            continue
        money = _money(row)
        if row["code"] == OUTSIDE:
            outside += money
        else:
            facts.append(Fact(contract, row["code"], row["civil_year"], money))
    for contract in kept.values():
        facts += _to_come(contract, asked, grids)
    return Envelopes(
        facts=tuple(facts),
        outside=outside,
        contracts=len({fact.contract.pk for fact in facts}),
        is_to_confirm=any(grid.to_confirm for grid in grids),
    )


def _sums(user: Any, asked: Asked) -> Iterable[Mapping[str, Any]]:
    """The lines that stand, by contract, mission and civil year: summed by the database."""
    lines = PaymentLine.objects.visible_to(user, Permission.FIGURES_SEE).standing().order_by()
    if asked.year is not None:
        lines = lines.filter(due_on__range=(dt.date(asked.year, 1, 1), dt.date(asked.year, 12, 31)))
    if asked.mission:
        lines = lines.filter(code=asked.mission)
    summed: Any = (
        lines.annotate(
            civil_year=ExtractYear("due_on"),
            live=FilteredRelation("items", condition=Q(items__released_at=None)),
        )
        .values("contract", "code", "civil_year")
        .annotate(
            total=Sum("amount"),
            ordered=Sum("amount", filter=Q(live__isnull=False)),
            paid=Sum("amount", filter=Q(live__order__state=OrderState.PAID)),
        )
    )
    return list(summed)


def _money(row: Mapping[str, Any]) -> Money:
    total = row["total"] or ZERO
    return Money(total, total, row["ordered"] or ZERO, row["paid"] or ZERO)


def _to_come(contract: Contract, asked: Asked, grids: tuple[Grid, ...]) -> Iterator[Fact]:
    """The years that have not opened: of a contract in force, or of one still to be signed."""
    if contract.state in {"expired", "terminated"}:
        return
    try:
        basis = basis_of(contract)
    except Refused:  # no territory yet: nothing can be foreseen
        return
    today = clock.today()
    for year in basis.years:
        if contract.is_signed and year.start <= today:
            continue
        if asked.year is not None and not (
            year.start.year <= asked.year <= year.next_anniversary.year
        ):
            continue
        yield from _foreseen(contract, year.number, asked, grids)


def _foreseen(
    contract: Contract, number: int, asked: Asked, grids: tuple[Grid, ...]
) -> Iterator[Fact]:
    try:
        funding = basis_of(contract).year(number, grids=grids)
    except Refused:  # a mission that the grid in force does not know
        return
    for line in funding.lines:
        for day, amount in ((line.advance_on, line.advance), (line.balance_on, line.balance)):
            if amount and asked.keeps(line.code.value, day.year):
                engaged = amount if contract.is_signed else ZERO
                yield Fact(contract, line.code.value, day.year, Money(amount, engaged))
