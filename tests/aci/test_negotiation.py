"""From the validated projet to a frozen text: what is written, who is told, what is refused."""

import datetime as dt

import pytest

from aci import actions
from aci.mission_codes import MissionCode
from aci.models import Contract, ContractAcceptance, FundingGrid
from aci.parties import Party
from foundation import clock
from foundation.refusal import Refused, StaleVersion
from foundation.workflow import NotAllowed
from projects.models import HealthProject
from projects.workflow import State
from records.models import Job, JournalEntry
from territories.actions import ChosenCommune, choose_communes, move
from territories.models import Baton, Cpts, Stage
from tests.aci.conftest import CORE, TODAY, Signatories
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("light_documents")


def verbs(contract: Contract) -> list[str]:
    entries = JournalEntry.objects.filter(dossier=contract.cpts.reference).order_by("number")
    return [entry.verb for entry in entries]


def written_to(template_words: str) -> set[str]:
    return {
        job.payload["to"]
        for job in Job.objects.filter(kind="email")
        if template_words in job.payload["subject"]
    }


# --- draft ---------------------------------------------------------------------------------------


def test_draft_opens_the_negotiation(negotiated: Contract, cast: Cast) -> None:
    assert negotiated.reference == f"ACI-{cast.rives.reference}-1"
    assert negotiated.state == "negotiation"
    assert negotiated.planned_signature_on == TODAY
    starts = {mission.mission: mission.starts_on for mission in negotiated.missions.all()}
    assert starts == CORE
    assert verbs(negotiated)[-1] == "draft"
    cpts = Cpts.objects.get(pk=cast.rives.pk)
    assert cpts.baton == Baton.THREE_PARTIES
    assert cpts.stage == Stage.VALIDATED


def test_draft_writes_to_those_who_accept_for_the_three_parties(
    negotiated: Contract, cast: Cast
) -> None:
    expected = {
        cast.president.email,
        cast.coordinator.email,
        cast.cpam_officer.email,
        cast.cpam_director.email,
        cast.ars_reviewer.email,
        cast.ars_delegation.email,
        cast.ars_director.email,
    }
    assert written_to("termes du contrat") == expected


def test_draft_loads_the_grids_where_nobody_did(negotiated: Contract) -> None:
    assert set(FundingGrid.objects.values_list("code", flat=True)) == {"ACI_2019", "AVENANT_2"}


@pytest.mark.parametrize("part", ["president", "cpam_director", "ars_director", "stranger"])
def test_only_the_cpam_officer_drafts(project: HealthProject, cast: Cast, part: str) -> None:
    with pytest.raises(NotAllowed):
        actions.draft(project, missions=CORE, by=getattr(cast, part))
    assert not Contract.objects.exists()


