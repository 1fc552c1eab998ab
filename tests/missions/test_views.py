"""The room « Missions »: cards for who reads, forms for who reports, proofs as attachments."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from aci.actions import expire_contracts
from aci.mission_codes import MissionCode
from aci.models import ContractMission
from foundation import clock
from missions import actions
from missions.models import IndicatorValue, MissionProgress
from missions.workflow import ProgressState
from tests.cast import Cast
from tests.missions.conftest import PDF, proof
from tests.missions.test_actions import ALD, enter
from tests.missions.test_querysets import PARTIES
from tests.queries import QueryCount

CARE = MissionCode.ACCES_SOINS
IN_NOVEMBER = dt.date(2024, 11, 15)


def room(cast: Cast) -> str:
    return reverse("missions:missions", args=[cast.rives.reference])


def url(cast: Cast, name: str = "mission", mission: MissionCode = CARE) -> str:
    return reverse(f"missions:{name}", args=[cast.rives.reference, mission])


def value_data(**changes: Any) -> dict[str, Any]:
    usual = {
        "indicator": ALD,
        "year": "1",
        "value": "80,5",
        "measured_on": "2024-11-01",
        "proof": proof(),
        "comment": "",
    }
    return usual | changes


# --- Reading ---------------------------------------------------------------------------------


def test_who_enters_the_room(care: ContractMission, cast: Cast, sign_in: Any) -> None:
    for name, person in cast.people().items():
        client = sign_in(person)
        statuses = {client.get(address).status_code for address in (room(cast), url(cast))}
        if name in PARTIES | {"nurse"}:
            assert statuses == {200}, name
        elif name in {"national_reader", "administrator", "stranger"}:
            assert statuses == {403}, name
        else:
            assert statuses == {404}, name


def test_before_any_contract_the_page_teaches(cast: Cast, sign_in: Any) -> None:
    page = sign_in(cast.coordinator).get(room(cast)).content.decode()
    assert "Pas encore de contrat en vigueur" in page
    assert sign_in(cast.coordinator).get(url(cast)).status_code == 404


def test_cards_tell_state_deadline_and_what_is_missing(
    care: ContractMission, cast: Cast, sign_in: Any
) -> None:
    with clock.at(IN_NOVEMBER):
        actions.start(care, on=dt.date(2024, 10, 1), by=cast.coordinator)
        enter(care, cast)
        page = sign_in(cast.ars_reviewer).get(room(cast)).content.decode()
    assert page.count('class="mission-card"') == 4
    assert "À déployer pleinement avant le 1er\u00a0janvier\u00a02026" in page
    assert "80\u00a0patients" in page
    assert "3 valeurs et leurs preuves" in page
    assert "à confirmer" in page
    assert "Saisir une valeur" not in page


def test_a_missed_deadline_is_an_alert(care: ContractMission, cast: Cast, sign_in: Any) -> None:
    with clock.at(dt.date(2025, 1, 2)):
        client = sign_in(cast.cpam_officer)
        assert "En retard" in client.get(room(cast)).content.decode()
        assert "1er\u00a0janvier\u00a02025" in client.get(url(cast)).content.decode()


def test_a_member_reads_values_without_proofs(
    care: ContractMission, cast: Cast, sign_in: Any
) -> None:
    value = enter(care, cast)
    address = reverse("missions:proof", args=[cast.rives.reference, value.proof.uuid])
    page = sign_in(cast.nurse).get(url(cast)).content.decode()
    assert "80\u00a0patients" in page
    assert address not in page
    assert address in sign_in(cast.ars_reviewer).get(url(cast)).content.decode()


def test_a_proof_is_an_attachment_for_the_parties(
    care: ContractMission, cast: Cast, sign_in: Any
) -> None:
    value = enter(care, cast)
    address = reverse("missions:proof", args=[cast.rives.reference, value.proof.uuid])
    for name, person in cast.people().items():
        answer = sign_in(person).get(address)
        if name in PARTIES:
            assert answer.content == PDF, name
            assert answer["Content-Disposition"].startswith("attachment")
            assert answer["X-Content-Type-Options"] == "nosniff"
        else:
            assert answer.status_code in {403, 404}, name
    elsewhere = reverse("missions:proof", args=[cast.monts.reference, value.proof.uuid])
    assert sign_in(cast.coordinator).get(elsewhere).status_code == 404


def test_after_its_end_the_page_is_read_only(
    care: ContractMission, cast: Cast, sign_in: Any
) -> None:
    with clock.at(dt.date(2029, 7, 2)):
        expire_contracts()
        client = sign_in(cast.coordinator)
        assert "restent consultables" in client.get(room(cast)).content.decode()
        page = client.get(url(cast)).content.decode()
        assert "arrivé à échéance" in page
        assert "Déclarer le démarrage" not in page
        answer = client.post(url(cast, "start"), {"on": "2024-10-01"})
        assert "ses missions ne changent plus" in answer.content.decode()


def test_pages_cost_few_queries(care: ContractMission, cast: Cast, sign_in: Any) -> None:
    client = sign_in(User.objects.get(pk=cast.coordinator.pk))
    numbers = []
    with clock.at(IN_NOVEMBER):
        actions.start(care, on=dt.date(2024, 10, 1), by=cast.coordinator)
        for rank in range(12):
            enter(care, cast, rank)
            if rank in (0, 11):
                for address in (room(cast), url(cast)):
                    with QueryCount() as count:
                        assert client.get(address).status_code == 200
                    numbers.append(count.number)
    assert numbers[:2] == numbers[2:]
    assert max(numbers) <= 6, numbers


# --- Progress --------------------------------------------------------------------------------


def test_the_coordinator_declares_start_then_deployment(
    care: ContractMission, cast: Cast, sign_in: Any
) -> None:
    client = sign_in(cast.coordinator)
    with clock.at(IN_NOVEMBER):
        assert 'value="2024-10-01"' in client.get(url(cast)).content.decode()  # as planned
        answer = client.post(url(cast, "start"), {"on": "2024-10-01"})
        assert answer["Location"] == url(cast)
        client.post(url(cast, "deploy"), {"on": "2024-11-15"})
        assert MissionProgress.objects.get().state == ProgressState.DEPLOYED
        client.post(url(cast, "reopen"), {"reason": "Trop tôt."})
        client.post(url(cast, "cancel_start"), {"reason": "Erreur."})
    assert MissionProgress.objects.get().state == ProgressState.NOT_STARTED


@pytest.mark.parametrize(
    ("verb", "data", "words"),
    [
        ("start", {"on": "2024-11-16"}, "avenir"),
        ("start", {"on": "2024-06-01"}, "signature"),
        ("start", {"on": "demain"}, "Un point à corriger"),
        ("deploy", {"on": "2024-11-01"}, "n’est pas possible"),
        ("reopen", {"reason": "Non"}, "n’est pas possible"),
        ("cancel_start", {"reason": ""}, "Un point à corriger"),
    ],
)
def test_what_is_refused_is_shown_again_with_its_reason(
    care: ContractMission, cast: Cast, sign_in: Any, verb: str, data: dict[str, str], words: str
) -> None:
    with clock.at(IN_NOVEMBER):
        answer = sign_in(cast.coordinator).post(url(cast, verb), data)
    assert words in answer.content.decode()
    assert not MissionProgress.objects.exclude(state=ProgressState.NOT_STARTED).exists()


@pytest.mark.parametrize(
    ("verb", "data"),
    [
        ("start", {"on": "2024-10-01"}),
        ("deploy", {"on": "2024-10-01"}),
        ("reopen", {"reason": "Non"}),
        ("cancel_start", {"reason": "Non"}),
        ("save_note", {"note": "Non", "version": "0"}),
        ("enter_value", {}),
    ],
)
def test_only_the_coordination_writes(
    care: ContractMission, cast: Cast, sign_in: Any, verb: str, data: dict[str, str]
) -> None:
    for name, person in cast.people().items():
        if name == "coordinator":
            continue
        status = sign_in(person).post(url(cast, verb), data or value_data()).status_code
        assert status == (404 if name == "monts_coordinator" else 403), name
    assert sign_in(cast.coordinator).get(url(cast, verb)).status_code == 405
    assert not MissionProgress.objects.exists()
    assert not IndicatorValue.objects.exists()


def test_a_stale_note_shows_both_texts(care: ContractMission, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.coordinator)
    client.post(url(cast, "save_note"), {"note": "Le premier texte.", "version": "0"})
    answer = client.post(url(cast, "save_note"), {"note": "Le second texte.", "version": "0"})
    page = answer.content.decode()
    assert "Le premier texte." in page
    assert "Le second texte." in page
    assert "comparez" in page
    assert 'name="version" value="1"' in page
    assert MissionProgress.objects.get().note == "Le premier texte."
    client.post(url(cast, "save_note"), {"note": "Les deux textes.", "version": "1"})
    assert MissionProgress.objects.get().note == "Les deux textes."


# --- Values ----------------------------------------------------------------------------------


def test_a_value_is_entered_once_for_a_double_click(
    care: ContractMission, cast: Cast, sign_in: Any
) -> None:
    client = sign_in(cast.coordinator)
    key = str(uuid.uuid4())
    with clock.at(IN_NOVEMBER):
        for _ in range(2):
            answer = client.post(url(cast, "enter_value"), value_data(cle=key))
            assert answer["Location"] == url(cast)
        page = client.get(url(cast)).content.decode()
    assert IndicatorValue.objects.get().value == Decimal("80.5")
    assert "80,5\u00a0patients" in page
    assert "6\u00a0000,00\u00a0€" in page  # example 6 of funding.md


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"proof": ""}, "Joignez la preuve"),
        ({"value": "abc"}, "Saisissez un nombre"),
        ({"value": "-1"}, "Un point à corriger"),
        ({"value": "1e9999999"}, "Un point à corriger"),
        ({"value": "NaN"}, "Un point à corriger"),
        ({"indicator": "parcours-formalises"}, "Un point à corriger"),
        ({"year": "2"}, "Un point à corriger"),
        ({"measured_on": "2024-06-01"}, "plus ancienne"),
        ({"measured_on": "2030-01-01"}, "avenir"),
    ],
)
def test_a_refused_value_is_shown_again(
    care: ContractMission, cast: Cast, sign_in: Any, changes: dict[str, Any], words: str
) -> None:
    with clock.at(IN_NOVEMBER):
        answer = sign_in(cast.coordinator).post(
            url(cast, "enter_value"), value_data(comment="Gardé.", **changes)
        )
    page = answer.content.decode()
    assert words in page
    assert "Gardé." in page
    assert not IndicatorValue.objects.exists()


def test_a_file_of_another_type_is_refused(care: ContractMission, cast: Cast, sign_in: Any) -> None:
    file = proof("tableau.pdf", b"MZ\x90\x00" + b"0" * 100)
    with clock.at(IN_NOVEMBER):
        answer = sign_in(cast.coordinator).post(url(cast, "enter_value"), value_data(proof=file))
    assert "type permis" in answer.content.decode()


def test_types_and_size_are_told_before_choosing(
    care: ContractMission, cast: Cast, sign_in: Any
) -> None:
    page = sign_in(cast.coordinator).get(url(cast)).content.decode()
    assert "10\u00a0Mo au plus" in page
    assert 'accept=".docx,' in page
    assert "aucune donnée de patient" in page


def test_an_unknown_mission_is_no_page(care: ContractMission, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.coordinator)
    assert client.get(f"{room(cast)}inconnue/").status_code == 404
    not_carried = url(cast, mission=MissionCode.QUALITE)
    assert client.get(not_carried).status_code == 404
