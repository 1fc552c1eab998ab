"""French dates for sentences: pages use template filters, rules and letters use these."""

import calendar
import datetime as dt

from foundation.refusal import Refused

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def format_date(day: dt.date) -> str:
    """« 1er janvier 2026 », with non-breaking spaces, so that a date never wraps."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number}\u00a0{MONTHS[day.month - 1]}\u00a0{day.year}"


def format_hour(hour: dt.time) -> str:
    """« 9 h 05 », with non-breaking spaces."""
    return f"{hour.hour}\u00a0h\u00a0{hour.minute:02d}"


def add_months(day: dt.date, months: int) -> dt.date:
    """`months` after a day, clamped to the end of the month: 31 August + 6 = 28 or 29 February."""
    year, month_index = divmod(day.year * 12 + day.month - 1 + months, 12)
    refuse_beyond_calendar(day, year)
    last = calendar.monthrange(year, month_index + 1)[1]
    return dt.date(year, month_index + 1, min(day.day, last))


def refuse_beyond_calendar(day: dt.date, year: int) -> None:
    """Years of the calendar stop at 9999: a later anniversary is a typing error to be told."""
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise Refused(f"La date du {format_date(day)} est trop lointaine.")
