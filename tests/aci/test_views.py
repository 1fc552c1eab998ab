"""The pages of the contract and of the funding: who gets in, what they say, what they refuse."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.factors.recently import PROOF_KEY
from aci import actions
from aci.mission_codes import MissionCode
from aci.models import Contract
from aci.parties import Party
from cpts_portal.story.people import prove
from foundation import clock
from projects.models import HealthProject
from records.models import Job
from tests.aci.conftest import CORE, DoJobs, Signatories, sign_for
from tests.cast import Cast
from tests.proofs import prove_in

pytestmark = pytest.mark.usefixtures("light_documents")

SignIn = Callable[[Any], Client]
MOST_QUERIES = 6

TERMS = {
    "cle": "",
    "version": "1",
    "planned_signature_on": "2024-07-01",
    "missions": ["ACCES_SOINS", "PARCOURS"],
    "start_ACCES_SOINS": "2024-10-01",
    "unscheduled_care_since": "",
}


def url(name: str, cast: Cast) -> str:
    return reverse(f"aci:{name}", args=[cast.rives.reference])


# --- Reading -----------------------------------------------------------------------------------


def test_without_a_contract_the_cpam_officer_is_offered_to_prepare_it(
    project: HealthProject, cast: Cast, sign_in: SignIn
) -> None:
    page = sign_in(cast.cpam_officer).get(url("contract", cast))
    assert url("draft_contract", cast) in page.content.decode()
    page = sign_in(cast.president).get(url("contract", cast))
    assert "Pas encore de contrat" in page.content.decode()


@pytest.mark.parametrize(
    "part", ["monts_coordinator", "other_region_reviewer", "other_district_officer"]
)
def test_a_witness_does_not_find_the_contract(
    negotiated: Contract, cast: Cast, sign_in: SignIn, part: str
) -> None:
    client = sign_in(getattr(cast, part))
    assert client.get(url("contract", cast)).status_code == 404
    assert client.get(url("funding", cast)).status_code == 404


@pytest.mark.parametrize("part", ["nurse", "administrator", "national_reader", "stranger"])
def test_nobody_without_the_right_comes_in(
    negotiated: Contract, cast: Cast, sign_in: SignIn, part: str
) -> None:
    assert sign_in(getattr(cast, part)).get(url("contract", cast)).status_code == 403


@pytest.mark.parametrize("stage", ["negotiated", "accepted", "to_sign", "in_force"])
@pytest.mark.parametrize("part", ["cpam_officer", "president", "ars_director", "committee_member"])
def test_the_contract_page_at_every_stage_in_few_queries(
    cast: Cast,
    sign_in: SignIn,
    stage: str,
    part: str,
    request: pytest.FixtureRequest,
    django_assert_max_num_queries: Any,
) -> None:
    contract = request.getfixturevalue(stage)
    client = sign_in(getattr(cast, part))
    with django_assert_max_num_queries(MOST_QUERIES):
        page = client.get(url("contract", cast))
    assert page.status_code == 200
    assert contract.reference in page.content.decode()


@pytest.mark.parametrize("year", ["", "1", "2", "5", "9", "x"])
def test_the_funding_page_of_a_signed_contract_in_few_queries(
    in_force: Contract,
    cast: Cast,
    sign_in: SignIn,
    year: str,
    django_assert_max_num_queries: Any,
) -> None:
    client = sign_in(cast.president)
    with django_assert_max_num_queries(MOST_QUERIES):
        page = client.get(url("funding", cast), {"annee": year})
    text = page.content.decode()
    assert "Barème à confirmer" in text
    assert "Fonctionnement" in text
    assert "(estimation)" not in text


@pytest.mark.parametrize("stage", ["negotiated", "project"])
def test_before_the_signature_the_funding_is_an_estimate(
    cast: Cast,
    sign_in: SignIn,
    stage: str,
    request: pytest.FixtureRequest,
    django_assert_max_num_queries: Any,
) -> None:
    request.getfixturevalue(stage)
    client = sign_in(cast.ars_reviewer)
    with django_assert_max_num_queries(MOST_QUERIES):
        page = client.get(url("funding", cast))
    text = page.content.decode()
    assert "(estimation)" in text
    assert "Accès aux soins" in text


def test_the_page_and_the_stored_year_say_the_same_total(
    in_force: Contract, cast: Cast, sign_in: SignIn
) -> None:
    year = in_force.years.get()
    page = sign_in(cast.president).get(url("funding", cast), {"annee": "1"})
    assert page.context["page"].sheet.total_due == year.total_due
    assert page.context["page"].sheet.total_scheduled == year.total_due


# --- Acting ------------------------------------------------------------------------------------


def test_the_officer_opens_the_negotiation(
    project: HealthProject, cast: Cast, sign_in: SignIn
) -> None:
    client = sign_in(cast.cpam_officer)
    page = client.get(url("draft_contract", cast))
    assert page.context["form"].initial["missions"] == [code.value for code in CORE]
    answer = client.post(url("draft_contract", cast), {**TERMS, "cle": str(uuid.uuid4())})
    assert answer.status_code == 302
    contract = Contract.objects.get()
    assert contract.missions.count() == 2


def test_a_mission_that_starts_beyond_its_deadline_is_an_alert(
    project: HealthProject, cast: Cast, sign_in: SignIn
) -> None:
    late = {MissionCode.ACCES_SOINS: dt.date(2025, 1, 2), MissionCode.QUALITE: None}
    actions.draft(project, missions=late, by=cast.cpam_officer)
    page = sign_in(cast.president).get(url("contract", cast)).content.decode()
    assert page.count("Démarrage trop tardif") == 1


def test_a_double_click_opens_one_negotiation(
    project: HealthProject, cast: Cast, sign_in: SignIn
) -> None:
    client, data = sign_in(cast.cpam_officer), {**TERMS, "cle": str(uuid.uuid4())}
    first = client.post(url("draft_contract", cast), data)
    second = client.post(url("draft_contract", cast), data)
    assert first["Location"] == second["Location"]
    assert Contract.objects.count() == 1


def test_a_start_before_the_signature_is_told_beside_the_input(
    negotiated: Contract, cast: Cast, sign_in: SignIn
) -> None:
    data = {**TERMS, "start_ACCES_SOINS": "2024-06-30"}
    page = sign_in(cast.cpam_officer).post(url("terms", cast), data)
    assert page.status_code == 200
    assert "ne démarre pas avant la signature" in page.content.decode()
    assert "2024-06-30" in page.content.decode()


def test_a_date_for_a_mission_that_is_not_chosen_is_told(
    negotiated: Contract, cast: Cast, sign_in: SignIn
) -> None:
    page = sign_in(cast.cpam_officer).post(
        url("terms", cast), {**TERMS, "start_CRISE": "2024-10-01"}
    )
    assert "Cochez cette mission" in page.content.decode()


def test_new_terms_written_on_an_old_version_overwrite_nothing(
    negotiated: Contract, cast: Cast, sign_in: SignIn
) -> None:
    client = sign_in(cast.cpam_officer)
    assert client.post(url("terms", cast), TERMS).status_code == 302
    page = client.post(url("terms", cast), TERMS)
    assert page.status_code == 200
    assert "Les termes ont changé" in page.content.decode()


def test_a_party_accepts_and_the_officer_freezes(
    negotiated: Contract, cast: Cast, sign_in: SignIn, signatories: Signatories
) -> None:
    for party, person in signatories.items():
        data = {"party": party.value, "version": negotiated.terms_version}
        client = prove_in(sign_in(person), person)
        assert client.post(url("accept", cast), data).status_code == 302
    prove_in(sign_in(cast.cpam_officer), cast.cpam_officer).post(url("freeze", cast))
    negotiated.refresh_from_db()
    assert negotiated.state == "to_sign"


def test_nobody_accepts_for_another_party(
    negotiated: Contract, cast: Cast, sign_in: SignIn
) -> None:
    answer = sign_in(cast.president).post(url("accept", cast), {"party": "ars", "version": 1})
    assert answer.status_code == 403
    assert negotiated.acceptances.count() == 0


def test_an_acceptance_without_its_hidden_fields_is_refused_in_words(
    negotiated: Contract, cast: Cast, sign_in: SignIn
) -> None:
    answer = sign_in(cast.president).post(url("accept", cast), {"party": "martien"}, follow=True)
    assert "La page a expiré" in answer.content.decode()


def test_the_signatory_sees_the_hash_and_signs(
    to_sign: Contract, cast: Cast, sign_in: SignIn
) -> None:
    client = sign_in(cast.president)
    document = to_sign.frozen_document
    assert document is not None
    page = client.get(url("sign", cast))
    assert page.url.startswith(reverse("accounts:prove_identity"))
    session = client.session
    session[PROOF_KEY] = prove(cast.president).pk
    session.save()
    page = client.get(url("sign", cast))
    assert document.sha256 in page.content.decode()
    data = {"party": "cpts", "sha256": document.sha256}
    page = client.post(url("sign", cast), data)
    assert "Cochez la case" in page.content.decode()
    assert to_sign.signatures.count() == 0
    assert client.post(url("sign", cast), {**data, "consent": "on"}).status_code == 302
    assert to_sign.signatures.get().name == "Paule Présidente"
    answer = client.get(url("sign", cast), follow=True)
    assert "déjà signé" in answer.content.decode()


def test_signing_waits_for_the_document(
    frozen_without_file: Contract, cast: Cast, sign_in: SignIn
) -> None:
    answer = sign_in(cast.president).get(url("sign", cast), follow=True)
    assert "en préparation" in answer.content.decode()


@pytest.mark.parametrize("part", ["coordinator", "cpam_officer", "ars_reviewer"])
def test_only_signatories_come_to_the_signing_page(
    to_sign: Contract, cast: Cast, sign_in: SignIn, part: str
) -> None:
    assert sign_in(getattr(cast, part)).get(url("sign", cast)).status_code == 403


def test_a_signatory_sends_the_contract_back(
    to_sign: Contract, cast: Cast, sign_in: SignIn
) -> None:
    sign_for(to_sign, Party.CPTS, cast.president)
    client = sign_in(cast.ars_director)
    assert client.get(url("send_back", cast)).status_code == 200
    page = client.post(url("send_back", cast), {"party": "ars", "reason": " "})
    assert page.status_code == 200
    answer = client.post(url("send_back", cast), {"party": "ars", "reason": "Date à revoir"})
    assert answer.status_code == 302
    to_sign.refresh_from_db()
    assert to_sign.state == "negotiation"


# --- Documents ---------------------------------------------------------------------------------


def test_the_working_document_is_wanted_and_followed(
    negotiated: Contract, cast: Cast, sign_in: SignIn, do_jobs: DoJobs
) -> None:
    client = sign_in(cast.coordinator)
    client.post(url("draft_pdf", cast))
    page = client.get(url("contract", cast)).content.decode()
    job = Job.objects.get(kind="contract_draft_pdf")
    assert reverse("records:job_progress", args=[job.uuid]) in page
    do_jobs()
    page = client.get(url("contract", cast)).content.decode()
    assert "Document de travail" in page
    assert str(job.uuid) not in page


def test_a_committee_member_reads_but_asks_for_nothing(
    negotiated: Contract, cast: Cast, sign_in: SignIn
) -> None:
    client = sign_in(cast.committee_member)
    assert client.post(url("draft_pdf", cast)).status_code == 403
    assert "Préparer le PDF" not in client.get(url("contract", cast)).content.decode()


def test_the_signed_contract_opens_in_the_browser(
    in_force: Contract, cast: Cast, sign_in: SignIn, do_jobs: DoJobs
) -> None:
    do_jobs()
    final = in_force.documents.get(kind="final")
    address = reverse("aci:document", args=[cast.rives.reference, final.stored.uuid])
    assert address in sign_in(cast.coordinator).get(url("contract", cast)).content.decode()
    answer = sign_in(cast.coordinator).get(address)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.content == final.stored.read()


def test_a_document_is_not_found_by_a_witness_nor_under_another_dossier(
    to_sign: Contract, cast: Cast, sign_in: SignIn
) -> None:
    document = to_sign.frozen_document
    assert document is not None
    identifier = document.stored.uuid
    own = reverse("aci:document", args=[cast.rives.reference, identifier])
    other = reverse("aci:document", args=[cast.monts.reference, identifier])
    assert sign_in(cast.monts_coordinator).get(own).status_code == 404
    assert sign_in(cast.ars_reviewer).get(other).status_code == 404
    assert sign_in(cast.ars_reviewer).get(own).status_code == 200


def test_the_draft_cannot_be_wanted_once_signed(
    in_force: Contract, cast: Cast, sign_in: SignIn
) -> None:
    answer = sign_in(cast.president).post(url("draft_pdf", cast), follow=True)
    assert "Le contrat est signé" in answer.content.decode()


def test_a_renewal_is_prepared_from_the_page_of_the_signed_contract(
    in_force: Contract, cast: Cast, sign_in: SignIn
) -> None:
    with clock.at(dt.date(2028, 7, 1)):  # in its last year
        page = sign_in(cast.cpam_officer).get(url("contract", cast)).content.decode()
    assert "Préparer le renouvellement" in page
    actions.draft(in_force.health_project, missions=CORE, by=cast.cpam_officer)
    page = sign_in(cast.cpam_officer).get(url("contract", cast)).content.decode()
    assert "Contrats précédents" in page
