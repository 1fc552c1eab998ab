"""What the page of one order shows: its lines with their rule, and what this person may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from aci.funding_sheet import CERTAINTIES
from aci.models import PaymentLine, PaymentOrder, PaymentOrderItem
from aci.payments.workflow import ORDER_WORKFLOW
from territories.scopes import may_on


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A line of the order, and what explains its amount."""

    line: PaymentLine
    amount: Decimal
    rule: str
    ceiling: Decimal | None
    certainty: str

    @property
    def grid(self) -> dict[str, Any]:
        """The grid of the year, as it was then."""
        return dict(self.line.year.inputs["grid_used"]) if self.line.year else {}


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One order as a person sees it."""

    order: PaymentOrder
    rows: tuple[OrderRow, ...]
    may_approve: bool
    may_refuse: bool
    may_withdraw: bool
    is_own: bool  # this person prepared it: somebody else decides

    @property
    def is_to_confirm(self) -> bool:
        return any(row.grid.get("to_confirm") for row in self.rows)


def order_page(order: PaymentOrder, items: Sequence[PaymentOrderItem], user: Any) -> OrderPage:
    """No query."""
    may = may_on(user, order.contract.cpts)
    names = {transition.name for transition in ORDER_WORKFLOW.available(order, may=may)}
    is_own = order.prepared_by_id == user.pk
    return OrderPage(
        order=order,
        rows=tuple(_row(item) for item in items),
        may_approve="approve_order" in names and not is_own,
        may_refuse="refuse_order" in names and not is_own,
        may_withdraw="withdraw_order" in names,
        is_own=is_own and "approve_order" in names,
    )


def _row(item: PaymentOrderItem) -> OrderRow:
    line = item.line
    for plain in line.year.lines if line.year else ():
        if (plain["code"], plain["part"]) == (line.code, line.part):
            return OrderRow(
                line=line,
                amount=item.amount,
                rule=plain["rule"],
                ceiling=Decimal(plain["ceiling"]),
                certainty=CERTAINTIES.get(plain.get("certainty", ""), ""),
            )
    return OrderRow(line, item.amount, line.reason, None, "")
