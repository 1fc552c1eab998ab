"""An amendment of a contract in force: cloned, changed by block, signed, effective from a day."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from aci import actions
from aci.mission_codes import MissionCode
from aci.models import Amendment, Contract, ContractDocument
from aci.parties import Party
from cpts_portal.story.people import prove
from cpts_portal.templatetags.carried_missions import carried_missions
from foundation import clock
from foundation.refusal import Refused, StaleVersion
from foundation.workflow import NotAllowed
from records.models import JournalEntry
from territories.actions import ChosenCommune
from territories.models import Baton, Cpts, Territory
from tests.aci.conftest import CORE, TODAY, DoJobs, Signatories, sign_for
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("light_documents")

SOON = dt.date(2024, 10, 1)  # inside contract year 1, 1 July 2024 to 30 June 2025
NEXT_YEAR = dt.date(2025, 7, 1)
NOEUX = "62617"


def amend(contract: Contract, by: User, *, on: dt.date = SOON) -> Amendment:
    return actions.draft_amendment(
        contract, effective_on=on, reason="Nœux-les-Mines rejoint la CPTS.", by=by
    )


def with_noeux(amendment: Amendment, by: User) -> Amendment:
    """46 648 inhabitants in two communes, and 11 590 in the one that joins."""
    before = amendment.territory_before
    chosen = [ChosenCommune(row.commune_id) for row in before.communes.all()]
    return actions.change_amended_territory(
        amendment,
        chosen=[*chosen, ChosenCommune(NOEUX)],
        vintage=before.vintage,
        vintage_reason=None,
        version=amendment.terms_version,
        by=by,
    )


def missions_of(amendment: Amendment) -> dict[MissionCode, dt.date | None]:
    return dict(amendment.terms.starts)


def conclude(
    amendment: Amendment, cast: Cast, signatories: Signatories, do_jobs: DoJobs
) -> Amendment:
    """Accepted, frozen and signed by the acts of any contract."""
    row: Contract = amendment
    for party, person in signatories.items():
        row = actions.accept(row, party=party, version=row.terms_version, by=person)
    row = actions.freeze(row, by=cast.cpam_officer)
    do_jobs()
    for party, person in signatories.items():
        document = Amendment.objects.get(pk=row.pk).frozen_document
        assert document is not None
        actions.sign(
            row,
            party=party,
            sha256=document.sha256,
            consent=True,
            proof=prove(person),
            by=person,
        )
    return Amendment.objects.get(pk=row.pk)


def test_it_is_cloned_from_the_contract(in_force: Contract, cast: Cast) -> None:
    amendment = amend(in_force, cast.cpam_officer)
    assert amendment.reference == f"{in_force.reference}-A1"
    assert amendment.title.replace("\xa0", " ") == "Avenant n° 1"
    starts = {code: start or TODAY for code, start in CORE.items()}
    assert amendment.terms.starts == starts
    assert amendment.territory == in_force.territory
    assert Cpts.objects.get(pk=cast.rives.pk).baton == Baton.THREE_PARTIES
    # Contracts are counted without it; it is read as what it is, wherever it is read.
    assert list(cast.rives.contracts.all()) == [in_force]
    assert isinstance(Contract.agreements.get(pk=amendment.pk), Amendment)
    assert isinstance(
        ContractDocument.objects.select_related("contract").get(contract=amendment).contract,
        Amendment,
    )


def test_the_whole_life_of_an_amendment(
    in_force: Contract, cast: Cast, signatories: Signatories, do_jobs: DoJobs
) -> None:
    former = Territory.objects.get(pk=in_force.territory_id)
    first = in_force.years.get()
    amendment = with_noeux(amend(in_force, cast.cpam_officer), cast.cpam_officer)
    with clock.at(SOON):
        amendment = conclude(amendment, cast, signatories, do_jobs)
        do_jobs()  # the signed file
    assert (amendment.state, amendment.signed_on) == ("in_force", SOON)
    # The new version of the territory is in use and frozen; the old one is as it was.
    cpts = Cpts.objects.select_related("territory").get(pk=cast.rives.pk)
    assert cpts.territory == amendment.territory
    assert cpts.territory is not None
    assert cpts.territory.is_frozen
    assert (cpts.territory.population, cpts.territory.valid_from) == (58_238, SOON)
    old = Territory.objects.get(pk=former.pk)
    assert (old.population, old.communes.count(), old.replaced_on) == (46_648, 2, SOON)
    assert Contract.objects.get(pk=in_force.pk).territory == amendment.territory
    # Year 1 has one more revision; what was computed first is still there.
    revised, kept = in_force.years.order_by("-revision")
    assert (kept.pk, kept.revision, kept.total_due) == (first.pk, 1, first.total_due)
    assert (revised.revision, revised.population) == (2, 58_238)
    assert revised.inputs["amendments"] == [amendment.reference]
    assert cpts.baton == Baton.COORDINATOR
    verbs = set(JournalEntry.objects.values_list("verb", flat=True))
    assert {"draft_amendment", "change_amendment", "take_up_amendment"} <= verbs
    assert amendment.documents.filter(kind="final").exclude(file=None).exists()


def test_nothing_of_the_contract_is_altered_until_the_last_signature(
    in_force: Contract, cast: Cast, signatories: Signatories, do_jobs: DoJobs
) -> None:
    amendment = with_noeux(amend(in_force, cast.cpam_officer), cast.cpam_officer)
    proposal = amendment.territory
    assert proposal is not None
    assert proposal.replaced_on == proposal.valid_from  # lasts no day
    cpts = Cpts.objects.get(pk=cast.rives.pk)
    assert cpts.territory_id == in_force.territory_id
    frozen = in_force.documents.get(kind="frozen").inputs
    conclude(amendment, cast, signatories, do_jobs)
    assert in_force.documents.get(kind="frozen").inputs == frozen


def test_an_amendment_of_a_later_day_waits_for_it(
    in_force: Contract, cast: Cast, signatories: Signatories, do_jobs: DoJobs
) -> None:
    amendment = with_noeux(amend(in_force, cast.cpam_officer, on=NEXT_YEAR), cast.cpam_officer)
    amendment = conclude(amendment, cast, signatories, do_jobs)
    assert not amendment.has_taken_effect
    assert in_force.years.count() == 1
    assert Cpts.objects.get(pk=cast.rives.pk).territory_id == in_force.territory_id
    with clock.at(NEXT_YEAR):
        assert actions.open_contract_years() == 1
        assert actions.open_contract_years() == 0
    assert Cpts.objects.get(pk=cast.rives.pk).territory_id == amendment.territory_id
    year = in_force.years.get(number=2)
    assert (year.revision, year.population) == (1, 58_238)
    assert Amendment.objects.get(pk=amendment.pk).has_taken_effect


def test_it_never_takes_effect_once_its_contract_has_ended(
    in_force: Contract, cast: Cast, signatories: Signatories, do_jobs: DoJobs
) -> None:
    amendment = with_noeux(amend(in_force, cast.cpam_officer, on=NEXT_YEAR), cast.cpam_officer)
    conclude(amendment, cast, signatories, do_jobs)
    before = Contract.objects.get(pk=in_force.pk).territory_in_use.pk
    Contract.objects.filter(pk=in_force.pk).update(ends_on=NEXT_YEAR - dt.timedelta(days=1))
    with clock.at(NEXT_YEAR):
        assert actions.take_up_amendments() == 0
    assert Contract.objects.get(pk=in_force.pk).territory_in_use.pk == before


def test_missions_come_and_go_from_the_effect_on(
    in_force: Contract, cast: Cast, signatories: Signatories, do_jobs: DoJobs
) -> None:
    amendment = amend(in_force, cast.cpam_officer)
    missions = missions_of(amendment)
    missions.pop(MissionCode.PREVENTION)
    missions[MissionCode.QUALITE] = None
    amendment = actions.change_amended_missions(
        amendment,
        missions=missions,
        unscheduled_care_since=TODAY,
        version=1,
        by=cast.cpam_officer,
    )
    assert amendment.terms.starts[MissionCode.QUALITE] == SOON
    with clock.at(SOON):
        conclude(amendment, cast, signatories, do_jobs)
    rows = {row.mission: row for row in in_force.missions.all()}
    assert rows[MissionCode.PREVENTION].left_on == SOON
    told = [item.label for item in carried_missions(Cpts.objects.get(pk=cast.rives.pk))["missions"]]
    assert MissionCode.QUALITE.label in told
    assert MissionCode.PREVENTION.label not in told
    added = rows[MissionCode.QUALITE]
    assert (added.starts_on, added.committed_on, added.left_on) == (SOON, SOON, None)
    year = in_force.years.get(revision=2)
    due = {(line["code"], line["part"]): line for line in year.lines}
    assert ("PREVENTION", "fixed") not in due  # it was to start in January
    assert due[("QUALITE", "fixed")]["due"] == "7479.45"  # 10 000 × 273 / 365
    assert due[("PARCOURS", "fixed")] == {
        **{line["code"] + line["part"]: line for line in in_force.years.get(revision=1).lines}[
            "PARCOURSfixed"
        ],
        "rule": due[("PARCOURS", "fixed")]["rule"],
    }
    assert year.total_due == sum(Decimal(line["due"]) for line in year.lines)


@pytest.mark.parametrize(
    ("missions", "care", "why"),
    [
        ({MissionCode.PARCOURS: dt.date(2024, 12, 1)}, TODAY, "ne change plus"),
        ({MissionCode.QUALITE: dt.date(2024, 9, 1)}, TODAY, "avant la date d’effet"),
        ({}, TODAY, "au moins une mission"),
        ({MissionCode.PARCOURS: None}, dt.date(2024, 11, 1), "ne change plus"),
    ],
)
def test_what_has_begun_does_not_change(
    in_force: Contract,
    cast: Cast,
    missions: dict[MissionCode, dt.date | None],
    care: dt.date,
    why: str,
) -> None:
    amendment = amend(in_force, cast.cpam_officer)
    with pytest.raises(Refused, match=why):
        actions.change_amended_missions(
            amendment,
            missions=missions,
            unscheduled_care_since=care,
            version=1,
            by=cast.cpam_officer,
        )
    again = Amendment.objects.get(pk=amendment.pk)
    assert (again.terms_version, again.amended_terms) == (1, again.former_terms)


@pytest.mark.parametrize(
    ("today", "effect", "why"),
    [
        (dt.date(2025, 8, 1), dt.date(2025, 6, 30), "année de contrat close"),
        (dt.date(2025, 8, 1), dt.date(2024, 1, 1), "année de contrat close"),
        (dt.date(2025, 8, 1), dt.date(2029, 7, 1), "s’achève le"),
    ],
)
def test_it_does_not_take_effect_in_a_closed_year(
    in_force: Contract, cast: Cast, today: dt.date, effect: dt.date, why: str
) -> None:
    with clock.at(today), pytest.raises(Refused, match=why):
        amend(in_force, cast.cpam_officer, on=effect)
    assert not Amendment.objects.exists()


def test_signed_too_late_it_goes_back_to_negotiation(
    in_force: Contract, cast: Cast, signatories: Signatories, do_jobs: DoJobs
) -> None:
    amendment = with_noeux(amend(in_force, cast.cpam_officer), cast.cpam_officer)
    with clock.at(NEXT_YEAR), pytest.raises(Refused, match="année de contrat close"):
        conclude(amendment, cast, signatories, do_jobs)
    assert in_force.years.count() == 1


def test_one_amendment_at_a_time_of_a_contract_in_force(in_force: Contract, cast: Cast) -> None:
    amend(in_force, cast.cpam_officer)
    with pytest.raises(Refused, match="déjà en négociation"):
        amend(in_force, cast.cpam_officer)


def test_a_contract_that_is_not_in_force_is_not_amended(negotiated: Contract, cast: Cast) -> None:
    with pytest.raises(Refused, match="en vigueur"):
        amend(negotiated, cast.cpam_officer)


def test_an_amendment_that_changes_nothing_is_not_frozen(
    in_force: Contract, cast: Cast, signatories: Signatories, do_jobs: DoJobs
) -> None:
    amendment = amend(in_force, cast.cpam_officer)
    with pytest.raises(Refused, match="ne change rien"):
        conclude(amendment, cast, signatories, do_jobs)
    assert Amendment.objects.get(pk=amendment.pk).state == "negotiation"


def test_only_the_fund_drafts_and_changes_it(in_force: Contract, cast: Cast) -> None:
    for person in (cast.coordinator, cast.ars_director, cast.other_district_officer):
        with pytest.raises(NotAllowed):
            amend(in_force, person)
    amendment = amend(in_force, cast.cpam_officer)
    with pytest.raises(NotAllowed):
        with_noeux(amendment, cast.coordinator)


def test_a_stale_change_overwrites_nothing(in_force: Contract, cast: Cast) -> None:
    amendment = amend(in_force, cast.cpam_officer)
    with_noeux(amendment, cast.cpam_officer)
    with pytest.raises(StaleVersion):
        with_noeux(amendment, cast.cpam_officer)


def test_a_second_amendment_starts_from_the_first(
    in_force: Contract, cast: Cast, signatories: Signatories, do_jobs: DoJobs
) -> None:
    first = with_noeux(amend(in_force, cast.cpam_officer, on=NEXT_YEAR), cast.cpam_officer)
    first = conclude(first, cast, signatories, do_jobs)
    with pytest.raises(Refused, match="ne peut pas prendre effet avant lui"):
        amend(in_force, cast.cpam_officer)
    second = amend(in_force, cast.cpam_officer, on=dt.date(2025, 10, 1))
    assert (second.number, second.territory) == (2, first.territory)


def test_the_date_of_effect_moves_with_what_starts_with_it(in_force: Contract, cast: Cast) -> None:
    amendment = amend(in_force, cast.cpam_officer)
    amendment = actions.change_amended_missions(
        amendment,
        missions={**missions_of(amendment), MissionCode.QUALITE: None},
        unscheduled_care_since=TODAY,
        version=1,
        by=cast.cpam_officer,
    )
    later = dt.date(2024, 12, 1)
    amendment = actions.change_amendment_purpose(
        amendment, effective_on=later, reason="Plus tard.", version=2, by=cast.cpam_officer
    )
    assert amendment.terms.starts[MissionCode.QUALITE] == later
    assert (amendment.effect, amendment.reason) == (later, "Plus tard.")


@pytest.mark.parametrize("change", [{"reason": ""}, {"effective_on": None}])
def test_a_row_says_from_when_and_why(
    in_force: Contract, cast: Cast, change: dict[str, object]
) -> None:
    amendment = amend(in_force, cast.cpam_officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Amendment.objects.filter(pk=amendment.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Contract.objects.filter(pk=in_force.pk).update(reason="Un contrat n’amende rien.")


def test_signatures_are_those_of_the_amendment(
    in_force: Contract, cast: Cast, signatories: Signatories, do_jobs: DoJobs
) -> None:
    amendment = with_noeux(amend(in_force, cast.cpam_officer), cast.cpam_officer)
    amendment = conclude(amendment, cast, signatories, do_jobs)
    assert amendment.signatures.count() == in_force.signatures.count() == 3
    assert "l’avenant dont l’empreinte" in amendment.signatures.first().consent
    with pytest.raises(Refused):
        sign_for(in_force, Party.CPTS, cast.president)
