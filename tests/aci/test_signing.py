"""Three signatures, once each, by three people, on one file; or a return to negotiation."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from accounts.access import Role
from aci import actions
from aci.models import Contract, Signature
from aci.parties import Party
from cpts_portal.story.people import prove
from foundation import clock
from foundation.refusal import Refused, StaleVersion
from foundation.workflow import NotAllowed
from records.models import JournalEntry
from territories.actions import ChosenCommune, assign, choose_communes
from territories.models import Baton, Cpts
from tests.aci.conftest import TODAY, DoJobs, Signatories, sign_for
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("light_documents")


def test_a_signature_keeps_who_what_and_when(to_sign: Contract, cast: Cast) -> None:
    sign_for(to_sign, Party.CPTS, cast.president)
    signature = to_sign.signatures.get()
    document = to_sign.frozen_document
    assert document is not None
    assert signature.name == "Paule Présidente"
    assert signature.role == "Présidence de la CPTS"
    assert signature.sha256 == document.sha256 == document.stored.sha256
    assert signature.consent == actions.CONSENT
    assert signature.at.date() == TODAY
    entry = JournalEntry.objects.get(verb="sign")
    assert entry.data["sha256"] == document.sha256
    assert Contract.objects.get(pk=to_sign.pk).state == "to_sign"


def test_a_party_signs_once(to_sign: Contract, cast: Cast) -> None:
    sign_for(to_sign, Party.CPTS, cast.president)
    assign(cast.office, Role.PRESIDENT, cpts=cast.rives)
    with pytest.raises(Refused, match="déjà signé pour la CPTS"):
        sign_for(to_sign, Party.CPTS, cast.office)
    with pytest.raises(Refused, match="déjà signé pour la CPTS"):
        sign_for(to_sign, Party.CPTS, cast.president)


def test_nobody_signs_for_two_parties(to_sign: Contract, cast: Cast) -> None:
    assign(cast.president, Role.CPAM_DIRECTOR, cpam_district=cast.geography.artois)
    sign_for(to_sign, Party.CPTS, cast.president)
    with pytest.raises(Refused, match="ne signe pas pour deux parties"):
        sign_for(to_sign, Party.CPAM, cast.president)


@pytest.mark.parametrize("party", Party)
@pytest.mark.parametrize("part", ["coordinator", "cpam_officer", "ars_reviewer", "stranger"])
def test_only_the_signatory_of_the_party_signs(
    to_sign: Contract, cast: Cast, party: Party, part: str
) -> None:
    with pytest.raises(NotAllowed):
        sign_for(to_sign, party, getattr(cast, part))


def test_the_president_of_another_community_does_not_sign(to_sign: Contract, cast: Cast) -> None:
    assign(cast.monts_coordinator, Role.PRESIDENT, cpts=cast.monts)
    with pytest.raises(NotAllowed):
        sign_for(to_sign, Party.CPTS, cast.monts_coordinator)


def test_nobody_signs_before_the_file_is_stored(frozen_without_file: Contract, cast: Cast) -> None:
    with pytest.raises(Refused, match="en préparation"):
        actions.sign(
            frozen_without_file,
            party=Party.CPTS,
            sha256="",
            consent=True,
            proof=prove(cast.president),
            by=cast.president,
        )


def test_nobody_signs_another_text_than_the_one_shown(to_sign: Contract, cast: Cast) -> None:
    with pytest.raises(StaleVersion):
        actions.sign(
            to_sign,
            party=Party.CPTS,
            sha256="0" * 64,
            consent=True,
            proof=prove(cast.president),
            by=cast.president,
        )


def test_the_dossier_waits_for_one_signatory_at_a_time(to_sign: Contract, cast: Cast) -> None:
    """« À vous » is told to nobody who would be refused: the others sign before."""
    waited_for = []
    for party, person in (
        (Party.CPTS, cast.president),
        (Party.CPAM, cast.cpam_director),
        (Party.ARS, cast.ars_director),
    ):
        waited_for.append(Cpts.objects.get(pk=cast.rives.pk).baton)
        sign_for(to_sign, party, person)
    assert waited_for == [
        Baton.SIGNATORY_CPTS,
        Baton.SIGNATORY_CPAM,
        Baton.SIGNATORY_ARS,
    ]


def test_nobody_signs_without_consent(to_sign: Contract, cast: Cast) -> None:
    document = to_sign.frozen_document
    assert document is not None
    with pytest.raises(Refused, match="Cochez la case"):
        actions.sign(
            to_sign,
            party=Party.CPTS,
            sha256=document.sha256,
            consent=False,
            proof=prove(cast.president),
            by=cast.president,
        )


def test_a_mission_that_should_have_started_stops_the_signing(
    to_sign: Contract, cast: Cast
) -> None:
    with clock.at(dt.date(2024, 9, 2)), pytest.raises(Refused, match="Renvoyez-le"):
        sign_for(to_sign, Party.CPTS, cast.president)


def test_a_territory_that_moved_stops_the_signing(to_sign: Contract, cast: Cast) -> None:
    choose_communes(cast.rives, [ChosenCommune("62119")], by=cast.holder)
    with pytest.raises(Refused, match="Le territoire a changé"):
        sign_for(to_sign, Party.CPTS, cast.president)


def test_the_database_refuses_a_second_signature(to_sign: Contract, cast: Cast) -> None:
    sign_for(to_sign, Party.CPTS, cast.president)
    first = to_sign.signatures.get()
    same_party = {"party": Party.CPTS, "user": cast.office}
    same_person = {"party": Party.ARS, "user": cast.president}
    for twin in (same_party, same_person):
        with pytest.raises(IntegrityError), transaction.atomic():
            Signature.objects.create(
                contract=to_sign,
                document=first.document,
                name="X",
                role="X",
                sha256=first.sha256,
                consent="X",
                **twin,
            )


# --- send_back -----------------------------------------------------------------------------------


def test_sending_back_voids_the_signatures_and_keeps_their_trace(
    to_sign: Contract, signatories: Signatories, cast: Cast
) -> None:
    sign_for(to_sign, Party.CPTS, cast.president)
    actions.send_back(to_sign, party=Party.ARS, reason=" Date à revoir ", by=cast.ars_director)
    contract = Contract.objects.get(pk=to_sign.pk)
    assert contract.state == "negotiation"
    assert contract.parties_to_sign == list(Party)
    assert contract.parties_to_accept == list(Party)
    assert contract.signatures.get().voided_at is not None
    entry = JournalEntry.objects.get(verb="send_back")
    assert (entry.reason, entry.data["voided_signatures"]) == ("Date à revoir", 1)
    assert Cpts.objects.get(pk=cast.rives.pk).baton == Baton.CPAM


def test_a_contract_that_came_back_is_signed_on_its_new_document(
    to_sign: Contract, signatories: Signatories, cast: Cast, do_jobs: DoJobs
) -> None:
    first = to_sign.frozen_document
    sign_for(to_sign, Party.CPTS, cast.president)
    contract = actions.send_back(to_sign, party=Party.CPTS, reason="Non", by=cast.president)
    for party, person in signatories.items():
        contract = actions.accept(contract, party=party, version=2, by=person)
    contract = actions.freeze(contract, by=cast.cpam_officer)
    do_jobs()
    for party, person in signatories.items():
        contract = sign_for(contract, party, person)
    assert contract.state == "in_force"
    assert contract.documents.filter(kind="frozen").count() == 2
    assert first is not None
    assert first.inputs["version"] == 1


def test_a_return_says_why(to_sign: Contract, cast: Cast) -> None:
    with pytest.raises(Refused, match="Dites pourquoi"):
        actions.send_back(to_sign, party=Party.CPTS, reason="  ", by=cast.president)


def test_a_signed_contract_does_not_come_back(in_force: Contract, cast: Cast) -> None:
    with pytest.raises(Refused, match="en vigueur"):
        actions.send_back(in_force, party=Party.CPTS, reason="Trop tard", by=cast.president)


def test_there_is_no_fourth_signature(in_force: Contract, cast: Cast) -> None:
    assign(cast.office, Role.PRESIDENT, cpts=cast.rives)
    with pytest.raises(Refused, match="déjà signé par les trois parties"):
        sign_for(in_force, Party.CPTS, cast.office)


# --- « À faire » ---------------------------------------------------------------------------------


def test_what_waits_for_whom(
    negotiated: Contract, cast: Cast, signatories: Signatories, do_jobs: DoJobs
) -> None:
    def waiting(name: str, person: object) -> int:
        return int(getattr(Contract.objects, name)(person).count())

    assert waiting("awaiting_acceptance_of", cast.coordinator) == 1
    contract = actions.accept(negotiated, party=Party.CPTS, version=1, by=cast.president)
    assert waiting("awaiting_acceptance_of", cast.coordinator) == 0
    assert waiting("awaiting_acceptance_of", cast.ars_reviewer) == 1
    assert waiting("awaiting_acceptance_of", cast.other_region_reviewer) == 0
    for party in (Party.CPAM, Party.ARS):
        contract = actions.accept(contract, party=party, version=1, by=signatories[party])
    assert waiting("to_sign_by", cast.president) == 0
    contract = actions.freeze(contract, by=cast.cpam_officer)
    do_jobs()
    assert waiting("to_sign_by", cast.president) == 1
    assert waiting("to_sign_by", cast.coordinator) == 0
    sign_for(contract, Party.CPTS, cast.president)
    assert waiting("to_sign_by", cast.president) == 0
    assert waiting("to_sign_by", cast.cpam_director) == 1


def test_whoever_sees_the_dossier_sees_its_contract(negotiated: Contract, cast: Cast) -> None:
    for name, person in cast.people().items():
        sees_contract = Contract.objects.visible_to(person).exists()
        sees_dossier = Cpts.objects.visible_to(person).filter(pk=cast.rives.pk).exists()
        assert sees_contract == sees_dossier, name
        missions = type(negotiated.missions.first()).objects.visible_to(person)
        assert missions.exists() == sees_dossier, name
