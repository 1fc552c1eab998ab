"""Pure: the days on which a French office works; nobody is reminded of anything on the others."""

import datetime as dt

ONE_DAY = dt.timedelta(days=1)
_FIXED = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
_AFTER_EASTER = (1, 39, 50)  # Monday, Ascension, Whit Monday


def is_working_day(day: dt.date) -> bool:
    """Neither a weekend nor a holiday of the whole country (article L3133-1, code du travail).

    The two more of Alsace-Moselle are left out: a reminder on one of them harms nobody.
    """
    return day.weekday() < 5 and not is_holiday(day)


def is_holiday(day: dt.date) -> bool:
    if (day.month, day.day) in _FIXED:
        return True
    return (day - easter(day.year)).days in _AFTER_EASTER


def easter(year: int) -> dt.date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    golden = year % 19
    century, rest = divmod(year, 100)
    leap, century_rest = divmod(century, 4)
    correction = (century + 8) // 25
    moon = (century - correction + 1) // 3
    epact = (19 * golden + century - leap - moon + 15) % 30
    quarter, year_rest = divmod(rest, 4)
    weekday = (32 + 2 * century_rest + 2 * quarter - epact - year_rest) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return dt.date(year, month, day + 1)
