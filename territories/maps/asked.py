"""Reads what the address of a map asks for; what is not understood is as if it were not there."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from foundation import clock
from territories.areas import FRANCE, Area, area_of
from territories.coverage import FIRST_YEAR

COLOURINGS = ("cpts", "etape")
TABLES = ("cpts", "chevauchements", "blanches")

_AREA = re.compile(r"[a-z]{4,12}(-[0-9A-Z]{1,10})?", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which map, at which day, in which colours, with which table."""

    area: Area
    day: dt.date
    colouring: str
    table: str
    has_own_day: bool = False  # a date was written, rather than a year chosen

    first_year: int = FIRST_YEAR

    @property
    def last_year(self) -> int:
        return self.today.year

    @property
    def today(self) -> dt.date:
        return clock.today()


def asked(parameters: Mapping[str, str]) -> Asked:
    """One query at most: the name of a CPAM or of an EPCI."""
    own_day = _day(parameters.get("date", ""))
    return Asked(
        area=_area(parameters.get("zone", "")),
        day=own_day or _end_of(parameters.get("annee", "")) or clock.today(),
        colouring=_among(COLOURINGS, parameters.get("couleur")),
        table=_among(TABLES, parameters.get("tableau")),
        has_own_day=own_day is not None,
    )


def _area(slug: str) -> Area:
    return (area_of(slug) if _AREA.fullmatch(slug) else None) or FRANCE


def _day(text: str) -> dt.date | None:
    """A day between the agreement of 2019 and today."""
    if not _DAY.fullmatch(text):
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if dt.date(FIRST_YEAR, 1, 1) <= day <= clock.today() else None


def _end_of(text: str) -> dt.date | None:
    """The last day of a past year; nothing for the present one."""
    if not _YEAR.fullmatch(text) or not FIRST_YEAR <= int(text) < clock.today().year:
        return None
    return dt.date(int(text), 12, 31)


def _among(choices: tuple[str, ...], text: str | None) -> str:
    return text if text in choices else choices[0]
