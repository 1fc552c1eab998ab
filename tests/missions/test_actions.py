"""Acts on the missions: what is declared, by whom, when, and what is refused."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from aci.models import Contract, ContractMission
from foundation import clock
from foundation.refusal import Refused, StaleVersion
from foundation.workflow import NotAllowed
from missions import actions
from missions.models import Indicator, IndicatorTier, IndicatorValue, MissionProgress
from missions.workflow import ProgressState
from records.models import Job, JournalEntry, StoredFile
from tests.cast import Cast
from tests.missions.conftest import proof

ALD = "ald-sans-medecin-traitant"
IN_NOVEMBER = dt.date(2024, 11, 15)


def last_entry(cast: Cast) -> JournalEntry:
    return JournalEntry.objects.of_dossier(cast.rives.reference).newest_first()[0]


def enter(
    mission: ContractMission, cast: Cast, value: object = 80, **changes: Any
) -> IndicatorValue:
    given = {
        "year": 1,
        "value": Decimal(str(value)),
        "measured_on": clock.today(),
        "proof": proof(),
        "by": cast.coordinator,
    }
    indicator = changes.pop("indicator", None) or Indicator.objects.get(code=ALD)
    return actions.enter_value(mission, indicator, **{**given, **changes})


# --- Progress --------------------------------------------------------------------------------


def test_start_then_deploy(care: ContractMission, cast: Cast) -> None:
    with clock.at(IN_NOVEMBER):
        progress = actions.start(care, on=dt.date(2024, 10, 1), by=cast.coordinator)
    assert (progress.state, progress.started_on) == (ProgressState.STARTED, dt.date(2024, 10, 1))
    entry = last_entry(cast)
    assert (entry.verb, entry.from_state, entry.to_state) == ("start", "not_started", "started")
    assert "Accès aux soins" in entry.sentence
    with clock.at(dt.date(2025, 12, 1)):
        progress = actions.deploy(care, on=dt.date(2025, 11, 30), by=cast.coordinator)
    assert progress.state == ProgressState.DEPLOYED
    assert MissionProgress.objects.count() == 1


def test_the_cpam_is_told_of_a_start(care: ContractMission, cast: Cast) -> None:
    with clock.at(IN_NOVEMBER):
        actions.start(care, on=dt.date(2024, 10, 1), by=cast.coordinator)
    told = {
        job.payload["to"]
        for job in Job.objects.emails()
        if "Accès aux soins" in job.payload["subject"]
    }
    assert told == {cast.cpam_officer.email}


@pytest.mark.parametrize(
    ("on", "words"),
    [(dt.date(2024, 6, 30), "signature"), (dt.date(2024, 11, 16), "avenir")],
)
def test_start_refuses_a_day_that_cannot_be(
    care: ContractMission, cast: Cast, on: dt.date, words: str
) -> None:
    with clock.at(IN_NOVEMBER), pytest.raises(Refused, match=words):
        actions.start(care, on=on, by=cast.coordinator)
    assert not MissionProgress.objects.exists()


def test_deploy_refuses_a_day_before_the_start_or_to_come(
    care: ContractMission, cast: Cast
) -> None:
    with clock.at(IN_NOVEMBER):
        actions.start(care, on=dt.date(2024, 10, 1), by=cast.coordinator)
        with pytest.raises(Refused, match="avant son démarrage"):
            actions.deploy(care, on=dt.date(2024, 9, 30), by=cast.coordinator)
        with pytest.raises(Refused, match="avenir"):
            actions.deploy(care, on=dt.date(2025, 1, 1), by=cast.coordinator)


def test_deploy_comes_after_the_start(care: ContractMission, cast: Cast) -> None:
    with pytest.raises(Refused, match="Pas encore démarrée"):
        actions.deploy(care, on=clock.today(), by=cast.coordinator)


def test_what_was_declared_too_soon_is_taken_back_with_its_reason(
    care: ContractMission, cast: Cast
) -> None:
    with clock.at(IN_NOVEMBER):
        actions.start(care, on=dt.date(2024, 10, 1), by=cast.coordinator)
        actions.deploy(care, on=dt.date(2024, 11, 1), by=cast.coordinator)
        with pytest.raises(Refused, match="pourquoi"):
            actions.reopen(care, reason=" ", by=cast.coordinator)
        progress = actions.reopen(care, reason="Un site n’ouvre pas.", by=cast.coordinator)
        assert (progress.state, progress.deployed_on) == (ProgressState.STARTED, None)
        assert last_entry(cast).reason == "Un site n’ouvre pas."
        progress = actions.cancel_start(care, reason="Erreur de saisie.", by=cast.coordinator)
        assert (progress.state, progress.started_on) == (ProgressState.NOT_STARTED, None)


def test_two_people_declare_and_one_is_told(care: ContractMission, cast: Cast) -> None:
    with clock.at(IN_NOVEMBER):
        actions.start(care, on=dt.date(2024, 10, 1), by=cast.coordinator)
        with pytest.raises(Refused, match="Démarrée"):
            actions.start(care, on=dt.date(2024, 10, 2), by=cast.coordinator)
    assert MissionProgress.objects.get().started_on == dt.date(2024, 10, 1)


def test_only_the_coordination_reports(care: ContractMission, cast: Cast) -> None:
    for name, person in cast.people().items():
        if name == "coordinator":
            continue
        with pytest.raises(NotAllowed):
            actions.start(care, on=clock.today(), by=person)
        with pytest.raises(NotAllowed):
            actions.save_note(care, note="Non", version=0, by=person)
        with pytest.raises(NotAllowed):
            enter(care, cast, by=person)
    assert not MissionProgress.objects.exists()
    assert not IndicatorValue.objects.exists()


def test_nothing_is_reported_before_the_signature(
    negotiated: Contract, catalogue: int, cast: Cast
) -> None:
    mission = negotiated.missions.first()
    assert mission is not None
    with pytest.raises(Refused, match="pas encore signé"):
        actions.start(mission, on=clock.today(), by=cast.coordinator)


def test_nothing_changes_once_the_contract_is_over(
    care: ContractMission, in_force: Contract, cast: Cast
) -> None:
    from aci.actions import expire_contracts

    with clock.at(dt.date(2029, 7, 2)):
        expire_contracts()
        with pytest.raises(Refused, match="échéance"):
            actions.start(care, on=dt.date(2024, 10, 1), by=cast.coordinator)


# --- Note ------------------------------------------------------------------------------------


def test_a_stale_note_overwrites_nothing(care: ContractMission, cast: Cast) -> None:
    first = actions.save_note(care, note="Trois réunions.", version=0, by=cast.coordinator)
    assert first.version == 1
    with pytest.raises(StaleVersion, match="comparez"):
        actions.save_note(care, note="Autre texte.", version=0, by=cast.coordinator)
    first.refresh_from_db()
    assert first.note == "Trois réunions."
    actions.save_note(care, note="Les deux.", version=1, by=cast.coordinator)
    first.refresh_from_db()
    assert (first.note, first.version) == ("Les deux.", 2)


# --- Values ----------------------------------------------------------------------------------


def test_a_value_is_entered_with_its_proof(care: ContractMission, cast: Cast) -> None:
    with clock.at(IN_NOVEMBER):
        row = enter(care, cast, 80, comment=" Extraction de la CPAM. ")
    assert (row.value, row.year, row.comment) == (Decimal(80), 1, "Extraction de la CPAM.")
    assert row.proof.dossier == cast.rives.reference
    entry = last_entry(cast)
    assert entry.verb == "enter_value"
    assert "80\u00a0patients" in entry.sentence
    assert entry.data["proof_sha256"] == row.proof.sha256


def test_a_correction_is_another_row(care: ContractMission, cast: Cast) -> None:
    with clock.at(IN_NOVEMBER):
        enter(care, cast, 80)
        enter(care, cast, 78)
    values = IndicatorValue.objects.of_contract(care.contract).values_list("value", flat=True)
    assert list(values) == [80, 78]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"proof": None}, "preuve"),
        ({"year": 2}, "pas commencé"),
        ({"year": 6}, "pas commencé"),
        ({"year": 0}, "pas commencé"),
        ({"measured_on": dt.date(2024, 6, 30)}, "plus ancienne"),
        ({"measured_on": dt.date(2024, 11, 16)}, "avenir"),
        ({"value": "-1"}, "positif"),
        ({"value": "NaN"}, "positif"),
    ],
)
def test_a_value_that_cannot_be_is_refused(
    care: ContractMission, cast: Cast, changes: dict[str, Any], words: str
) -> None:
    with clock.at(IN_NOVEMBER), pytest.raises(Refused, match=words):
        enter(care, cast, **changes)
    assert not IndicatorValue.objects.exists()


def test_a_refused_value_keeps_no_file(care: ContractMission, cast: Cast) -> None:
    before = StoredFile.objects.count()
    with pytest.raises(Refused, match="type permis"):
        enter(care, cast, proof=proof("preuve.exe", b"MZ\x90\x00" + b"0" * 100))
    assert StoredFile.objects.count() == before


def test_an_indicator_belongs_to_its_mission(prevention: ContractMission, cast: Cast) -> None:
    with pytest.raises(Refused, match="autre mission"):
        enter(prevention, cast)


# --- Catalogue -------------------------------------------------------------------------------


def test_load_indicators_can_be_run_again(catalogue: int) -> None:
    before = list(Indicator.objects.order_by("pk").values())
    assert actions.load_indicators() == catalogue == len(before)
    assert list(Indicator.objects.order_by("pk").values()) == before
    assert IndicatorTier.objects.count() == 3


def test_a_newer_indicator_ends_the_one_before(catalogue: int) -> None:
    old = Indicator.objects.get(code=ALD)
    Indicator.objects.create(
        **{
            field: getattr(old, field)
            for field in ("code", "mission", "label", "unit", "direction", "method", "position")
        },
        catalogue="national-2027",
        effective_from=dt.date(2027, 1, 1),
        source="Essai",
    )
    actions.load_indicators()
    old.refresh_from_db()
    assert old.effective_to == dt.date(2026, 12, 31)
    on = Indicator.objects.in_force_on
    assert on(dt.date(2026, 12, 31)).filter(code=ALD).get() == old
    assert on(dt.date(2027, 1, 1)).filter(code=ALD).get() != old
    assert not on(dt.date(2022, 3, 31)).exists()
