"""Working days in France: what reminders avoid."""

import datetime as dt

import pytest

from foundation.holidays import (
    easter_of,
    holidays_of,
    is_working_day,
    working_day_after,
    working_day_on_or_before,
)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    "easter", ["2000-04-23", "2008-03-23", "2011-04-24", "2024-03-31", "2026-04-05", "2038-04-25"]
)
def test_easter(easter: str) -> None:
    assert easter_of(int(easter[:4])) == day(easter)


def test_the_holidays_of_a_year() -> None:
    assert holidays_of(2026) == {
        day(f"2026-{text}")
        for text in (
            "01-01", "04-06", "05-01", "05-08", "05-14", "05-25",
            "07-14", "08-15", "11-01", "11-11", "12-25",
        )
    }  # fmt: skip


@pytest.mark.parametrize(
    "text, before, after",
    [
        ("2026-04-04", "2026-04-03", "2026-04-07"),  # the Saturday of Easter
        ("2026-05-15", "2026-05-15", "2026-05-18"),  # the day after Ascension is worked
        ("2026-12-25", "2026-12-24", "2026-12-28"),
        ("2027-01-01", "2026-12-31", "2027-01-04"),
    ],
)
def test_the_nearest_working_days(text: str, before: str, after: str) -> None:
    assert working_day_on_or_before(day(text)) == day(before)
    assert working_day_after(day(text)) == day(after)
    assert is_working_day(day(text)) == (text == before)