def test_an_officer_of_another_district_does_not_draft(project: HealthProject, cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        actions.draft(project, missions=CORE, by=cast.other_district_officer)


def test_a_projet_that_is_not_validated_gives_no_contract(
    project: HealthProject, cast: Cast
) -> None:
    project.state = State.COMPLETE
    with pytest.raises(Refused, match="projet de santé validé"):
        actions.draft(project, missions=CORE, by=cast.cpam_officer)
    project.state = State.APPROVED
    with pytest.raises(Refused, match="projet de santé validé"):
        actions.draft(project.letter, missions=CORE, by=cast.cpam_officer)


def test_one_contract_is_negotiated_at_a_time(
    negotiated: Contract, project: HealthProject, cast: Cast
) -> None:
    with pytest.raises(Refused, match="déjà en négociation"):
        actions.draft(project, missions=CORE, by=cast.cpam_officer)


def test_a_contract_has_at_least_one_mission(project: HealthProject, cast: Cast) -> None:
    with pytest.raises(Refused, match="au moins une mission"):
        actions.draft(project, missions={}, by=cast.cpam_officer)


def test_a_mission_does_not_start_before_the_planned_signature(
    project: HealthProject, cast: Cast
) -> None:
    with pytest.raises(Refused, match="ne démarre pas avant la signature"):
        actions.draft(
            project,
            missions={MissionCode.PARCOURS: TODAY - dt.timedelta(days=1)},
            by=cast.cpam_officer,
        )


def test_terms_that_the_grid_cannot_pay_are_refused_at_once(
    project: HealthProject, cast: Cast
) -> None:
    with pytest.raises(Refused, match="ne prévoit pas la mission"):
        actions.draft(
            project,
            missions={MissionCode.CRISE: None},
            planned_signature_on=dt.date(2020, 1, 15),
            by=cast.cpam_officer,
        )


def test_a_territory_without_inhabitants_gives_no_contract(
    project: HealthProject, cast: Cast
) -> None:
    cast.rives.territory.population, cast.rives.territory.size = 0, None
    cast.rives.territory.save()
    with pytest.raises(Refused, match="pas d’habitants"):
        actions.draft(project, missions=CORE, by=cast.cpam_officer)


# --- change_terms --------------------------------------------------------------------------------


def change(contract: Contract, by: object, version: int = 1) -> Contract:
    return actions.change_terms(
        contract,
        missions={MissionCode.PREVENTION: None},
        unscheduled_care_since=None,
        planned_signature_on=dt.date(2024, 9, 1),
        version=version,
        by=by,
    )


def test_new_terms_void_the_acceptances(accepted: Contract, cast: Cast) -> None:
    assert accepted.parties_to_accept == []
    changed = change(accepted, cast.cpam_officer)
    assert changed.terms_version == 2
    assert changed.parties_to_accept == list(Party)
    assert [mission.code for mission in changed.missions.all()] == ["PREVENTION"]
    assert changed.signature_day == dt.date(2024, 9, 1)
    with pytest.raises(Refused, match="Les trois parties doivent accepter"):
        actions.freeze(changed, by=cast.cpam_officer)


def test_terms_written_on_an_old_page_are_refused(negotiated: Contract, cast: Cast) -> None:
    change(negotiated, cast.cpam_officer)
    with pytest.raises(StaleVersion):
        change(negotiated, cast.cpam_officer, version=1)


def test_terms_do_not_change_once_frozen(to_sign: Contract, cast: Cast) -> None:
    with pytest.raises(Refused, match="l’état est « à signer »"):
        change(to_sign, cast.cpam_officer)


# --- accept --------------------------------------------------------------------------------------


def test_each_party_accepts_the_same_version(
    negotiated: Contract, signatories: Signatories
) -> None:
    for party, person in signatories.items():
        actions.accept(negotiated, party=party, version=1, by=person)
    rows = ContractAcceptance.objects.filter(contract=negotiated, version=1)
    assert {row.party: row.name for row in rows} == {
        "cpts": "Paule Présidente",
        "cpam": "Claire Caisse",
        "ars": "Denis Directeur",
    }
    assert Cpts.objects.get(pk=negotiated.cpts_id).baton == Baton.CPAM


def test_a_party_accepts_once(negotiated: Contract, cast: Cast) -> None:
    actions.accept(negotiated, party=Party.CPTS, version=1, by=cast.president)
    with pytest.raises(Refused, match="a déjà accepté"):
        actions.accept(negotiated, party=Party.CPTS, version=1, by=cast.coordinator)


def test_nobody_accepts_for_another_party(negotiated: Contract, cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        actions.accept(negotiated, party=Party.ARS, version=1, by=cast.cpam_director)


def test_nobody_accepts_terms_that_changed_since(negotiated: Contract, cast: Cast) -> None:
    change(negotiated, cast.cpam_officer)
    with pytest.raises(StaleVersion):
        actions.accept(negotiated, party=Party.CPTS, version=1, by=cast.president)


def test_another_territory_asks_for_new_acceptances(
    accepted: Contract, signatories: Signatories, cast: Cast
) -> None:
    choose_communes(cast.rives, [ChosenCommune("62119")], by=cast.holder)
    with pytest.raises(Refused, match="il manque CPTS, CPAM, ARS"):
        actions.freeze(accepted, by=cast.cpam_officer)
    for party, person in signatories.items():
        actions.accept(accepted, party=party, version=1, by=person)
    assert actions.freeze(accepted, by=cast.cpam_officer).state == "to_sign"


# --- freeze --------------------------------------------------------------------------------------


def test_freeze_wants_the_document_and_calls_the_signatories(
    frozen_without_file: Contract, cast: Cast
) -> None:
    contract = Contract.objects.get(pk=frozen_without_file.pk)
    assert contract.state == "to_sign"
    assert contract.documents.get(kind="frozen").kind == "frozen"
    assert contract.document_job is not None
    assert contract.document_job.kind == "contract_frozen_pdf"
    assert Cpts.objects.get(pk=cast.rives.pk).baton == Baton.SIGNATORY_CPTS
    # The others are written to when their turn comes.
    assert written_to("contrat ACI à signer") == {cast.president.email}


def test_freeze_needs_the_three(negotiated: Contract, cast: Cast) -> None:
    actions.accept(negotiated, party=Party.CPTS, version=1, by=cast.president)
    with pytest.raises(Refused, match="il manque CPAM, ARS"):
        actions.freeze(negotiated, by=cast.cpam_officer)
    assert Contract.objects.get(pk=negotiated.pk).state == "negotiation"


def test_only_the_officer_freezes(accepted: Contract, cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        actions.freeze(accepted, by=cast.ars_director)


def test_the_deadline_of_a_contract_in_force_survives_its_renewal(
    in_force: Contract, cast: Cast
) -> None:
    before = Cpts.objects.get(pk=cast.rives.pk)
    renewal = actions.draft(in_force.health_project, missions=CORE, by=cast.cpam_officer)
    after = Cpts.objects.get(pk=cast.rives.pk)
    assert renewal.previous == in_force
    assert renewal.reference.endswith("-2")
    assert (after.next_deadline, after.stage) == (before.next_deadline, Stage.CONTRACTED)


def test_a_community_that_gave_up_gets_no_contract(project: HealthProject, cast: Cast) -> None:
    with clock.at(TODAY):
        move(cast.rives, stage=Stage.ABANDONED)
    with pytest.raises(Refused, match="projet de santé validé"):
        actions.draft(project, missions=CORE, by=cast.cpam_officer)
