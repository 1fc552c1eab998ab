"""Two people at the same moment on one contract: one wins, the other is told, nothing is lost."""

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from aci import actions
from aci.models import Contract, Signature
from aci.parties import Party
from cpts_portal.story.people import prove
from foundation import clock
from foundation.refusal import Refused
from projects.models import HealthProject
from records.models import JournalEntry
from tests.aci.conftest import CORE, TODAY, Signatories
from tests.cast import Cast

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("light_documents"),
]


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Start all the acts together, on the day of the tests; what each gave or raised."""
    start = threading.Barrier(len(acts))
    answers: list[Any] = [None] * len(acts)

    def run(index: int, act: Callable[[], Any]) -> None:
        start.wait(timeout=10)
        try:
            with clock.at(TODAY):  # a thread does not inherit the replayed clock
                answers[index] = act()
        except Refused as refused:
            answers[index] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item, daemon=True) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


def signing(contract: Contract, party: Party, person: Any) -> Callable[[], Contract]:
    document = contract.frozen_document
    assert document is not None
    sha256 = document.sha256
    proof = prove(person)
    return lambda: actions.sign(
        contract, party=party, sha256=sha256, consent=True, proof=proof, by=person
    )


def test_the_three_sign_at_the_same_second(to_sign: Contract, signatories: Signatories) -> None:
    """Those who come before their turn are told, and sign when it has come."""
    acts = {party: signing(to_sign, party, who) for party, who in signatories.items()}
    while acts:
        answers = at_once(*acts.values())
        assert not all(isinstance(answer, Refused) for answer in answers)
        to_sign.refresh_from_db()
        acts = {party: act for party, act in acts.items() if party in to_sign.parties_to_sign}
    contract = Contract.objects.get(pk=to_sign.pk)
    assert (contract.state, contract.signed_on) == ("in_force", dt.date(2024, 7, 1))
    assert contract.years.count() == 1
    assert contract.documents.filter(kind="final").count() == 1
    assert JournalEntry.objects.filter(verb="enter_into_force").count() == 1


def test_a_double_click_signs_once(to_sign: Contract, cast: Cast) -> None:
    act = signing(to_sign, Party.CPTS, cast.president)
    answers = at_once(act, act)
    assert len([answer for answer in answers if isinstance(answer, Refused)]) == 1
    assert Signature.objects.count() == 1


def test_signing_and_sending_back_at_once(
    to_sign: Contract, cast: Cast, signatories: Signatories
) -> None:
    at_once(
        signing(to_sign, Party.CPTS, cast.president),
        lambda: actions.send_back(to_sign, party=Party.ARS, reason="Non", by=cast.ars_director),
    )
    contract = Contract.objects.get(pk=to_sign.pk)
    assert contract.state == "negotiation"
    assert not Signature.objects.filter(voided_at=None).exists()


def test_two_officers_open_one_negotiation(project: HealthProject, cast: Cast) -> None:
    actions.load_grids()

    def open_it() -> Contract:
        return actions.draft(project, missions=CORE, by=cast.cpam_officer)

    answers = at_once(open_it, open_it)
    assert len([answer for answer in answers if isinstance(answer, Refused)]) == 1
    assert Contract.objects.count() == 1
