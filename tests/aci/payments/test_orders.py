"""Payment orders: two people, one line once, a slip for the accountants; rows, journal, e-mails."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.access import Role
from aci.models import Contract, PaymentLine, PaymentOrder, PaymentOrderItem, PaymentSlip
from aci.payments import actions
from aci.payments.workflow import OrderState
from cpts_portal.story.people import prove
from foundation import clock
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from records.models import Job, JournalEntry
from territories.actions import assign
from tests.aci.payments.conftest import AFTER_YEAR_1, Prepare, open_years_until, paid
from tests.cast import Cast


def verbs(contract: Contract) -> list[str]:
    entries = JournalEntry.objects.filter(dossier=contract.cpts.reference).order_by("number")
    return list(entries.values_list("verb", flat=True))


def test_the_signature_writes_the_lines_of_the_first_year(contract: Contract) -> None:
    lines = PaymentLine.objects.filter(contract=contract)
    year = contract.years.get()
    assert sum(line.amount for line in lines) == year.total_due
    first = PaymentLine.objects.to_order()[0]
    assert (first.due_on, first.amount) == (
        dt.date(2024, 7, 1),
        Decimal("60000.00"),
    )


def test_an_order_from_the_officer_to_the_money(
    contract: Contract, prepare: Prepare, cast: Cast
) -> None:
    order = prepare()
    assert order.state == OrderState.PREPARED
    assert order.total == sum(item.amount for item in order.items.all())
    assert not PaymentLine.objects.to_order().exists()
    order = paid(order, cast)
    assert (order.state, order.paid_on) == (OrderState.PAID, clock.today())
    assert order.slip is not None
    assert order.slip.reference == "BP-621-0001"
    assert verbs(contract)[-4:] == ["prepare_order", "approve_order", "send_orders", "note_paid"]
    told = Job.objects.filter(kind="email", key__startswith="payment_")
    assert {job.payload["to"] for job in told} == {
        cast.cpam_director.email,
        cast.cpam_officer.email,
        cast.president.email,
        cast.coordinator.email,
    }


def test_whoever_prepared_an_order_decides_nothing_even_as_director(
    prepare: Prepare, cast: Cast
) -> None:
    order = prepare()
    with pytest.raises(NotAllowed):
        actions.approve_order(order, proof=prove(cast.cpam_officer), by=cast.cpam_officer)
    assign(cast.cpam_officer, Role.CPAM_DIRECTOR, cpam_district=cast.geography.artois)
    both = type(cast.cpam_officer).objects.get(pk=cast.cpam_officer.pk)
    with pytest.raises(Refused, match="une autre personne"):
        actions.approve_order(order, proof=prove(both), by=both)
    with pytest.raises(Refused, match="une autre personne"):
        actions.refuse_order(order, reason="x", by=both)
    assert PaymentOrder.objects.get(pk=order.pk).state == OrderState.PREPARED
    assert not PaymentOrder.objects.to_approve_by(both).exists()
    assert PaymentOrder.objects.to_approve_by(cast.cpam_director).get() == order


def test_the_database_itself_asks_for_two_people(prepare: Prepare, cast: Cast) -> None:
    order = prepare()
    with pytest.raises(IntegrityError, match="by_two_people"), transaction.atomic():
        PaymentOrder.objects.filter(pk=order.pk).update(
            state="approved", decided_by=cast.cpam_officer, decided_at=clock.now()
        )


def test_the_database_lets_one_order_hold_a_line(prepare: Prepare) -> None:
    item = prepare().items.all()[0]
    other = PaymentOrder.objects.get()
    other.pk, other.number, other.public_id = None, 2, "0" * 32
    other.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentOrderItem.objects.create(order=other, line=item.line, amount=item.amount)


def test_a_refusal_says_why_and_frees_the_lines(prepare: Prepare, cast: Cast) -> None:
    order = prepare()
    with pytest.raises(Refused, match="pourquoi"):
        actions.refuse_order(order, reason="  ", by=cast.cpam_director)
    order = actions.refuse_order(order, reason="Le RIB a changé.", by=cast.cpam_director)
    assert (order.state, order.reason) == (OrderState.REFUSED, "Le RIB a changé.")
    again = prepare()
    assert again.number == 2
    assert again.total == order.total
    assert order.items.count() == again.items.count()  # the refused one still tells what it held


def test_the_officer_withdraws_an_order_that_nobody_decided(prepare: Prepare, cast: Cast) -> None:
    order = actions.withdraw_order(prepare(), by=cast.cpam_officer)
    assert order.state == OrderState.WITHDRAWN
    other = prepare()
    actions.approve_order(other, proof=prove(cast.cpam_director), by=cast.cpam_director)
    with pytest.raises(Refused, match="approuvé"):
        actions.withdraw_order(other, by=cast.cpam_officer)


@pytest.mark.parametrize("part", ["president", "ars_director", "cpam_director", "administrator"])
def test_only_the_officer_prepares(contract: Contract, cast: Cast, part: str) -> None:
    line = PaymentLine.objects.to_order()[0]
    with pytest.raises(NotAllowed):
        actions.prepare_order(contract, lines=[line.pk], by=getattr(cast, part))


def test_bad_lines_are_refused_in_one_sentence(
    contract: Contract, prepare: Prepare, cast: Cast
) -> None:
    lines = PaymentLine.objects.filter(contract=contract)
    to_come = lines.filter(due_on__gt=clock.today(), is_forecast=False)[0]
    forecast = lines.filter(is_forecast=True)[0]
    taken = prepare().items.all()[0].line
    for keys, words in (
        ([], "au moins une ligne"),
        ([to_come.pk], "n’est due que le"),
        ([forecast.pk], "est une prévision"),
        ([taken.pk], "déjà dans un ordre"),
        ([10**9], "a changé"),
    ):
        with pytest.raises(Refused, match=words):
            actions.prepare_order(contract, lines=keys, by=cast.cpam_officer)
    assert PaymentOrder.objects.count() == 1


def test_a_recovery_is_an_order_of_its_own(contract: Contract, cast: Cast) -> None:
    to_pay = PaymentLine.objects.to_order()[0]
    to_recover = PaymentLine.objects.create(
        contract=contract,
        origin="regularisation",
        year=contract.years.get(),
        number=1,
        code="FONCTIONNEMENT",
        part="fixed",
        moment="balance",
        label="Fonctionnement : trop-perçu à récupérer",
        due_on=clock.today(),
        amount=Decimal("-14958.90"),
    )
    with pytest.raises(Refused, match="jamais les deux"):
        actions.prepare_order(contract, lines=[to_pay.pk, to_recover.pk], by=cast.cpam_officer)
    order = actions.prepare_order(contract, lines=[to_recover.pk], by=cast.cpam_officer)
    assert order.is_recovery
    assert order.kind_label == "Ordre de récupération"
    assert paid(order, cast).total == Decimal("-14958.90")


def test_orders_leave_once_on_one_slip_a_fund(prepare: Prepare, cast: Cast) -> None:
    order = prepare()
    with pytest.raises(Refused, match="Aucun ordre approuvé"):
        actions.send_orders(orders=[order.pk], by=cast.cpam_officer)
    actions.approve_order(order, proof=prove(cast.cpam_director), by=cast.cpam_director)
    (slip,) = actions.send_orders(orders=[order.pk], by=cast.cpam_officer)
    with pytest.raises(Refused, match="Aucun ordre approuvé"):
        actions.send_orders(orders=[order.pk], by=cast.cpam_officer)
    assert PaymentSlip.objects.get() == slip
    with pytest.raises(Refused, match="entre la transmission"):
        actions.note_paid(slip, paid_on=dt.date(2024, 6, 30), by=cast.cpam_officer)
    with pytest.raises(Refused, match="entre la transmission"):
        actions.note_paid(slip, paid_on=dt.date(2024, 7, 2), by=cast.cpam_officer)
    with pytest.raises(NotAllowed):
        actions.note_paid(slip, paid_on=clock.today(), by=cast.other_district_officer)


def test_each_anniversary_brings_the_balance_and_the_next_advance(
    contract: Contract, prepare: Prepare, cast: Cast
) -> None:
    paid(prepare(), cast)
    open_years_until(AFTER_YEAR_1)
    with clock.at(AFTER_YEAR_1):
        order = prepare()
    numbers = {(item.line.number, item.line.moment) for item in order.items.select_related("line")}
    assert numbers == {(1, "advance"), (1, "balance"), (2, "advance")}
    assert not order.items.filter(line__is_forecast=True).exists()
