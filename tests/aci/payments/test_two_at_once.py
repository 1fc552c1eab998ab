"""Two people at the same moment on one line or one order: paid once, decided once."""

import pytest

from aci.models import Contract, PaymentLine, PaymentOrder, PaymentOrderItem, PaymentSlip
from aci.payments import actions
from cpts_portal.story.people import prove
from foundation.refusal import Refused
from tests.aci.payments.conftest import Prepare
from tests.aci.test_two_at_once import at_once
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def refusals(answers: list[object]) -> int:
    return len([answer for answer in answers if isinstance(answer, Refused)])


def test_two_officers_order_the_same_line(contract: Contract, cast: Cast) -> None:
    line = PaymentLine.objects.to_order()[0]

    def order() -> PaymentOrder:
        return actions.prepare_order(contract, lines=[line.pk], by=cast.cpam_officer)

    assert refusals(at_once(order, order)) == 1
    assert PaymentOrder.objects.count() == PaymentOrderItem.objects.count() == 1


def test_approved_and_refused_at_once(prepare: Prepare, cast: Cast) -> None:
    order, proof = prepare(), prove(cast.cpam_director)
    answers = at_once(
        lambda: actions.approve_order(order, proof=proof, by=cast.cpam_director),
        lambda: actions.refuse_order(order, reason="Non", by=cast.cpam_director),
    )
    assert refusals(answers) == 1
    held = PaymentOrderItem.objects.filter(released_at=None).exists()
    assert held == (PaymentOrder.objects.get().state == "approved")


def test_sent_twice_at_once_leaves_on_one_slip(prepare: Prepare, cast: Cast) -> None:
    order = actions.approve_order(prepare(), proof=prove(cast.cpam_director), by=cast.cpam_director)

    def send() -> list[PaymentSlip]:
        return actions.send_orders(orders=[order.pk], by=cast.cpam_officer)

    assert refusals(at_once(send, send)) == 1
    assert PaymentSlip.objects.count() == 1
