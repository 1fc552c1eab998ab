"""An open amendment is given up: why, who is told, and nothing else changes."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.actions import choose_paces
from accounts.notifications import Event
from aci import actions
from aci.models import Amendment, Contract
from aci.parties import Party
from foundation import clock
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from records import notices
from records.models import Job, JournalEntry
from territories.models import Baton, Cpts
from tests.aci.conftest import DoJobs, Signatories, sign_for
from tests.aci.test_amendments import SOON, amend, conclude, with_noeux
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("light_documents")
WHY = "Le conseil d’administration y renonce."


def url(amendment: Amendment, name: str = "abandon_amendment") -> str:
    return reverse(f"aci:{name}", args=[amendment.cpts.reference, amendment.reference])


@pytest.fixture
def amendment(in_force: Contract, cast: Cast) -> Amendment:
    return with_noeux(amend(in_force, cast.cpam_officer), cast.cpam_officer)


def test_the_officer_gives_it_up_and_prepares_another_one(
    amendment: Amendment, in_force: Contract, cast: Cast, sign_in: Any
) -> None:
    client = sign_in(cast.cpam_officer)
    assert "Abandonner l’avenant" in client.get(amendment.get_absolute_url()).content.decode()
    page = client.post(url(amendment), {"reason": " "}).content.decode()
    assert "Dites pourquoi l’avenant est abandonné." in page
    page = client.post(url(amendment), {"reason": WHY}, follow=True).content.decode()
    assert WHY in page
    assert "Abandonné" in page
    assert "Accepter les termes" not in page
    entry = JournalEntry.objects.get(verb="abandon_amendment")
    assert (entry.reason, entry.from_state, entry.to_state) == (WHY, "negotiation", "abandoned")
    emails = Job.objects.filter(kind="email")
    told = {job.payload["to"] for job in emails if "ACI abandonné" in job.payload["subject"]}
    assert told >= {cast.president.email, cast.ars_director.email}
    # Nothing of the contract moved; the dossier waits for nobody.
    contract = Contract.objects.get(pk=in_force.pk)
    assert (contract.state, contract.territory_id) == ("in_force", in_force.territory_id)
    assert contract.years.count() == 1
    assert Cpts.objects.get(pk=cast.rives.pk).baton == Baton.COORDINATOR
    again = amend(in_force, cast.cpam_officer)
    assert (again.number, again.territory_id) == (2, in_force.territory_id)


def test_signatures_already_given_fall(
    amendment: Amendment, in_force: Contract, cast: Cast, signatories: Signatories, do_jobs: DoJobs
) -> None:
    row: Contract = amendment
    for party, person in signatories.items():
        row = actions.accept(row, party=party, version=row.terms_version, by=person)
    row = actions.freeze(row, by=cast.cpam_officer)
    do_jobs()
    sign_for(Amendment.objects.get(pk=row.pk), Party.CPTS, cast.president)
    actions.abandon_amendment(amendment, reason=WHY, by=cast.cpam_officer)
    assert not amendment.signatures.filter(voided_at=None).exists()
    assert in_force.signatures.filter(voided_at=None).count() == 3
    with pytest.raises(Refused, match="abandonné"):
        sign_for(Amendment.objects.get(pk=row.pk), Party.CPAM, cast.cpam_director)
    with pytest.raises(Refused, match="abandonné"):
        actions.want_draft_pdf(row, by=cast.cpam_officer)


def test_only_the_fund_gives_up_and_only_before_the_last_signature(
    amendment: Amendment, cast: Cast, signatories: Signatories, do_jobs: DoJobs, sign_in: Any
) -> None:
    for person in (cast.president, cast.ars_director, cast.other_district_officer):
        with pytest.raises(NotAllowed):
            actions.abandon_amendment(amendment, reason=WHY, by=person)
    assert sign_in(cast.president).get(url(amendment)).status_code == 403
    with clock.at(SOON):
        conclude(amendment, cast, signatories, do_jobs)
        page = sign_in(cast.cpam_officer).post(url(amendment), {"reason": WHY})
    assert "n’est pas possible" in page.content.decode()
    assert WHY in page.content.decode()  # nothing typed is lost
    assert Amendment.objects.get(pk=amendment.pk).state == "in_force"


def test_a_contract_is_never_abandoned(in_force: Contract) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Contract.objects.filter(pk=in_force.pk).update(state="abandoned")


@pytest.mark.parametrize("given_up", [False, True])
def test_a_daily_digest_asks_for_an_open_amendment_only(
    amendment: Amendment, cast: Cast, given_up: bool
) -> None:
    choose_paces(paces={event.value: "daily" for event in Event}, by=cast.ars_director)
    row = with_noeux_left(amendment, cast)
    if given_up:
        actions.abandon_amendment(row, reason=WHY, by=cast.cpam_officer)
    with clock.at(clock.now() + dt.timedelta(days=1)):
        notices.send_digests()
    emails = Job.objects.filter(kind="email", payload__to=cast.ars_director.email)
    asked = f"{row.reference}" in "".join(job.payload["body"] for job in emails)
    assert asked
    waiting = "à accepter" in "".join(job.payload["body"] for job in emails)
    assert waiting is not given_up


def with_noeux_left(amendment: Amendment, cast: Cast) -> Amendment:
    """One more version, so that the parties are asked again."""
    return actions.change_amendment_purpose(
        amendment, effective_on=SOON, reason="Un autre motif.", version=2, by=cast.cpam_officer
    )
