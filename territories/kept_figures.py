"""The figures of coverage as pages show them: computed once while nothing changes.

A tenth of a second of the database for the whole of France, half a second for all the years: too
much for each visitor of a public page. Only the days of the pages are kept (the last of each year,
and today): nobody fills the table by asking for other dates.
"""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from foundation import clock
from territories import coverage
from territories.areas import Area
from territories.coverage import FIRST_YEAR, CoverageFigures, Tally
from territories.models import Stage
from territories.renditions import content_of, data_fingerprint, rendition

_FORM = 1  # raised when what is written below changes

Figures = list[CoverageFigures]


def figures(area: Area, day: dt.date) -> CoverageFigures:
    """`coverage.figures`: one area on one day."""
    return _kept("jour", area, day, lambda: [coverage.figures(area, day)])[0]


def figures_by_year(area: Area) -> Figures:
    """`coverage.figures_by_year`: the end of each year since the agreement, and today."""
    today = clock.today()
    return _kept("annees", area, today, lambda: coverage.figures_by_year(area, today))


def figures_by_part(area: Area, day: dt.date) -> Figures:
    """`coverage.figures_by_part`: régions, départements or EPCI of an area on one day."""
    return _kept("parties", area, day, lambda: coverage.figures_by_part(area, day))


def is_kept(day: dt.date) -> bool:
    """True for the days that pages offer."""
    today = clock.today()
    is_last_of_year = (day.month, day.day) == (12, 31) and FIRST_YEAR <= day.year < today.year
    return day == today or is_last_of_year


def _kept(what: str, area: Area, day: dt.date, compute: Callable[[], Figures]) -> Figures:
    if not is_kept(day):
        return compute()
    found = rendition(
        f"chiffres/{what}/{area.slug}/{'' if day == clock.today() else day.year}",
        data_fingerprint(_FORM, day),
        "application/json",
        lambda: json.dumps([_plain(one) for one in compute()]).encode(),
    )
    return [_read(plain) for plain in json.loads(content_of(found))]


def _plain(one: CoverageFigures) -> dict[str, Any]:
    return {
        "day": one.day.isoformat(),
        "code": one.code,
        "name": one.name,
        "by_stage": {stage.value: _pair(tally) for stage, tally in one.by_stage.items()},
        "whole": _pair(one.whole),
        "white": _pair(one.white),
        "overlap": _pair(one.overlap),
    }


def _pair(tally: Tally) -> tuple[int, int]:
    return tally.communes, tally.inhabitants


def _read(plain: dict[str, Any]) -> CoverageFigures:
    return CoverageFigures(
        day=dt.date.fromisoformat(plain["day"]),
        code=plain["code"],
        name=plain["name"],
        by_stage={Stage(stage): Tally(*pair) for stage, pair in plain["by_stage"].items()},
        whole=Tally(*plain["whole"]),
        white=Tally(*plain["white"]),
        overlap=Tally(*plain["overlap"]),
    )
