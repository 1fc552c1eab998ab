"""How long each party has held a dossier."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from territories.bearers import Held, days_by_bearer, days_waited, read_held

FIRST = dt.date(2024, 3, 1)
TODAY = dt.date(2024, 5, 10)


def test_days_add_up_for_each_bearer_until_today() -> None:
    listed = "ars:2024-04-01:2024-04-21 holder:2024-03-01:2024-04-01 holder:2024-04-21:2024-05-01"
    periods = [*read_held(listed), *read_held("coordinator:2024-05-01:")]
    assert days_by_bearer(periods, TODAY) == {"holder": 31 + 10, "ars": 20, "coordinator": 9}


def test_the_life_of_a_contract_is_nobody_s_delay() -> None:
    periods = read_held("cpam:2024-03-01:2024-03-11 coordinator:2024-03-11: nobody:2024-04-01:")
    assert days_waited(periods, TODAY) == {"cpam": 10}


def test_nothing_is_known_of_a_dossier_without_rows() -> None:
    assert read_held(None) == read_held("") == []
    assert days_by_bearer([], TODAY) == {}


def test_what_begins_after_the_day_asked_for_counts_nothing() -> None:
    assert days_by_bearer([Held("ars", dt.date(2025, 1, 1))], TODAY) == {"ars": 0}


@given(
    st.lists(
        st.tuples(st.sampled_from(["holder", "ars", "cpam"]), st.integers(1, 400)), min_size=1
    ),
    st.integers(0, 5_000),
)
def test_each_day_of_the_life_of_a_dossier_is_counted_once(
    bearers: list[tuple[str, int]], age: int
) -> None:
    periods, day = [], FIRST
    for bearer, length in bearers:
        periods.append(Held(bearer, day, day + dt.timedelta(days=length)))
        day = periods[-1].ends_on or day
    periods.append(Held("committee", day))
    today = FIRST + dt.timedelta(days=age)
    assert sum(days_by_bearer(periods, today).values()) == age
