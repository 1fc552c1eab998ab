"""The pages of a termination: who is offered what, what is refused, the worked example shown."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aci.models import Contract, Termination
from foundation import clock
from tests.aci.conftest import DoJobs
from tests.aci.ending.conftest import DECIDED, ENDED, HEARD_UNTIL, NOTIFIED, REASON
from tests.cast import Cast
from tests.queries import QueryCount

pytestmark = pytest.mark.usefixtures("light_documents")
SignIn = Callable[[Any], Client]
MOST_QUERIES = 6


def url(name: str, cast: Cast) -> str:
    return reverse(f"aci:{name}", args=[cast.rives.reference])


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ").split())


def read(client: Client, cast: Cast) -> str:
    with QueryCount() as queries:
        answer = client.get(url("termination", cast))
    assert queries.number <= MOST_QUERIES
    assert answer.status_code == 200
    return text_of(answer)


def test_the_whole_procedure_through_the_screens(
    contract: Contract, cast: Cast, client: Client, sign_in: SignIn, do_jobs: DoJobs
) -> None:
    """The worked example of the domain: 60 000 advanced, 14 958,90 to recover."""
    with clock.at(NOTIFIED):
        cpam = sign_in(cast.cpam_director)
        assert url("termination", cast) in text_of(cpam.get(url("contract", cast)))
        assert "Demander la résiliation" in read(cpam, cast)
        answer = cpam.post(url("ask_termination", cast), {"reason": ""})
        assert "Donnez les motifs" in text_of(answer)
        cpam.post(url("ask_termination", cast), {"reason": REASON})
        assert "L’accord de l’ARS est attendu" in read(cpam, cast)
        ars = sign_in(cast.ars_director)
        assert "Donner l’accord de l’ARS" in read(ars, cast)
        mark = Termination.objects.get().mark
        ars.post(url("agree_termination", cast), {"mark": mark})
    with clock.at(HEARD_UNTIL):
        president = sign_in(cast.president)
        assert "Une résiliation est en cours" in text_of(president.get(url("contract", cast)))
        assert "Écrire des observations" in read(president, cast)
        president.post(url("observe_termination", cast), {"text": "Le démarrage est proche."})
        page = sign_in(cast.ars_director).get(url("decide_termination", cast), follow=True)
        assert "La décision se prend après le délai" in text_of(page)
    with clock.at(DECIDED):
        ars = sign_in(cast.ars_director)
        told = {"outcome": "terminate", "ended_on": "2025-07-01", "reason": "Établi."}
        answer = ars.post(url("decide_termination", cast), told)
        assert "doit tomber après le 1er juillet 2025" in text_of(answer)
        assert "Établi." in text_of(answer)  # nothing typed is lost
        ars.post(url("decide_termination", cast), {**told, "ended_on": ENDED.isoformat()})
        cpam = sign_in(cast.cpam_director)
        assert "qui prend fin le 1er avril 2025" in read(cpam, cast)
        cpam.post(url("agree_decision", cast), {"mark": Termination.objects.get().mark})
        do_jobs()
    with clock.at(ENDED):
        page = read(sign_in(cast.coordinator), cast)
        assert "14 958,90 €" in page
        assert "60 000,00 €" in page
        assert "Le démarrage est proche." in page
        assert "Décision de résiliation du contrat du 10 mars 2025" in page
        funding = text_of(client.get(url("funding", cast), {"annee": "1"}))
        assert "Contrat résilié à compter du 1er avril 2025" in funding
        assert "-14 958,90 €" in funding or "−14 958,90 €" in funding
        assert "Année 2" not in funding
    letter = Termination.objects.get().letters[1]
    answer = client.get(reverse("aci:contract_letter", args=[cast.rives.reference, letter.uuid]))
    assert answer["Content-Type"] == "application/pdf"


OFFERED = {
    ("contract", "president"): "Donner un préavis",
    ("contract", "ars_director"): "Demander la résiliation",
    ("asked", "ars_director"): "Donner l’accord de l’ARS",
    ("notified", "president"): "Écrire des observations",
    ("notified", "coordinator"): "Écrire des observations",
    ("given_notice", "president"): "Retirer le préavis",
    ("given_notice", "ars_director"): "Écrire des observations",
    ("given_notice", "cpam_officer"): "Écrire des observations",
}
READERS = ("president", "coordinator", "ars_director", "cpam_officer", "committee_member")


@pytest.mark.parametrize("stage", ["contract", "asked", "notified", "given_notice", "decided"])
def test_the_page_at_every_step_in_few_queries(
    cast: Cast, sign_in: SignIn, stage: str, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(stage)
    for part in READERS:
        with clock.at(DECIDED if stage == "decided" else NOTIFIED):
            page = read(sign_in(getattr(cast, part)), cast)
        for words in set(OFFERED.values()):
            assert (words in page) is (OFFERED.get((stage, part)) == words), (part, words)


@pytest.mark.parametrize(
    ("stage", "part", "when", "words"),
    [
        ("asked", "ars_director", NOTIFIED, "Donner votre accord, ou non, pour résilier"),
        ("asked", "cpam_director", NOTIFIED, ""),
        ("notified", "president", HEARD_UNTIL, "Écrire vos observations sur la résiliation"),
        ("notified", "president", DECIDED, ""),
        ("notified", "cpam_director", DECIDED, "Décider sur la résiliation"),
        ("notified", "cpam_director", HEARD_UNTIL, ""),
        ("given_notice", "cpam_officer", HEARD_UNTIL, "Écrire vos observations"),
        ("proposed", "cpam_director", DECIDED, "sur la décision de résiliation"),
        ("proposed", "ars_director", DECIDED, ""),
    ],
)
def test_the_desk_says_what_waits_for_this_very_person(
    cast: Cast,
    sign_in: SignIn,
    request: pytest.FixtureRequest,
    stage: str,
    part: str,
    when: dt.date,
    words: str,
) -> None:
    request.getfixturevalue(stage)
    client = sign_in(getattr(cast, part))
    with clock.at(when), QueryCount() as queries:
        page = text_of(client.get(reverse("dashboard")))
    if words:
        assert words in page
    else:
        assert reverse("aci:termination", args=[cast.rives.reference]) not in page
    assert queries.number <= MOST_QUERIES


def test_without_a_signed_contract_there_is_nothing_to_end(
    negotiated: Contract, cast: Cast, sign_in: SignIn
) -> None:
    assert sign_in(cast.president).get(url("termination", cast)).status_code == 404
