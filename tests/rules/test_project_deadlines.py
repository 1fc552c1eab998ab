"""The legal clock (article L1434-12 CSP): dates, suspensions, the day of the tacit validation."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.dates import add_months
from projects.deadlines import LegalClock, Pause, reminder_day

DAY = dt.timedelta(days=1)


def date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def pauses(*pairs: tuple[str, str]) -> list[Pause]:
    return [Pause(date(since), date(until) if until else None) for since, until in pairs]


@pytest.mark.parametrize(
    "complete, stops, due, tacit",
    [
        # From date to date.
        ("2024-03-15", [], "2024-05-15", "2024-05-16"),
        # Clamped to the end of the month, leap year or not.
        ("2023-12-31", [], "2024-02-29", "2024-03-01"),
        ("2024-12-30", [], "2025-02-28", "2025-03-01"),
        ("2024-07-31", [], "2024-09-30", "2024-10-01"),
        # Weekends and holidays do not move it: 1 May 2024, Saturday 1 June 2024.
        ("2024-03-01", [], "2024-05-01", "2024-05-02"),
        ("2024-04-01", [], "2024-06-01", "2024-06-02"),
        # The days from the request to the new submission are added.
        ("2024-03-15", [("2024-04-02", "2024-04-22")], "2024-06-04", "2024-06-05"),
        # Asked and answered on the same day: nothing is added.
        ("2024-03-15", [("2024-04-02", "2024-04-02")], "2024-05-15", "2024-05-16"),
        # Two requests add up.
        (
            "2024-03-15",
            [("2024-04-02", "2024-04-12"), ("2024-05-03", "2024-05-08")],
            "2024-05-30",
            "2024-05-31",
        ),
        # Over the change of hour and a 29 February.
        ("2024-01-31", [("2024-02-28", "2024-03-02")], "2024-04-03", "2024-04-04"),
    ],
)
def test_clock(complete: str, stops: list, due: str, tacit: str) -> None:
    clock = LegalClock(date(complete), 2, pauses(*stops))
    assert clock.due_on == date(due)
    assert clock.tacit_on == date(tacit)
    assert not clock.is_paused


def test_while_pieces_are_awaited_no_date_is_known() -> None:
    clock = LegalClock(
        date("2024-03-15"), 2, pauses(("2024-03-20", "2024-03-25"), ("2024-04-10", ""))
    )
    assert clock.is_paused
    assert clock.paused_days == 5
    assert clock.due_on is None
    assert clock.tacit_on is None


def test_days_left_count_today_and_stand_still_during_a_pause() -> None:
    running = LegalClock(date("2024-03-15"), 2)
    assert running.days_left(date("2024-05-14")) == 2
    assert running.days_left(date("2024-05-15")) == 1
    assert running.days_left(date("2024-05-16")) == 0
    paused = LegalClock(date("2024-03-15"), 2, pauses(("2024-05-14", "")))
    assert paused.days_left(date("2024-05-14")) == 2
    assert paused.days_left(date("2024-07-01")) == 2


DAYS = st.dates(dt.date(2019, 1, 1), dt.date(2060, 1, 1))
LENGTHS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 90)), max_size=5)


def as_pauses(start: dt.date, lengths: list[tuple[int, int]]) -> list[Pause]:
    made, day = [], start
    for before, length in lengths:
        since = day + before * DAY
        day = since + length * DAY
        made.append(Pause(since, day))
    return made


@given(DAYS, LENGTHS)
def test_the_delay_is_two_months_and_the_paused_days(
    start: dt.date, lengths: list[tuple[int, int]]
) -> None:
    clock = LegalClock(start, 2, as_pauses(start, lengths))
    assert clock.due_on == add_months(start, 2) + sum(n for _, n in lengths) * DAY
    assert clock.tacit_on == clock.due_on + DAY
    assert clock.due_on - clock.paused_days * DAY - start <= 62 * DAY


@given(DAYS, DAYS)
def test_a_file_complete_later_is_due_no_earlier(one: dt.date, other: dt.date) -> None:
    early, late = sorted([one, other])
    assert LegalClock(early, 2).due_on <= LegalClock(late, 2).due_on


@given(DAYS, LENGTHS, st.integers(0, 200))
def test_a_pause_never_costs_the_ars_a_day(
    start: dt.date, lengths: list[tuple[int, int]], length: int
) -> None:
    made = as_pauses(start, lengths)
    since = made[-1].until if made else start
    before = LegalClock(start, 2, made)
    after = LegalClock(start, 2, [*made, Pause(since, since + length * DAY)])
    assert after.due_on == before.due_on + length * DAY
    while_open = LegalClock(start, 2, [*made, Pause(since)])
    assert while_open.days_left(since + length * DAY) == before.days_left(since)


@pytest.mark.parametrize(
    "day, months, expected",
    [
        ("2024-08-31", 6, "2025-02-28"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2024-11-30", 3, "2025-02-28"),
        ("2024-12-15", 1, "2025-01-15"),
    ],
)
def test_months_are_clamped_to_the_end_of_the_month(day: str, months: int, expected: str) -> None:
    assert add_months(date(day), months) == date(expected)


class TestReminders:
    """Complete on 2 March 2026: due on Saturday 2 May; 15 days before is Friday 17 April."""

    RUNNING = LegalClock(date("2026-03-02"), 2)

    @pytest.mark.parametrize(
        "today, come",
        [
            ("2026-04-16", []),
            ("2026-04-17", [15]),
            ("2026-04-26", []),  # a late run on a Sunday waits for Monday
            ("2026-04-24", [15]),
            ("2026-04-27", [5, 15]),
            ("2026-04-28", [5, 15]),
            ("2026-05-01", [5, 15]),  # a holiday, but no working day is left
            ("2026-05-02", [5, 15]),
            ("2026-05-03", []),  # over
        ],
    )
    def test_come_on_working_days(self, today: str, come: list[int]) -> None:
        assert self.RUNNING.reminders_due([15, 5], date(today)) == come

    def test_a_reminder_on_a_weekend_or_a_holiday_comes_before(self) -> None:
        assert reminder_day(date("2026-05-11"), 10) == date("2026-04-30")  # 1 May
        assert reminder_day(date("2026-05-16"), 15) == date("2026-04-30")
        assert reminder_day(date("2026-05-13"), 11) == date("2026-04-30")  # Saturday 2 May

    def test_none_while_the_clock_stands(self) -> None:
        stopped = LegalClock(date("2026-03-02"), 2, pauses(("2026-04-01", "")))
        assert stopped.reminders_due([15, 5], date("2026-04-28")) == []
