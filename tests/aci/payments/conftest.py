"""A contract of CPTS Rives with its lines to pay, by the product's own verbs."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest

from aci import actions as contracts
from aci.models import Contract, PaymentLine, PaymentOrder
from aci.payments import actions
from cpts_portal.story.people import prove
from foundation import clock
from tests.aci.conftest import confirm_account
from tests.cast import Cast

Prepare = Callable[..., PaymentOrder]
# The contract of the tests is signed on 1 July 2024: its first year is over.
AFTER_YEAR_1 = dt.date(2025, 9, 1)


@pytest.fixture
def contract(light_documents: None, in_force: Contract, cast: Cast) -> Contract:
    """Signed on 1 July 2024: fonctionnement is due, whole, that day, to a confirmed account."""
    confirm_account(cast)
    return in_force


@pytest.fixture
def prepare(contract: Contract, cast: Cast) -> Prepare:
    """`prepare()` orders all that is due today, as the officer does."""

    def _prepare(**which: object) -> PaymentOrder:
        due = PaymentLine.objects.to_order().filter(contract=contract, **which)
        return actions.prepare_order(
            contract, lines=list(due.values_list("pk", flat=True)), by=cast.cpam_officer
        )

    return _prepare


def paid(order: PaymentOrder, cast: Cast) -> PaymentOrder:
    """Approved by the director, sent by the officer, noted as paid the same day."""
    order = actions.approve_order(order, proof=prove(cast.cpam_director), by=cast.cpam_director)
    (slip,) = actions.send_orders(orders=[order.pk], by=cast.cpam_officer)
    actions.note_paid(slip, paid_on=clock.today(), by=cast.cpam_officer)
    return PaymentOrder.objects.get(pk=order.pk)


def open_years_until(day: dt.date) -> None:
    with clock.at(day):
        contracts.open_contract_years()


def total(rows: list[PaymentLine]) -> Decimal:
    return sum((row.amount for row in rows), Decimal(0))
