"""Who sees the missions of a contract, their values, their proofs: each of the cast."""

import datetime as dt

from aci.actions import expire_contracts
from aci.models import Contract, ContractMission
from foundation import clock
from missions import actions
from missions.desk import reported_cards
from missions.models import IndicatorValue, MissionProgress
from missions.pages import contract_missions
from missions.querysets import commitments_visible_to, reported_by
from tests.cast import Cast
from tests.missions.test_actions import enter

PARTIES = {
    "holder",
    "president",
    "office",
    "coordinator",
    "ars_reviewer",
    "ars_delegation",
    "ars_director",
    "cpam_officer",
    "cpam_director",
    "committee_member",
}


def test_missions_visible_to(care: ContractMission, cast: Cast) -> None:
    progress = actions.start(care, on=clock.today(), by=cast.coordinator)
    for name, person in cast.people().items():
        may = name in PARTIES | {"nurse"}  # members read the shared pages
        assert (care in commitments_visible_to(person)) is may, name
        assert (progress in MissionProgress.objects.visible_to(person)) is may, name


def test_values_and_proofs_visible_to(care: ContractMission, cast: Cast) -> None:
    value = enter(care, cast)
    for name, person in cast.people().items():
        seen = value in IndicatorValue.objects.visible_to(person)
        assert seen is (name in PARTIES), name


def test_reported_by(care: ContractMission, cast: Cast) -> None:
    for name, person in cast.people().items():
        assert reported_by(person).exists() is (name == "coordinator"), name


def test_a_contract_not_signed_has_no_missions_to_follow(
    negotiated: Contract, catalogue: int, cast: Cast
) -> None:
    assert contract_missions(cast.rives, cast.coordinator) is None
    assert reported_cards(cast.coordinator) == []


def test_after_its_end_a_contract_stays_readable(care: ContractMission, cast: Cast) -> None:
    actions.start(care, on=clock.today(), by=cast.coordinator)
    with clock.at(dt.date(2029, 7, 2)):
        expire_contracts()
        page = contract_missions(cast.rives, cast.ars_reviewer)
        assert page is not None
        assert page.is_over
        assert page.current_year.number == 5
        assert not reported_by(cast.coordinator).exists()


def test_the_desk_of_the_coordinator(care: ContractMission, cast: Cast) -> None:
    with clock.at(dt.date(2024, 10, 15)):
        actions.start(care, on=dt.date(2024, 10, 1), by=cast.coordinator)
        enter(care, cast)
    with clock.at(dt.date(2025, 7, 2)):
        cards = {item.code: card for item, card in reported_cards(cast.coordinator)}
    assert len(cards) == 4
    assert [gap.year.number for gap in cards["ACCES_SOINS"].gaps] == [1, 2]
    assert len(cards["ACCES_SOINS"].gaps[0].indicators) == 3
    assert cards["PREVENTION"].is_late
    assert cards["PREVENTION"].gaps == []
