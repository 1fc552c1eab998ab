"""What cannot be: one clear sentence on the screen, what was typed kept, nothing changed.

A mission that starts before the signature, a fourth signature, an annex that nobody signed, an
amendment effective in a closed year: for a contract and for an amendment, through the pages.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.factors.recently import PROOF_KEY
from accounts.models import User
from aci import actions
from aci.mission_codes import MissionCode
from aci.models import Amendment, Contract, ContractTemplate, IndicatorAnnex
from aci.parties import Party
from cpts_portal.story.people import prove
from foundation import clock
from records.models import JournalEntry
from tests.aci.conftest import DoJobs, Signatories
from tests.aci.test_amended_texts import ald
from tests.aci.test_amendments import NEXT_YEAR, SOON, amend, conclude, with_noeux
from tests.aci.test_views import TERMS
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("light_documents")
SignIn = Callable[[Any], Client]


def url(text: Contract, act: str) -> str:
    """Of the contract, or of the amendment."""
    return text.url_of(act)


def words(client: Client, address: str, data: dict[str, Any] | None = None) -> str:
    """The page that answers, after the redirection of a refusal."""
    answer = client.get(address) if data is None else client.post(address, data)
    page = client.get(answer["Location"]) if answer.status_code == 302 else answer
    assert page.status_code == 200
    return page.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")


def proven(client: Client, person: User) -> Client:
    """This session has just shown who is there."""
    session = client.session
    session[PROOF_KEY] = prove(person).pk
    session.save()
    return client


def standing(text: Contract) -> tuple[Any, ...]:
    """All that a refused act must leave as it was."""
    row = Contract.agreements.get(pk=text.pk)
    return (
        row.state,
        row.terms_version,
        row.amended_terms,
        row.effective_on,
        sorted(row.missions.values_list("code", "starts_on")),
        row.signatures.filter(voided_at=None).count(),
        row.years.count(),
        row.annexes.count(),
        JournalEntry.objects.count(),
    )


@pytest.fixture
def amendment(in_force: Contract, cast: Cast) -> Amendment:
    return with_noeux(amend(in_force, cast.cpam_officer), cast.cpam_officer)


def frozen(
    amendment: Amendment, cast: Cast, signatories: Signatories, do_jobs: DoJobs
) -> Amendment:
    row: Contract = amendment
    for party, person in signatories.items():
        row = actions.accept(row, party=party, version=row.terms_version, by=person)
    actions.freeze(row, by=cast.cpam_officer)
    do_jobs()
    return Amendment.objects.get(pk=amendment.pk)


def signature_of(text: Contract, party: Party) -> dict[str, str]:
    document = Contract.agreements.get(pk=text.pk).frozen_document
    assert document is not None
    return {"party": party.value, "sha256": document.sha256, "consent": "on"}


# --- A mission that starts before the signature ------------------------------------------------


def test_the_terms_refuse_a_mission_before_the_signature(
    negotiated: Contract, cast: Cast, sign_in: SignIn
) -> None:
    before = standing(negotiated)
    data = {**TERMS, "start_ACCES_SOINS": "2024-06-30"}
    page = words(sign_in(cast.cpam_officer), url(negotiated, "terms"), data)
    assert "une mission ne démarre pas avant la signature, prévue le 1er juillet 2024" in page
    assert 'value="2024-06-30"' in page
    assert standing(negotiated) == before


def test_nobody_signs_after_the_start_of_a_mission(
    to_sign: Contract, cast: Cast, sign_in: SignIn
) -> None:
    before = standing(to_sign)
    with clock.at(dt.date(2024, 9, 2)):  # CRISE starts on 1 September 2024
        client = sign_in(cast.president)
        for data in (None, signature_of(to_sign, Party.CPTS)):
            page = words(client, url(to_sign, "sign"), data)
            assert "Une mission ne démarre pas avant la signature" in page
            assert "au 1er septembre 2024" in page
    assert standing(to_sign) == before


def test_an_amendment_refuses_a_mission_before_its_effect(
    amendment: Amendment, cast: Cast, sign_in: SignIn
) -> None:
    before = standing(amendment)
    data = {
        "version": amendment.terms_version,
        "missions": ["PARCOURS", "QUALITE"],
        "start_QUALITE": "2024-06-30",
        "unscheduled_care_since": "2024-07-01",
    }
    page = words(sign_in(cast.cpam_officer), url(amendment, "missions"), data)
    assert "ne peut pas démarrer le 30 juin 2024, avant la date d’effet de l’avenant" in page
    assert 'value="2024-06-30"' in page
    assert standing(amendment) == before


# --- A fourth signature ------------------------------------------------------------------------


@pytest.mark.parametrize("party", Party)
def test_a_contract_is_not_signed_a_fourth_time(
    in_force: Contract, signatories: Signatories, sign_in: SignIn, party: Party
) -> None:
    before = standing(in_force)
    client = sign_in(signatories[party])
    for data in (None, signature_of(in_force, party)):
        page = words(client, url(in_force, "sign"), data)
        assert "Le contrat est déjà signé par les trois parties" in page
    assert standing(in_force) == before


def test_an_amendment_is_not_signed_a_fourth_time(
    amendment: Amendment, cast: Cast, signatories: Signatories, do_jobs: DoJobs, sign_in: SignIn
) -> None:
    with clock.at(SOON):
        conclude(amendment, cast, signatories, do_jobs)
        before = standing(amendment)
        data = signature_of(amendment, Party.ARS)
        page = words(sign_in(cast.ars_director), url(amendment, "sign"), data)
    assert "L’avenant est déjà signé par les trois parties" in page
    assert standing(amendment) == before


# --- An annex that nobody signed ---------------------------------------------------------------


def test_an_annex_is_not_written_once_the_contract_is_frozen(
    to_sign: Contract, cast: Cast, sign_in: SignIn
) -> None:
    before = standing(to_sign)
    address = reverse("missions:fill_annex", args=[cast.rives.reference])
    data = {"year": 1, "version": to_sign.terms_version, "source": "national"}
    page = words(sign_in(cast.cpam_officer), address, data)
    assert "n’est pas possible : l’état est « à signer »" in page
    assert standing(to_sign) == before


@pytest.mark.parametrize("kind", ["contract", "amendment"])
def test_an_annex_that_changed_after_the_freeze_is_not_signed(
    to_sign: Contract, cast: Cast, sign_in: SignIn, kind: str, request: pytest.FixtureRequest
) -> None:
    text = to_sign
    if kind == "amendment":
        signatories = request.getfixturevalue("signatories")
        do_jobs = request.getfixturevalue("do_jobs")
        text = frozen(request.getfixturevalue("amendment"), cast, signatories, do_jobs)
    IndicatorAnnex.objects.create(contract=text, year=1, lines=[ald().as_plain()])
    client = proven(sign_in(cast.president), cast.president)
    before = standing(text)
    page = words(client, url(text, "sign"), signature_of(text, Party.CPTS))
    assert f"a changé depuis que {text.words.the} est figé, elle n’est donc pas signée" in page
    assert standing(text) == before


@pytest.mark.parametrize("kind", ["contract", "amendment"])
def test_a_text_without_the_annex_that_its_template_requires_is_not_frozen(
    accepted: Contract, cast: Cast, sign_in: SignIn, kind: str, request: pytest.FixtureRequest
) -> None:
    text = accepted
    if kind == "amendment":
        text = request.getfixturevalue("amendment")
        for party, person in request.getfixturevalue("signatories").items():
            actions.accept(text, party=party, version=text.terms_version, by=person)
    ContractTemplate.objects.update(requires_annex=True)
    client = proven(sign_in(cast.cpam_officer), cast.cpam_officer)
    before = standing(text)
    page = words(client, url(text, "freeze"), {})
    assert "exige l’annexe des indicateurs de l’année 1 : remplissez-la" in page
    assert standing(text) == before


def test_an_administrator_asks_for_the_annex_in_the_template(cast: Cast, sign_in: SignIn) -> None:
    actions.load_contract_templates()
    client = proven(sign_in(cast.administrator), cast.administrator)
    address = reverse("aci:new_template")
    form = client.get(address).context["form"]
    body = {name: form[name].value() or "" for name in form.fields}
    answer = client.post(address, {**body, "requires_annex": "on"})
    assert answer.status_code == 302
    newest = ContractTemplate.objects.newest_first().first()
    assert newest is not None
    assert newest.requires_annex
    page = client.get(reverse("aci:template", args=[newest.uuid])).content.decode()
    assert "L’annexe des indicateurs est exigée avant la signature." in page


# --- An amendment effective in a closed year ---------------------------------------------------


@pytest.mark.parametrize("effect", ["2024-06-30", "2024-09-01", "2025-06-30"])
def test_an_amendment_is_not_opened_in_a_closed_year(
    in_force: Contract, cast: Cast, sign_in: SignIn, effect: str
) -> None:
    with clock.at(dt.date(2025, 8, 1)):
        before = standing(in_force)
        data = {"version": 0, "effective_on": effect, "reason": "Une commune rejoint."}
        address = reverse("aci:draft_amendment", args=[cast.rives.reference])
        page = words(sign_in(cast.cpam_officer), address, data)
    assert "cette date tombe dans une année de contrat close" in page
    assert "Choisissez une date à partir du 1er juillet 2025" in page
    assert f'value="{effect}"' in page
    assert "Une commune rejoint." in page
    assert standing(in_force) == before
    assert not Amendment.objects.exists()


def test_an_open_amendment_does_not_move_into_a_closed_year(
    amendment: Amendment, cast: Cast, sign_in: SignIn
) -> None:
    with clock.at(dt.date(2025, 8, 1)):
        before = standing(amendment)
        data = {"version": 2, "effective_on": "2025-06-30", "reason": "Un autre motif."}
        page = words(sign_in(cast.cpam_officer), url(amendment, "purpose"), data)
    assert "année de contrat close" in page
    assert "Un autre motif." in page
    assert standing(amendment) == before


def test_an_amendment_signed_after_its_year_is_refused(
    amendment: Amendment, cast: Cast, signatories: Signatories, do_jobs: DoJobs, sign_in: SignIn
) -> None:
    frozen(amendment, cast, signatories, do_jobs)
    before = standing(amendment)
    with clock.at(NEXT_YEAR):
        data = signature_of(amendment, Party.CPTS)
        page = words(sign_in(cast.president), url(amendment, "sign"), data)
    assert "cette date tombe dans une année de contrat close" in page
    assert standing(amendment) == before
    assert MissionCode.QUALITE not in amendment.terms.starts
