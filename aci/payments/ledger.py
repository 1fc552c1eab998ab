"""What a contract owes line by line: due, ordered, paid, left; one query for a whole contract."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse

from aci.funding_sheet import FundingSheet, SheetLine
from aci.models import Contract, ContractYear, Funder, PaymentLine
from aci.payments.workflow import LIVE, OrderState
from foundation import clock
from foundation.money import ZERO

_COLUMNS = (
    "pk",
    "origin",
    "number",
    "code",
    "part",
    "moment",
    "label",
    "due_on",
    "amount",
    "is_forecast",
    "funder",
    "aid",
    "decided_on",
    "reason",
    "replaced_by",
    "items__order__public_id",
    "items__order__number",
    "items__order__state",
    "items__order__total",
    "items__order__prepared_at",
    "items__order__paid_on",
)


@dataclass(frozen=True, slots=True)
class LedgerOrder:
    """An order that holds a line, or held it once."""

    public_id: UUID
    reference: str
    number: int
    state: OrderState
    total: Decimal
    prepared_on: dt.date
    paid_on: dt.date | None
    url: str

    @property
    def label(self) -> str:
        return str(self.state.label)

    @property
    def tone(self) -> str:
        return _TONES[self.state]

    @property
    def is_recovery(self) -> bool:
        return self.total < 0


_TONES = {
    OrderState.PREPARED: "warning",
    OrderState.APPROVED: "info",
    OrderState.SENT: "info",
    OrderState.PAID: "success",
    OrderState.REFUSED: "error",
    OrderState.WITHDRAWN: "neutral",
}


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One amount to pay, and where its payment stands."""

    pk: int
    origin: str
    number: int | None
    code: str
    part: str
    label: str
    due_on: dt.date
    amount: Decimal
    is_forecast: bool
    funder: Funder
    decided_on: dt.date | None
    reason: str
    order: LedgerOrder | None
    explained: SheetLine | None = None
    starts_on: dt.date | None = None

    @property
    def is_due(self) -> bool:
        return self.due_on <= clock.today() and not self.is_forecast

    @property
    def is_to_order(self) -> bool:
        return self.is_due and self.order is None

    @property
    def is_cancellable(self) -> bool:
        return self.origin == PaymentLine.Origin.OUTSIDE and self.order is None

    @property
    def ordered(self) -> Decimal:
        return self.amount if self.order else ZERO

    @property
    def paid(self) -> Decimal:
        return self.amount if self.order and self.order.state == OrderState.PAID else ZERO

    @property
    def left(self) -> Decimal:
        return self.amount - self.paid

    @property
    def status(self) -> tuple[str, str]:
        """In words, with the tone of its badge."""
        if self.order:
            return self.order.label.capitalize(), self.order.tone
        if self.is_forecast:
            return "Prévision", "neutral"
        word = "récupérer" if self.amount < 0 else "payer"
        return (f"À {word}", "new") if self.is_due else ("À venir", "neutral")

    @property
    def status_label(self) -> str:
        return self.status[0]

    @property
    def status_tone(self) -> str:
        return self.status[1]


@dataclass(frozen=True, slots=True)
class Totals:
    """Of some lines: all of it, what is due today, ordered, paid, left to pay."""

    amount: Decimal
    due: Decimal
    ordered: Decimal
    paid: Decimal

    @property
    def left(self) -> Decimal:
        return self.amount - self.paid


@dataclass(frozen=True, slots=True)
class Ledger:
    """The lines of one contract that stand, and every order made on it."""

    lines: tuple[LedgerLine, ...]
    orders: tuple[LedgerOrder, ...]

    def of_year(self, number: int) -> tuple[LedgerLine, ...]:
        return tuple(line for line in self.lines if line.number == number)

    @property
    def outside(self) -> tuple[LedgerLine, ...]:
        """Outside the grid, hence in the total of no year."""
        return tuple(line for line in self.lines if line.origin == PaymentLine.Origin.OUTSIDE)

    @property
    def to_order(self) -> tuple[LedgerLine, ...]:
        return tuple(line for line in self.lines if line.is_to_order)

    @property
    def to_order_total(self) -> Decimal:
        return sum((line.amount for line in self.to_order), ZERO)


