"""What binds is done by who has just proven their identity; nothing typed is lost on the way."""

import re
import uuid
from collections.abc import Callable
from html import unescape
from typing import Any

import pyotp
import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import FactorProof, SecondFactor, User
from aci import actions
from aci.contract_texts import current_text
from aci.models import Contract, ContractTemplate, PaymentLine, PaymentOrder
from aci.payments import actions as payments
from cpts_portal.story.people import prove
from foundation import clock
from foundation.refusal import Refused
from records.models import IdempotencyKey, JournalEntry
from tests.aci.conftest import Signatories, confirm_account
from tests.aci.test_contract_templates import NEW, posted
from tests.cast import Cast
from tests.proofs import prove_in

pytestmark = pytest.mark.usefixtures("light_documents")
SignIn = Callable[[User], Client]
PASSWORD = "un mot de passe de test"


@pytest.fixture
def order(in_force: Contract, cast: Cast) -> PaymentOrder:
    confirm_account(cast)
    line = PaymentLine.objects.to_order()[0]
    return payments.prepare_order(in_force, lines=[line.pk], by=cast.cpam_officer)


def hidden(page: str) -> dict[str, str]:
    """What the form of a page sends without being typed."""
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in fields if name != "csrfmiddlewaretoken"}


def approve_url(order: PaymentOrder) -> str:
    return reverse("aci:approve_order", args=[order.contract.cpts.reference, order.public_id])


def test_the_act_itself_wants_a_proof(order: PaymentOrder, cast: Cast) -> None:
    with pytest.raises(Refused, match="preuve d’identité"):
        payments.approve_order(order, proof=None, by=cast.cpam_director)
    with pytest.raises(Refused, match="preuve d’identité"):
        payments.approve_order(order, proof=prove(cast.president), by=cast.cpam_director)
    assert PaymentOrder.objects.get().state == "prepared"


def test_without_a_factor_one_is_set_up_then_the_order_is_approved(
    order: PaymentOrder, cast: Cast, sign_in: SignIn
) -> None:
    cast.cpam_director.set_password(PASSWORD)
    cast.cpam_director.save()
    SecondFactor.objects.filter(user=cast.cpam_director).delete()
    client = sign_in(cast.cpam_director)
    key = str(uuid.uuid4())
    answer = client.post(approve_url(order), {"cle": key}, follow=True)
    assert [status for _, status in answer.redirect_chain] == [307, 307]
    page = answer.content.decode()
    assert "Enregistrer un second facteur" in page
    assert hidden(page)["cle"] == key
    assert not IdempotencyKey.objects.exists()
    secret = re.findall(r'factor-key">([^<]+)<', page)[0].replace(" ", "")
    code = pyotp.TOTP(secret).at(clock.now())
    typed = {**hidden(page), "password": PASSWORD, "code": code}
    codes = client.post(answer.request["PATH_INFO"], typed).content.decode()
    assert "Mes codes de secours" in codes
    assert f'action="{approve_url(order)}"' in codes
    assert PaymentOrder.objects.get().state == "prepared"
    for _ in range(2):  # a double click approves once
        assert client.post(approve_url(order), hidden(codes)).status_code == 302
    approved = PaymentOrder.objects.get()
    assert (approved.state, approved.decided_by) == ("approved", cast.cpam_director)


def test_the_text_of_a_template_survives_a_wrong_code_then_the_right_one(
    cast: Cast, sign_in: SignIn
) -> None:
    actions.load_contract_templates()
    prove(cast.administrator)
    factor = SecondFactor.objects.get(user=cast.administrator)
    FactorProof.objects.all().delete()
    client = sign_in(cast.administrator)
    words = "Rien ne sort, « jamais » ; <b>pas même</b>\r\nun chiffre."
    preview = client.post(NEW, posted(body_2=words, apercu="1"))
    assert preview.status_code == 200  # looking binds nobody
    asked = client.post(NEW, posted(body_2=words), follow=True)
    page = asked.content.decode()
    assert "Prouver mon identité" in page
    assert hidden(page)["body_2"] == words
    where = asked.request["PATH_INFO"]
    page = client.post(where, {**hidden(page), "code": "000000"}).content.decode()
    assert "Ce code n’est pas le bon" in page
    assert hidden(page)["body_2"] == words
    assert ContractTemplate.objects.count() == 1
    code = factor.codes.at(clock.now())
    done = client.post(where, {**hidden(page), "code": code}, follow=True)
    assert [status for _, status in done.redirect_chain] == [307, 302]
    block = ContractTemplate.objects.get(version=2).as_blocks[2]
    assert block.body.replace("\r\n", "\n") == words.replace("\r\n", "\n")


def test_nothing_of_a_contract_is_agreed_or_frozen_without_a_proof(
    negotiated: Contract, cast: Cast, sign_in: SignIn, signatories: Signatories
) -> None:
    reference = cast.rives.reference
    sha256 = current_text(negotiated).hashes["suivi"]
    one: dict[str, Any] = {"party": "cpts", "key": "suivi", "sha256": sha256}
    whole: dict[str, Any] = {"party": "cpts", "version": 1}
    for name, body in (("accept_article", one), ("accept", whole)):
        path = reverse(f"aci:{name}", args=[reference])
        client = sign_in(cast.president)
        client.session.flush()
        client = sign_in(cast.president)
        before = JournalEntry.objects.count()
        assert client.post(path, body)["Location"].startswith("/compte/identite/?next=")
        assert JournalEntry.objects.count() == before
        assert prove_in(client, cast.president).post(path, body).status_code == 302
        assert JournalEntry.objects.count() > before
    for party, person in list(signatories.items())[1:]:
        actions.accept(negotiated, party=party, version=1, by=person)
    client, path = sign_in(cast.cpam_officer), reverse("aci:freeze", args=[reference])
    assert client.post(path).status_code == 307
    assert Contract.objects.get(pk=negotiated.pk).state == "negotiation"
    assert prove_in(client, cast.cpam_officer).post(path).status_code == 302
    assert Contract.objects.get(pk=negotiated.pk).state == "to_sign"
