"""A year cut by an amendment is reviewed, or the contract ends in it: by the product's own acts."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from aci import actions
from aci.mission_codes import MissionCode
from aci.models import Amendment, Contract, PaymentLine, Termination
from aci.parties import Party
from aci.payments import revisions
from aci.payments.year_revisions import last_revision
from foundation import clock
from territories.actions import ChosenCommune
from tests.aci.conftest import DoJobs, Signatories
from tests.aci.ending.conftest import DECIDED, ENDED, NOTIFIED
from tests.aci.payments.conftest import AFTER_YEAR_1
from tests.aci.test_amendments import SOON, amend, conclude
from tests.cast import Cast


@pytest.fixture
def amended(contract: Contract, cast: Cast, signatories: Signatories, do_jobs: DoJobs) -> Contract:
    """On 1 October 2024, after 92 days, one of the two communes leaves: taille 2 becomes 1."""
    amendment = amend(contract, cast.cpam_officer)
    before = amendment.territory_before
    stays = before.communes.order_by("population").first()
    assert stays is not None
    amendment = actions.change_amended_territory(
        amendment,
        chosen=[ChosenCommune(stays.commune_id)],
        vintage=before.vintage,
        vintage_reason=None,
        version=1,
        by=cast.cpam_officer,
    )
    with clock.at(SOON):
        conclude(amendment, cast, signatories, do_jobs)
    year = last_revision(contract, 1)
    assert year is not None
    assert (year.size, year.revision) == (1, 2)
    return Contract.objects.get(pk=contract.pk)


def test_the_review_offers_and_accepts_what_both_ceilings_allow(
    amended: Contract, cast: Cast, sign_in: Any
) -> None:
    year = last_revision(amended, 1)
    assert year is not None
    most = revisions.variable_ceilings(year)
    # 27 500 × 92/365 + 20 000 × 273/365
    assert most[MissionCode.ACCES_SOINS] == Decimal("6931.51") + Decimal("14958.90")
    client = sign_in(cast.cpam_officer)
    url = reverse("aci:settle_year", args=[cast.rives.reference, 1])
    with clock.at(AFTER_YEAR_1):
        body: dict[str, Any] = client.get(url).context["form"].initial
        assert body["retained_ACCES_SOINS"] == most[MissionCode.ACCES_SOINS]
        body = {**body, "reason": "Dialogue de gestion du 20 août 2025"}
        beyond = most[MissionCode.ACCES_SOINS] + Decimal("0.01")
        page = client.post(url, {**body, "retained_ACCES_SOINS": str(beyond)})
        assert "compris entre 0 et 21\u00a0890,41" in page.content.decode()
        assert client.post(url, body).status_code == 302
    settled = last_revision(amended, 1)
    assert settled is not None
    assert settled.revision == 3
    assert settled.total_due == year.total_due
    assert revisions.variable_ceilings(settled) == most  # a second review has the same limits


def test_the_contract_ends_in_the_year_that_the_amendment_cut(
    amended: Contract, cast: Cast
) -> None:
    with clock.at(NOTIFIED):
        asked = actions.ask_termination(
            amended, party=Party.CPAM, reason="Un manquement.", by=cast.cpam_director
        )
        notified = actions.agree_termination(
            asked.contract, party=Party.ARS, mark=asked.mark, by=cast.ars_director
        )
    with clock.at(DECIDED):
        proposed = actions.decide_termination(
            notified.contract,
            party=Party.ARS,
            outcome=Termination.Outcome.TERMINATE,
            ended_on=ENDED,
            reason="Le manquement est établi.",
            by=cast.ars_director,
        )
        actions.agree_decision(
            proposed.contract, party=Party.CPAM, mark=proposed.mark, by=cast.cpam_director
        )
    year = last_revision(amended, 1)
    assert year is not None
    lines = {(line["code"], line["part"]): line for line in year.lines}
    operating = lines[("FONCTIONNEMENT", "fixed")]
    # 60 000 × 92/365 + 50 000 × 182/365; year 1 was advanced whole, 60 000.
    assert (operating["due"], operating["balance"]) == ("40054.80", "-19945.20")
    assert "variable" not in {part for _, part in lines}
    assert max(row["date"] for row in year.schedule) == ENDED.isoformat()
    standing = PaymentLine.objects.standing().filter(contract=amended, number=1)
    assert sum(row.amount for row in standing) == year.total_due
    assert not standing.filter(due_on__gt=ENDED).exists()
    assert Amendment.objects.get().state == "in_force"
    assert dt.date.fromisoformat(year.inputs["ended_on"]) == ENDED
