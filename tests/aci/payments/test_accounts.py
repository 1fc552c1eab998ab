"""Where an order is paid: the account confirmed when it was approved, whatever comes later."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from aci.models import BankAccount, Contract, PaymentLine, PaymentOrder
from aci.payments import actions
from cpts_portal.story.people import prove
from foundation import clock
from foundation.refusal import Refused
from tests.aci.conftest import EXAMPLE_IBAN, OTHER_IBAN, confirm_account
from tests.aci.payments.conftest import Prepare, paid
from tests.cast import Cast

SignIn = Callable[[Any], Client]
MASKED = "FR76 •••• •••• 0189"


@pytest.fixture
def unpaid(light_documents: None, in_force: Contract, cast: Cast) -> PaymentOrder:
    """An order of a CPTS that gave no account."""
    line = PaymentLine.objects.to_order()[0]
    return actions.prepare_order(in_force, lines=[line.pk], by=cast.cpam_officer)


def exported(client: Client, order: PaymentOrder) -> str:
    assert order.slip is not None
    answer = client.get(reverse("aci:slip_export", args=[order.slip.public_id]))
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_without_a_confirmed_account_nothing_is_approved(unpaid: PaymentOrder, cast: Cast) -> None:
    for _ in ("no account", "an account that one person alone has given"):
        with pytest.raises(Refused, match="n’a pas de compte bancaire confirmé"):
            actions.approve_order(unpaid, proof=prove(cast.cpam_director), by=cast.cpam_director)
        if not BankAccount.objects.exists():
            _propose(cast)
    assert PaymentOrder.objects.get().state == "prepared"


def _propose(cast: Cast) -> None:
    BankAccount.objects.create(
        cpts=cast.rives,
        holder="CPTS Rives",
        iban="FR1420041010050500013M02606",
        bic="EXEMFRPPXXX",
        proposed_by=cast.president,
        proposed_at=clock.now(),
    )


def test_the_page_says_where_to_give_the_account(
    unpaid: PaymentOrder, cast: Cast, sign_in: SignIn
) -> None:
    client = sign_in(cast.cpam_director)
    page = client.get(unpaid.get_absolute_url()).content.decode()
    parties = reverse("aci:parties", args=[cast.rives.reference])
    assert f'<a href="{parties}">Proposer ou confirmer un compte</a>' in page
    assert "Approuver l’ordre</button>" not in page
    confirm_account(cast)
    page = client.get(unpaid.get_absolute_url()).content.decode()
    assert "Approuver l’ordre</button>" in page
    assert "FR76 3000 6000 0112 3456 7890 189, BIC\u00a0EXEMFRPPXXX" in page


def test_what_is_recovered_needs_no_account(unpaid: PaymentOrder, cast: Cast) -> None:
    contract = unpaid.contract
    line = PaymentLine.objects.create(
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
    order = actions.prepare_order(contract, lines=[line.pk], by=cast.cpam_officer)
    assert paid(order, cast).account is None


def test_an_account_changed_later_does_not_change_a_sent_slip(
    prepare: Prepare, contract: Contract, cast: Cast, sign_in: SignIn
) -> None:
    order = paid(prepare(code="FONCTIONNEMENT"), cast)
    client = sign_in(cast.cpam_officer)
    before = exported(client, order)
    rows = before.splitlines()
    assert ";Titulaire du compte;IBAN;BIC;" in rows[0]
    assert f";CPTS Rives;{EXAMPLE_IBAN.replace(' ', '')};EXEMFRPPXXX;" in rows[1]
    later = prepare()  # prepared before the change, approved after it
    confirm_account(cast, iban=OTHER_IBAN)
    assert exported(client, order) == before
    later = actions.approve_order(later, proof=prove(cast.cpam_director), by=cast.cpam_director)
    assert order.account is not None
    assert later.account is not None
    assert (order.account.state, later.account.iban[-4:]) == ("replaced", "2606")
    slip = client.get(order.slip.get_absolute_url()).content.decode()  # type: ignore[union-attr]
    assert EXAMPLE_IBAN in slip
    assert OTHER_IBAN not in slip


@pytest.mark.parametrize(
    ("part", "sees"),
    [
        ("cpam_officer", True),
        ("cpam_director", True),
        ("president", True),
        ("office", True),
        ("coordinator", False),
        ("ars_director", False),
    ],
)
def test_the_whole_number_is_for_the_fund_and_the_cpts(
    prepare: Prepare, cast: Cast, sign_in: SignIn, part: str, sees: bool
) -> None:
    order = paid(prepare(), cast)
    page = sign_in(getattr(cast, part)).get(order.get_absolute_url()).content.decode()
    assert (EXAMPLE_IBAN in page) is sees
    assert (MASKED in page) is not sees


def test_only_an_approved_order_has_an_account(prepare: Prepare, cast: Cast) -> None:
    prepare()
    with pytest.raises(IntegrityError, match="once_approved"), transaction.atomic():
        PaymentOrder.objects.update(account=BankAccount.objects.get())
