"""The pages of the money: who gets in, few queries, one act per click, bad input in words."""

import datetime as dt
import uuid
from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse

from aci.models import Contract, PaymentLine, PaymentOrder, PaymentSlip
from aci.payments import actions
from cpts_portal.story.people import prove
from foundation import clock
from tests.aci.payments.conftest import AFTER_YEAR_1, Prepare, open_years_until, paid
from tests.cast import Cast
from tests.queries import QueryCount

SignIn = Callable[[Any], Client]
MOST_QUERIES = 6


def url(name: str, cast: Cast, *more: object) -> str:
    return reverse(f"aci:{name}", args=[cast.rives.reference, *more])


def key() -> dict[str, str]:
    return {"cle": str(uuid.uuid4())}


@pytest.mark.parametrize("year", ["1", "2", "3"])
def test_the_funding_page_with_orders_in_few_queries(
    contract: Contract, prepare: Prepare, cast: Cast, sign_in: SignIn, year: str
) -> None:
    paid(prepare(), cast)
    open_years_until(AFTER_YEAR_1)
    with clock.at(AFTER_YEAR_1):
        prepare()
        client = sign_in(cast.president)
        with QueryCount() as count:
            page = client.get(url("funding", cast), {"annee": year})
    assert page.status_code == 200
    assert count.number <= MOST_QUERIES
    ledger = page.context["payments"]
    totals = ledger.totals
    assert totals.amount == totals.paid + totals.left
    assert totals.amount == sum(line.amount for line in ledger.lines)
    assert len(ledger.ledger.orders) == 2


def test_every_page_of_payments_in_few_queries(
    contract: Contract, prepare: Prepare, cast: Cast, sign_in: SignIn
) -> None:
    order = paid(prepare(), cast)
    client = sign_in(cast.cpam_officer)
    pages = [reverse("aci:payments") + f"?vue={vue}" for vue in ("a-preparer", "ordres", "x")]
    pages += [reverse("aci:payments") + "?vue=bordereaux", order.get_absolute_url()]
    pages += [PaymentSlip.objects.get().get_absolute_url(), url("record_outside", cast)]
    for page in pages:
        with QueryCount() as count:
            assert client.get(page).status_code == 200, page
        assert count.number <= MOST_QUERIES, page


def test_a_double_click_prepares_one_order(contract: Contract, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.cpam_officer)
    page = client.get(url("prepare_order", cast))
    body = {**key(), "lines": page.context["form"].initial["lines"]}
    first = client.post(url("prepare_order", cast), body)
    second = client.post(url("prepare_order", cast), body)
    assert first["Location"] == second["Location"]
    assert PaymentOrder.objects.count() == 1


def test_nothing_to_order_is_said_in_words(prepare: Prepare, cast: Cast, sign_in: SignIn) -> None:
    prepare()
    page = sign_in(cast.cpam_officer).get(url("prepare_order", cast), follow=True)
    assert "Aucune ligne n’est à payer" in page.content.decode()


@pytest.mark.parametrize("lines", [[], ["0"], ["x"], ["999999999999999999999"]])
def test_lines_that_are_not_offered_change_nothing(
    contract: Contract, cast: Cast, sign_in: SignIn, lines: list[str]
) -> None:
    page = sign_in(cast.cpam_officer).post(url("prepare_order", cast), {**key(), "lines": lines})
    assert page.status_code == 200
    assert page.context["form"].errors["lines"]
    assert not PaymentOrder.objects.exists()


def test_the_director_is_asked_why_and_nothing_typed_is_lost(
    prepare: Prepare, cast: Cast, sign_in: SignIn
) -> None:
    order = prepare()
    client = sign_in(cast.cpam_director)
    refuse = url("refuse_order", cast, order.public_id)
    assert "Dites pourquoi" in client.post(refuse, {**key(), "reason": " "}).content.decode()
    long = client.post(refuse, {**key(), "reason": "x" * 1001})
    assert "x" * 1001 in long.content.decode()
    assert client.post(refuse, {**key(), "reason": "Le RIB a changé."}).status_code == 302
    page = client.get(order.get_absolute_url()).content.decode()
    assert "Le RIB a changé." in page
    assert "Approuver l’ordre" not in page


