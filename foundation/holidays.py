"""Pure: working days in metropolitan France, for reminders; legal delays do not look at them."""

import datetime as dt
from functools import cache

ONE_DAY = dt.timedelta(days=1)
# Month and day of the holidays that never move.
FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
# Easter Monday, Ascension, Whit Monday: days after Easter Sunday.
AFTER_EASTER = (1, 39, 50)


def is_working_day(day: dt.date) -> bool:
    """Neither a Saturday, a Sunday, nor a public holiday."""
    return day.weekday() < 5 and day not in holidays_of(day.year)


def working_day_on_or_before(day: dt.date) -> dt.date:
    """The day itself, or the last working day before it."""
    while not is_working_day(day):
        day -= ONE_DAY
    return day


def working_day_after(day: dt.date) -> dt.date:
    """The first working day that follows."""
    day += ONE_DAY
    while not is_working_day(day):
        day += ONE_DAY
    return day


@cache
def holidays_of(year: int) -> frozenset[dt.date]:
    """The eleven public holidays of a year."""
    easter = easter_of(year)
    moving = {easter + days * ONE_DAY for days in AFTER_EASTER}
    return frozenset({dt.date(year, month, day) for month, day in FIXED} | moving)


def easter_of(year: int) -> dt.date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    golden = year % 19
    century, rest = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    moon_shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - moon_shift + 15) % 30
    leap_years, year_rest = divmod(rest, 4)
    weekday = (32 + 2 * century_rest + 2 * leap_years - epact - year_rest) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return dt.date(year, month, day + 1)
