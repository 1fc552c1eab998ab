"""One source of time, in Paris, that can be replayed."""

import datetime as dt

from foundation import clock


def test_a_date_is_replayed_at_nine_in_paris() -> None:
    with clock.at(dt.date(2021, 10, 19)):
        assert clock.now() == dt.datetime(2021, 10, 19, 9, tzinfo=clock.PARIS)
        assert clock.today() == dt.date(2021, 10, 19)


def test_the_day_is_the_one_of_paris_not_of_greenwich() -> None:
    just_after_midnight_in_paris = dt.datetime(2026, 6, 30, 22, 5, tzinfo=dt.UTC)
    with clock.at(just_after_midnight_in_paris):
        assert clock.today() == dt.date(2026, 7, 1)


def test_after_a_replay_the_present_is_back_even_when_replays_are_nested() -> None:
    before = clock.now()
    with clock.at(dt.date(2020, 1, 1)):
        with clock.at(dt.date(2019, 1, 1)):
            assert clock.today().year == 2019
        assert clock.today().year == 2020
    assert clock.now() >= before