def test_an_outside_amount_written_in_french(
    contract: Contract, cast: Cast, sign_in: SignIn
) -> None:
    client = sign_in(cast.ars_reviewer)
    form = {
        "aid": "exception",
        "amount": "12 345,67",
        "funder": "ars",
        "decided_on": "2024-06-20",
        "due_on": "2024-07-01",
        "reason": "<b>Renfort</b>",
    }
    for wrong in ({"amount": "abc"}, {"amount": "1,234"}, {"aid": "seed_credit"}, {"reason": ""}):
        page = client.post(url("record_outside", cast), {**key(), **form, **wrong})
        assert page.status_code == 200
        assert page.context["form"].errors
    assert client.post(url("record_outside", cast), {**key(), **form}).status_code == 302
    line = PaymentLine.objects.get(origin="outside")
    page = client.get(url("funding", cast))
    text = page.content.decode().replace("\u00a0", " ")
    assert "12 345,67 €" in text
    assert "&lt;b&gt;Renfort" in text
    assert page.context["payments"].totals.amount == contract.years.get().total_due
    assert client.post(url("cancel_outside", cast), {**key(), "line": line.pk}).status_code == 302
    assert "12 345,67 €" not in client.get(url("funding", cast)).content.decode()


def test_too_much_in_a_review_is_one_sentence(
    contract: Contract, cast: Cast, sign_in: SignIn
) -> None:
    with clock.at(AFTER_YEAR_1):
        client = sign_in(cast.cpam_officer)
        form = client.get(url("settle_year", cast, 1)).context["form"]
        body = {**key(), **form.initial, "reason": "Dialogue", "retained_PARCOURS": "35000,01"}
        page = client.post(url("settle_year", cast, 1), body)
    assert "compris entre 0 et" in page.content.decode()
    assert contract.years.count() == 1


@pytest.mark.parametrize("kind", ["slip_export", "slip_export_xlsx"])
def test_the_slip_for_the_accountants(
    prepare: Prepare, cast: Cast, sign_in: SignIn, kind: str
) -> None:
    cast.rives.name = "=HYPERLINK(1)"
    cast.rives.save()
    order = actions.approve_order(prepare(), proof=prove(cast.cpam_director), by=cast.cpam_director)
    (slip,) = actions.send_orders(orders=[order.pk], by=cast.cpam_officer)
    answer = sign_in(cast.cpam_officer).get(reverse(f"aci:{kind}", args=[slip.public_id]))
    content = b"".join(answer.streaming_content)
    if kind == "slip_export":
        lines = content.decode("utf-8-sig").splitlines()
        assert len(lines) == 1 + order.items.count()
        assert "'=HYPERLINK(1)" in lines[1]
        assert "60000,00" in content.decode()
    else:
        assert "xl/worksheets/sheet1.xml" in ZipFile(BytesIO(content)).namelist()


def test_a_payment_is_not_noted_before_it_was_sent(
    prepare: Prepare, cast: Cast, sign_in: SignIn
) -> None:
    order = actions.approve_order(prepare(), proof=prove(cast.cpam_director), by=cast.cpam_director)
    (slip,) = actions.send_orders(orders=[order.pk], by=cast.cpam_officer)
    client = sign_in(cast.cpam_officer)
    note = reverse("aci:note_paid", args=[slip.public_id])
    for wrong in ("", "x", "2024-06-30", "2030-01-01"):
        page = client.post(note, {**key(), "paid_on": wrong})
        assert page.status_code == 200
        assert page.context["form"].errors
    assert client.post(note, {**key(), "paid_on": "2024-07-01"}).status_code == 302
    assert PaymentOrder.objects.get().paid_on == dt.date(2024, 7, 1)


def test_the_fund_of_another_district_sees_none_of_it(
    prepare: Prepare, cast: Cast, sign_in: SignIn
) -> None:
    order = actions.approve_order(prepare(), proof=prove(cast.cpam_director), by=cast.cpam_director)
    (slip,) = actions.send_orders(orders=[order.pk], by=cast.cpam_officer)
    client = sign_in(cast.other_district_officer)
    for page in (order.get_absolute_url(), slip.get_absolute_url()):
        assert client.get(page).status_code == 404
    for vue in ("a-preparer", "ordres", "bordereaux"):
        text = client.get(reverse("aci:payments"), {"vue": vue}).content.decode()
        assert cast.rives.name not in text