@dataclass(frozen=True, slots=True)
class YearLedger:
    """The lines of the year that the page shows, each with its explanation."""

    ledger: Ledger
    year: ContractYear | None
    lines: tuple[LedgerLine, ...]
    may: Callable[[str], bool]

    @property
    def totals(self) -> Totals:
        return totals_of(self.lines)

    @property
    def outside_totals(self) -> Totals:
        return totals_of(self.ledger.outside)

    @property
    def may_prepare(self) -> bool:
        return self.may("payment_prepare")

    @property
    def may_record_outside(self) -> bool:
        return self.may("outside_grid_record")

    @property
    def may_settle(self) -> bool:
        """The year is over and its variable parts still wait for its review."""
        over = self.year is not None and self.year.end < clock.today()
        return over and self.may_prepare and any(line.is_forecast for line in self.lines)

    @property
    def is_reviewed(self) -> bool:
        return bool(self.year and self.year.inputs.get("reviewed"))


def totals_of(lines: Iterable[LedgerLine]) -> Totals:
    rows = list(lines)
    return Totals(
        amount=sum((line.amount for line in rows), ZERO),
        due=sum((line.amount for line in rows if line.is_due), ZERO),
        ordered=sum((line.ordered for line in rows), ZERO),
        paid=sum((line.paid for line in rows), ZERO),
    )


def read_ledger(contract: Contract, user: Any) -> Ledger:
    """Every line and order of the contract, in one query."""
    rows = list(
        PaymentLine.objects.visible_to(user)
        .filter(contract=contract, cancelled_at=None)
        .order_by("due_on", "pk", "items__order__number")
        .values(*_COLUMNS)
    )
    lines: dict[int, LedgerLine] = {}
    orders: dict[int, LedgerOrder] = {}
    for row in rows:
        order = _order(row, contract)
        if order is not None:
            orders[order.number] = order
        if row["replaced_by"] is not None:
            continue
        held = order if order and order.state in LIVE else None
        known = lines.get(row["pk"])
        if known is None:
            lines[row["pk"]] = _line(row, held)
        elif held is not None:
            lines[row["pk"]] = replace(known, order=held)
    newest_first = sorted(orders.values(), key=lambda order: -order.number)
    return Ledger(tuple(lines.values()), tuple(newest_first))


def year_ledger(
    ledger: Ledger,
    *,
    number: int,
    year: ContractYear | None,
    sheet: FundingSheet,
    may: Callable[[str], bool],
) -> YearLedger:
    """The lines of one year, each beside the line of the grid that explains it."""
    grid_lines = {
        (line.code.value, line.part.value): line
        for envelope in sheet.envelopes
        for line in envelope.lines
    }
    starts = year.inputs["missions"] if year else {}
    lines = tuple(
        replace(
            line,
            explained=grid_lines.get((line.code, line.part)),
            starts_on=_day(starts.get(line.code)),
        )
        for line in ledger.of_year(number)
    )
    return YearLedger(ledger, year, lines, may)


def _line(row: Mapping[str, Any], order: LedgerOrder | None) -> LedgerLine:
    return LedgerLine(
        pk=row["pk"],
        origin=row["origin"],
        number=row["number"],
        code=row["code"],
        part=row["part"],
        label=row["label"],
        due_on=row["due_on"],
        amount=row["amount"],
        is_forecast=row["is_forecast"],
        funder=Funder(row["funder"]),
        decided_on=row["decided_on"],
        reason=row["reason"],
        order=order,
    )


def _order(row: Mapping[str, Any], contract: Contract) -> LedgerOrder | None:
    number = row["items__order__number"]
    if number is None:
        return None
    public_id = row["items__order__public_id"]
    return LedgerOrder(
        public_id=public_id,
        reference=f"OP-{contract.reference.removeprefix('ACI-')}-{number}",
        number=number,
        state=OrderState(row["items__order__state"]),
        total=row["items__order__total"],
        prepared_on=row["items__order__prepared_at"].astimezone(clock.PARIS).date(),
        paid_on=row["items__order__paid_on"],
        url=reverse("aci:payment_order", args=[contract.cpts.reference, public_id]),
    )


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
