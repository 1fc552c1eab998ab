"""The figures of France, kept until a territory, a stage or the reference data changes.

They read every commune at each date since 2019 (0.4 s with 840 CPTS), and the home page, the public
figures and the pilotage all begin with them.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from territories.areas import FRANCE, Area, AreaKind
from territories.coverage import CoverageFigures, Tally, figures_by_day_and_part
from territories.models import Stage, StagePeriod
from territories.renditions import content_of, rendition

_KEY = "chiffres/france"


@dataclass(frozen=True, slots=True)
class Facts:
    """The parts of an area on several days, and how many CPTS were at each stage."""

    by_day: dict[dt.date, list[CoverageFigures]]
    counts: dict[dt.date, dict[str, int]]


def facts_of(area: Area, days: Iterable[dt.date], counted: Iterable[dt.date]) -> Facts:
    """One query for the parts on all the days, one for the CPTS of the days `counted`."""
    by_day = figures_by_day_and_part(area, days, area.parts or AreaKind.DEPARTEMENT)
    return Facts(by_day, StagePeriod.objects.counted_on(counted, area.dossiers))


def facts_of_france(days: list[dt.date], today: dt.date) -> Facts:
    """The same for France on its usual days. Two queries once they are kept."""
    kept = rendition(
        _KEY,
        "application/json",
        lambda: _packed(facts_of(FRANCE, days, days)),
        depends_on=(today,),
    )
    return _unpacked(json.loads(content_of(kept)))


def _packed(facts: Facts) -> bytes:
    content = {
        "parts": [_row(part) for parts in facts.by_day.values() for part in parts],
        "counts": {day.isoformat(): counts for day, counts in facts.counts.items()},
    }
    return json.dumps(content).encode()


def _row(part: CoverageFigures) -> list[Any]:
    stages = {stage.value: _pair(tally) for stage, tally in part.by_stage.items()}
    tallies = [_pair(tally) for tally in (part.whole, part.white, part.overlap)]
    return [part.day.isoformat(), part.code, part.name, stages, *tallies, part.vintage]


def _pair(tally: Tally) -> list[int]:
    return [tally.communes, tally.inhabitants]


def _unpacked(content: dict[str, Any]) -> Facts:
    counts = {dt.date.fromisoformat(day): found for day, found in content["counts"].items()}
    by_day: dict[dt.date, list[CoverageFigures]] = {day: [] for day in counts}
    for day, code, name, stages, whole, white, overlap, vintage in content["parts"]:
        part = CoverageFigures(
            day=dt.date.fromisoformat(day),
            code=code,
            name=name,
            by_stage={Stage(stage): Tally(*pair) for stage, pair in stages.items()},
            whole=Tally(*whole),
            white=Tally(*white),
            overlap=Tally(*overlap),
            vintage=vintage,
        )
        by_day[part.day].append(part)
    return Facts(by_day, counts)
