"""What the database itself refuses of missions and indicators, and the command that loads them."""

import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from aci.mission_codes import MissionCode
from aci.models import ContractMission
from foundation import clock
from missions import actions
from missions.models import Indicator, IndicatorTier, IndicatorValue, MissionProgress
from tests.cast import Cast
from tests.missions.test_actions import ALD, enter


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "not_started"},
        {"state": "deployed"},
        {"started_on": None},
        {"deployed_on": dt.date(2024, 7, 1)},
        {"state": "deployed", "deployed_on": dt.date(2024, 6, 30)},
    ],
)
def test_dates_that_contradict_the_state(
    care: ContractMission, cast: Cast, changes: dict[str, Any]
) -> None:
    progress = actions.start(care, on=clock.today(), by=cast.coordinator)
    with pytest.raises(IntegrityError, match="dated_as_its_state"), transaction.atomic():
        MissionProgress.objects.filter(pk=progress.pk).update(**changes)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [({"value": -1}, "value_not_negative"), ({"year": 0}, "years_count_from_1|year")],
)
def test_values_that_cannot_be(
    care: ContractMission, cast: Cast, changes: dict[str, int], constraint: str
) -> None:
    row = enter(care, cast)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        IndicatorValue.objects.filter(pk=row.pk).update(**changes)


def test_an_indicator_is_there_once_a_date(catalogue: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Indicator.objects.update(code=ALD)
    with pytest.raises(IntegrityError, match="dates_in_order"), transaction.atomic():
        Indicator.objects.update(effective_to=dt.date(2020, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        IndicatorTier.objects.update(worst=1)


def test_words(care: ContractMission, cast: Cast) -> None:
    progress = actions.start(care, on=clock.today(), by=cast.coordinator)
    indicator = Indicator.objects.get(code=ALD)
    assert str(progress) == "Accès aux soins\u00a0: Démarrée"
    assert str(indicator) == "Patients en ALD sans médecin traitant"
    assert indicator.mission_code is MissionCode.ACCES_SOINS
    assert "219" in str(indicator.tiers.first())
    assert "80" in str(enter(care, cast))


def test_load_indicators_says_how_many(db: None) -> None:
    out = StringIO()
    call_command("load_indicators", stdout=out)
    assert out.getvalue() == "14 indicateurs chargés.\n"
