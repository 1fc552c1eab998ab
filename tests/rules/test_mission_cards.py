"""What a page says of a mission: deadlines, trends, what is missing, in French."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from aci.deadlines import MissionDeadlines, contract_years
from aci.mission_codes import MissionCode
from missions.cards import IndicatorCard, MissionCard, amount_text, indicator_cards, plain_number
from missions.scoring import Direction, Method, Tier
from missions.workflow import ProgressState

SIGNED_ON = dt.date(2024, 7, 1)
YEARS = contract_years(SIGNED_ON)
START_BY, DEPLOY_BY = dt.date(2025, 1, 1), dt.date(2026, 1, 1)
TIERS = (
    Tier(Decimal(219), Decimal(101), Decimal(3000)),
    Tier(Decimal(100), Decimal(51), Decimal(6000)),
    Tier(Decimal(50), None, Decimal(9000)),
)


def row(pk: int = 1, *, measure: tuple[int, int, str, str] | None = None, **changes: Any) -> Any:
    """A row of the query: an indicator and (pk, year, value, day) of one of its measures."""
    measure_pk, year, value, day = measure or (None, None, None, None)
    usual = {
        "pk": pk,
        "code": f"indicateur-{pk}",
        "mission": "ACCES_SOINS",
        "label": "Patients en ALD sans médecin traitant",
        "definition": "",
        "unit": "patients",
        "direction": "lower",
        "method": "all_or_nothing",
        "target": Decimal("50.00"),
        "baseline": None,
        "euros": Decimal("0.00"),
        "is_confirmed": False,
        "effective_from": dt.date(2022, 4, 1),
        "effective_to": None,
        "measure__pk": measure_pk,
        "measure__year": year,
        "measure__value": Decimal(value) if value else None,
        "measure__measured_on": dt.date.fromisoformat(day) if day else None,
        "measure__comment": "",
        "measure__entered_at": None,
        "measure__entered_by__first_name": "Chloé",
        "measure__entered_by__last_name": "Coordinatrice",
        "measure__proof__uuid": None,
        "measure__proof__name": "preuve.pdf",
        "measure__proof__size": 1,
    }
    return usual | changes


def indicator(*measures: tuple[int, int, str, str], **changes: Any) -> IndicatorCard:
    rows = [row(measure=measure, **changes) for measure in measures] or [row(**changes)]
    (card,) = indicator_cards(rows)
    return card


def mission(
    state: ProgressState = ProgressState.STARTED, *, today: dt.date, **changes: Any
) -> MissionCard:
    usual: dict[str, Any] = {
        "mission": MissionCode.ACCES_SOINS,
        "state": state,
        "planned_start": dt.date(2024, 10, 1),
        "deadlines": MissionDeadlines(MissionCode.ACCES_SOINS, START_BY, DEPLOY_BY),
        "today": today,
        "years": tuple(year for year in YEARS if year.start <= today),
        "is_over": False,
    }
    if state != ProgressState.NOT_STARTED:
        usual["started_on"] = dt.date(2024, 10, 1)
    return MissionCard(**(usual | changes))


# --- Words and numbers -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("80.00", "80\u00a0patients"),
        ("62.50", "62,5\u00a0patients"),
        ("1200.00", "1\u00a0200\u00a0patients"),
        ("0.00", "0\u00a0patients"),
        ("100", "100\u00a0patients"),
    ],
)
def test_values_are_written_without_useless_zeros(value: str, text: str) -> None:
    assert amount_text(Decimal(value), "patients") == text
    assert plain_number(Decimal(value)) in text


# --- Trends ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("direction", "values", "word"),
    [
        ("lower", ("120", "80"), "En progrès"),
        ("lower", ("80", "120"), "En recul"),
        ("higher", ("80", "120"), "En progrès"),
        ("higher", ("120", "80"), "En recul"),
        ("higher", ("80", "80"), "Stable"),
    ],
)
def test_a_trend_follows_the_direction(direction: str, values: tuple[str, str], word: str) -> None:
    card = indicator(
        (1, 1, values[0], "2024-11-01"), (2, 2, values[1], "2025-11-01"), direction=direction
    )
    assert card.trend.startswith(f"{word} depuis la mesure du 1er\u00a0novembre\u00a02024")


def test_one_measure_has_no_trend() -> None:
    assert indicator().trend == ""
    assert indicator().latest_text == ""
    assert indicator((1, 1, "80", "2024-11-01")).trend == ""


def test_a_correction_replaces_without_hiding() -> None:
    card = indicator(
        (1, 1, "120", "2024-11-01"), (2, 2, "85", "2025-11-01"), (3, 2, "80", "2025-11-01")
    )
    assert [measure.value for measure in card.counted] == [120, 80]
    assert card.latest is not None
    assert (card.latest.text, card.latest.entered_by) == (
        "80\u00a0patients",
        "Chloé Coordinatrice",
    )
    assert [(measure.pk, measure.is_replaced) for measure in card.newest_first] == [
        (3, False),
        (2, True),
        (1, False),
    ]


# --- What a measure is worth -----------------------------------------------------------------


def test_example_6_on_the_page() -> None:
    card = indicator((1, 1, "80.00", "2024-11-01"), method="tiers", target=None)
    assert "6\u00a0000,00\u00a0€" in card.standing(TIERS)
    assert card.aim == ""


@pytest.mark.parametrize(
    ("direction", "value", "sentence"),
    [
        ("lower", "50", "Cible atteinte."),
        ("lower", "51", "Cible pas encore atteinte."),
        ("higher", "50", "Cible atteinte."),
        ("higher", "49", "Cible pas encore atteinte."),
    ],
)
def test_without_euros_the_page_says_whether_the_aim_is_reached(
    direction: str, value: str, sentence: str
) -> None:
    card = indicator((1, 1, value, "2024-11-01"), direction=direction)
    assert card.standing() == sentence


def test_the_aim_is_read_aloud() -> None:
    assert indicator().aim == "Cible\u00a0: 50\u00a0patients ou moins"
    assert indicator(direction="higher").aim == "Cible\u00a0: 50\u00a0patients ou plus"
    assert indicator().standing() == ""
    assert indicator((1, 1, "3", "2024-11-01"), target=None).standing() == ""


def test_the_card_is_read_by_the_scoring_rules() -> None:
    rule = indicator(method="tiers").rule(TIERS)
    assert (rule.direction, rule.method, rule.most) == (Direction.LOWER, Method.TIERS, 9000)


# --- Deadlines -------------------------------------------------------------------------------


def test_what_comes_next_and_when_it_is_late() -> None:
    waiting = mission(ProgressState.NOT_STARTED, today=START_BY)
    assert (waiting.step_label, waiting.step_day) == ("À démarrer avant le", START_BY)
    assert (waiting.is_late, waiting.alerts) == (False, ())
    late = mission(ProgressState.NOT_STARTED, today=START_BY + dt.timedelta(days=1))
    assert late.is_late
    assert "1er\u00a0janvier\u00a02025" in late.alerts[0]
    started = mission(today=DEPLOY_BY)
    assert (started.step_label, started.is_late) == ("À déployer pleinement avant le", False)
    assert mission(today=DEPLOY_BY + dt.timedelta(days=1)).is_late


def test_nothing_is_awaited_of_a_deployed_mission_nor_of_a_contract_over() -> None:
    done = mission(ProgressState.DEPLOYED, today=DEPLOY_BY, deployed_on=DEPLOY_BY)
    assert (done.next_step, done.step_day, done.is_late) == (None, None, False)
    over = mission(ProgressState.NOT_STARTED, today=dt.date(2029, 8, 1), is_over=True)
    assert (over.next_step, over.gap_sentences) == (None, [])


def test_a_free_mission_has_no_deadline() -> None:
    free = MissionDeadlines(MissionCode.QUALITE, None, None)
    assert mission(ProgressState.NOT_STARTED, today=DEPLOY_BY, deadlines=free).step_label == ""


# --- What is missing -------------------------------------------------------------------------


def test_missing_values_are_told_year_by_year() -> None:
    today = dt.date(2026, 9, 1)  # third contract year
    items = (
        indicator((1, 1, "120", "2024-11-01"), pk=1),
        indicator(pk=2),
    )
    card = mission(today=today, indicators=items)
    assert [(gap.year.number, len(gap.indicators), gap.is_late) for gap in card.gaps] == [
        (1, 1, True),
        (2, 2, True),
        (3, 2, False),
    ]
    assert card.gap_sentences == [
        "En retard\u00a0: 3 valeurs et leurs preuves (années 1 et 2).",
        "À saisir avant le 30\u00a0juin\u00a02027\u00a0: 2 valeurs et leurs preuves.",
    ]


def test_one_missing_value_is_singular() -> None:
    first_year = mission(today=dt.date(2024, 11, 1), indicators=(indicator(),))
    assert first_year.gap_sentences == [
        "À saisir avant le 30\u00a0juin\u00a02025\u00a0: une valeur et sa preuve."
    ]
    second = mission(today=dt.date(2025, 7, 1), indicators=(indicator((1, 2, "3", "2025-07-01")),))
    assert second.gap_sentences == ["En retard\u00a0: une valeur et sa preuve (année 1)."]


def test_three_late_years_are_listed() -> None:
    card = mission(today=dt.date(2027, 7, 1), indicators=(indicator((1, 4, "3", "2027-07-01")),))
    assert card.gap_sentences == ["En retard\u00a0: 3 valeurs et leurs preuves (années 1, 2 et 3)."]


def test_nothing_is_missing_before_the_start() -> None:
    not_started = mission(
        ProgressState.NOT_STARTED, today=dt.date(2026, 9, 1), indicators=(indicator(),)
    )
    assert not_started.gaps == []
    started_late = mission(
        today=dt.date(2026, 9, 1), indicators=(indicator(),), started_on=dt.date(2026, 8, 1)
    )
    assert [gap.year.number for gap in started_late.gaps] == [3]


def test_an_indicator_serves_the_years_that_begin_while_it_is_in_force() -> None:
    old = indicator(effective_to=dt.date(2025, 12, 31))
    new = indicator(effective_from=dt.date(2026, 1, 1))
    assert [old.serves(year) for year in YEARS[:3]] == [True, True, False]
    assert [new.serves(year) for year in YEARS[:3]] == [False, False, True]
    card = mission(today=dt.date(2026, 9, 1), indicators=(old, new))
    assert card.to_measure == [new]
