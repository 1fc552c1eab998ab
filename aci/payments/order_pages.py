"""What the page of one order shows: its lines with their rule, and what this person may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.access import Permission
from aci.funding_sheet import CERTAINTIES
from aci.models import BankAccount, PaymentLine, PaymentOrder, PaymentOrderItem
from aci.payments.workflow import ORDER_WORKFLOW, OrderState
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
    account: BankAccount | None  # frozen on the order; while it waits, the one in use today
    sees_account: bool  # the fund and the CPTS read the whole number

    @property
    def lacks_account(self) -> bool:
        """It cannot be approved: nobody knows where to pay."""
        waits = self.order.state == OrderState.PREPARED
        return waits and self.account is None and not self.order.is_recovery

    @property
    def is_to_confirm(self) -> bool:
        return any(row.grid.get("to_confirm") for row in self.rows)


def order_page(order: PaymentOrder, items: Sequence[PaymentOrderItem], user: Any) -> OrderPage:
    """One query while the order waits: the account in use, else none."""
    may = may_on(user, order.contract.cpts)
    names = {transition.name for transition in ORDER_WORKFLOW.available(order, may=may)}
    is_own = order.prepared_by_id == user.pk
    account = order.account
    if order.state == OrderState.PREPARED:
        account = BankAccount.objects.filter(cpts=order.contract.cpts).in_use().first()
    lacks_account = account is None and not order.is_recovery
    return OrderPage(
        order=order,
        rows=tuple(_row(item) for item in items),
        may_approve="approve_order" in names and not is_own and not lacks_account,
        may_refuse="refuse_order" in names and not is_own,
        may_withdraw="withdraw_order" in names,
        is_own=is_own and "approve_order" in names,
        account=account,
        sees_account=may(Permission.BANK_ACCOUNT),
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
