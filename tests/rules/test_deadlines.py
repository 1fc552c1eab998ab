"""Contract years, anniversaries, and the deadlines of missions after the signature."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aci.deadlines import (
    MissionDeadlines,
    add_months,
    anniversary,
    contract_end,
    contract_year,
    contract_years,
    mission_deadlines,
    mission_rule,
    whole_months,
    year_containing,
)
from aci.funding_settings import FundingSettings, LeapAnniversary
from aci.grid_files import read_mission_rules
from aci.mission_codes import MISSIONS, MissionKind
from foundation.refusal import Refused
from tests.rules.funding_cases import (
    ACCES_SOINS,
    ACCOMPAGNEMENT,
    CRISE,
    PARCOURS,
    PREVENTION,
    QUALITE,
    day,
)

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2090, 12, 31))
RULES = read_mission_rules()


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2023-08-31", 6, "2024-02-29"),
        ("2022-08-31", 6, "2023-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-12-15", 1, "2025-01-15"),
        ("2024-11-30", 18, "2026-05-30"),
        ("2024-03-31", 24, "2026-03-31"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-05-05", 0, "2024-05-05"),
    ],
)
def test_months_after_a_day_clamp_to_the_end_of_the_month(start, months, end):
    assert add_months(day(start), months) == day(end)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2024-01-15", "2024-10-15", 9),
        ("2024-01-16", "2024-10-15", 8),
        ("2024-01-31", "2024-02-29", 1),
        ("2024-01-31", "2024-02-28", 0),
        ("2023-10-15", "2024-10-15", 12),
    ],
)
def test_whole_months_between_two_days(start, end, months):
    assert whole_months(day(start), day(end)) == months


@given(DAYS, st.integers(0, 60))
def test_adding_months_is_undone_by_counting_them(start, months):
    assert whole_months(start, add_months(start, months)) == months


def test_29_february_comes_back_in_leap_years():
    signed_on = day("2024-02-29")
    assert [str(anniversary(signed_on, years)) for years in range(6)] == [
        "2024-02-29",
        "2025-02-28",
        "2026-02-28",
        "2027-02-28",
        "2028-02-29",
        "2029-02-28",
    ]
    march = LeapAnniversary.MARCH_1
    assert anniversary(signed_on, 1, march) == day("2025-03-01")
    assert anniversary(signed_on, 4, march) == day("2028-02-29")


def test_a_contract_year_goes_from_an_anniversary_to_the_day_before_the_next():
    year = contract_year(day("2023-10-15"), 1)
    assert (year.start, year.last_day, year.days) == (day("2023-10-15"), day("2024-10-14"), 366)
    assert year.contains(day("2023-10-15"))
    assert year.contains(day("2024-10-14"))
    assert not year.contains(day("2024-10-15"))
    assert not year.contains(day("2023-10-14"))


@given(DAYS, st.sampled_from(LeapAnniversary))
def test_the_years_of_a_contract_follow_each_other(signed_on, leap):
    settings = FundingSettings(leap_anniversary=leap)
    years = contract_years(signed_on, settings)
    assert [year.number for year in years] == [1, 2, 3, 4, 5]
    assert years[0].start == signed_on
    assert all(one.next_anniversary == other.start for one, other in pairwise(years))
    assert all(year.days in (365, 366) for year in years) or leap is LeapAnniversary.MARCH_1
    assert contract_end(signed_on, settings) == years[-1].last_day


@given(DAYS, st.integers(-400, 2200))
def test_the_year_of_a_day(signed_on, shift):
    wanted = signed_on + dt.timedelta(days=shift)
    found = year_containing(signed_on, wanted)
    if found is None:
        assert wanted < signed_on or wanted > contract_end(signed_on)
    else:
        assert found.contains(wanted)


@pytest.mark.parametrize("number", [0, 6, -1])
def test_a_contract_lasts_five_years(number):
    with pytest.raises(Refused, match="de 1 à 5"):
        contract_year(day("2024-01-01"), number)


def test_the_end_of_the_calendar_is_told():
    with pytest.raises(Refused, match="trop lointaine"):
        contract_year(day("9999-01-01"), 1)
    with pytest.raises(Refused, match="trop lointaine"):
        add_months(day("9999-12-01"), 6)


@pytest.mark.parametrize(
    ("mission", "start_by", "deployed_by"),
    [
        (ACCES_SOINS, "2024-02-29", "2025-02-28"),
        (CRISE, "2024-02-29", "2025-02-28"),
        (PARCOURS, "2024-08-31", "2025-08-31"),
        (PREVENTION, "2024-08-31", "2025-08-31"),
        (QUALITE, None, None),
        (ACCOMPAGNEMENT, None, None),
    ],
)
def test_deadlines_after_a_signature_on_31_august(mission, start_by, deployed_by):
    deadlines = mission_deadlines(mission, day("2023-08-31"), RULES)
    assert deadlines == MissionDeadlines(
        mission, start_by and day(start_by), deployed_by and day(deployed_by)
    )


def test_crise_is_asked_only_since_avenant_2():
    before, after = day("2022-03-31"), day("2022-04-01")
    assert mission_rule(CRISE, before, RULES) is None
    assert mission_deadlines(CRISE, before, RULES) == MissionDeadlines(CRISE, None, None)
    rule = mission_rule(CRISE, after, RULES)
    assert rule is not None
    assert rule.kind is MissionKind.CORE
    kinds = {mission: mission_rule(mission, after, RULES).kind for mission in MISSIONS}
    assert [mission for mission, kind in kinds.items() if kind is MissionKind.OPTIONAL] == [
        QUALITE,
        ACCOMPAGNEMENT,
    ]


LIMITS = MissionDeadlines(ACCES_SOINS, day("2024-07-01"), day("2025-07-01"))


@pytest.mark.parametrize(
    ("started", "deployed", "today", "alerts"),
    [
        (None, None, "2024-07-01", 0),
        (None, None, "2024-07-02", 1),
        (None, None, "2025-07-02", 2),
        ("2024-07-01", None, "2025-07-01", 0),
        ("2024-07-02", None, "2024-08-01", 1),
        ("2024-07-01", "2025-07-01", "2026-01-01", 0),
        ("2024-07-01", "2025-07-02", "2026-01-01", 1),
    ],
)
def test_a_missed_deadline_is_an_alert(started, deployed, today, alerts):
    found = LIMITS.missed(
        started_on=started and day(started),
        deployed_on=deployed and day(deployed),
        today=day(today),
    )
    assert len(found) == alerts
    assert all("au plus tard le 1er\u00a0juillet" in alert for alert in found)


def test_a_free_mission_is_never_late():
    free = MissionDeadlines(QUALITE, None, None)
    assert free.missed(started_on=None, deployed_on=None, today=day("2099-01-01")) == ()
