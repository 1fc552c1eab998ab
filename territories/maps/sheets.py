"""What the page of a map shows, kept ready: the picture, the figures and the rows of its table.

A visit costs two queries and no drawing. What is kept is bounded: the end of each past year and
today, for France, régions, départements and CPAM; for any other day, and for the EPCI, the last one
asked for.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from foundation import clock
from territories.areas import Area, AreaKind
from territories.coverage import (
    FIRST_YEAR,
    CoverageFigures,
    Place,
    every_place,
    figures,
    figures_by_part,
)
from territories.maps.colours import stage_class
from territories.maps.drawing import area_map
from territories.maps.rows import cpts_rows, named
from territories.models import Rendition, Stage, Territory
from territories.renditions import content_of, rendition

VERSION = 2  # of the drawing: change it when the same data is drawn otherwise
_JSON = "application/json"


def kept_key(kind: str, area: Area, day: dt.date) -> str:
    """« carte:region-32:2021 », « carte:france:aujourd-hui », « carte:france:libre »."""
    if area.kind is AreaKind.EPCI:
        moment = "libre"
    elif day == clock.today():
        moment = "aujourd-hui"
    elif day.year >= FIRST_YEAR and (day.month, day.day) == (12, 31):
        moment = str(day.year)
    else:
        moment = "libre"
    return f"{kind}:{area.slug}:{moment}"


@dataclass(frozen=True)
class MapSheet:
    """One map with its table twin, as plain values."""

    svg: SafeString
    is_schematic: bool
    is_empty: bool
    has_numbers: bool
    is_completed: bool  # some communes are in no document: they were added plausibly
    figures: dict[str, Any]
    cpts: list[dict[str, Any]]
    overlaps: list[dict[str, Any]]
    white: list[dict[str, Any]]
    parts: list[dict[str, Any]]


def map_sheet(area: Area, day: dt.date) -> MapSheet:
    """The kept sheet when it is still true, else a new one."""
    return _read(content_of(kept_sheet(area, day)))


def kept_sheet(area: Area, day: dt.date) -> Rendition:
    """The row that keeps it."""
    key = kept_key("carte", area, day)
    return rendition(key, _JSON, lambda: _make(area, day), depends_on=(day, VERSION))


def _read(content: bytes) -> MapSheet:
    values = json.loads(content)
    # Made by `area_map` of escaped words, and read back from our own table.
    return MapSheet(**{**values, "svg": SafeString(values["svg"])})


def _make(area: Area, day: dt.date) -> bytes:
    places = every_place(area, day)
    drawn = area_map(area, day, places=places)
    parts = figures_by_part(area, day)
    values = {
        "svg": str(drawn.svg),
        "is_schematic": drawn.is_schematic,
        "is_empty": drawn.is_empty,
        "has_numbers": "map-number" in drawn.svg,
        "is_completed": _is_completed(places, day),
        "figures": _totals(parts or [figures(area, day)]),
        "cpts": _cpts(places),
        "overlaps": _overlaps(places),
        "white": _white(places),
        "parts": _parts(area, parts),
    }
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def _is_completed(places: list[Place], day: dt.date) -> bool:
    """True when the territory of one of these CPTS holds communes that no document names."""
    holders = {coverer.pk for place in places for coverer in place.coverers}
    completed = Territory.objects.filter(is_completed=True, valid_from__lte=day)
    in_use = completed.exclude(replaced_on__lte=day).values_list("cpts_id", flat=True)
    return not holders.isdisjoint(in_use)


def _totals(parts: list[CoverageFigures]) -> dict[str, Any]:
    """The figures of the whole, from those of its parts."""
    stages = {
        stage: [
            sum(part.by_stage[stage].communes for part in parts if stage in part.by_stage),
            sum(part.by_stage[stage].inhabitants for part in parts if stage in part.by_stage),
        ]
        for stage in Stage
        if any(stage in part.by_stage for part in parts)
    }
    whole = {
        name: [
            sum(getattr(part, name).communes for part in parts),
            sum(getattr(part, name).inhabitants for part in parts),
        ]
        for name in ("whole", "covered", "white", "overlap")
    }
    rows = [
        {"label": Stage(stage).label, "class": stage_class(stage), "communes": c, "inhabitants": i}
        for stage, (c, i) in stages.items()
    ]
    return {**whole, "rates": _rates(whole["covered"], whole["whole"]), "stages": rows}


def _rates(covered: list[int], whole: list[int]) -> list[float]:
    """Per cent of communes and of inhabitants, to one decimal."""
    return [
        round(100 * part / total, 1) if total else 0.0
        for part, total in zip(covered, whole, strict=True)
    ]


def _cpts(places: list[Place]) -> list[dict[str, Any]]:
    return [
        {
            "number": row.number,
            "slug": row.slug,
            "name": row.name,
            "stage": row.stage.label,
            "class": stage_class(row.stage),
            "communes": row.communes,
            "inhabitants": row.inhabitants,
        }
        for row in cpts_rows(places)
    ]


def _overlaps(places: list[Place]) -> list[dict[str, Any]]:
    found = [place for place in places if place.is_overlap]
    found.sort(key=lambda place: (-place.inhabitants_counted_twice, place.code))
    return [
        {
            **_place(place),
            "cpts": named(place.coverers),
            "counted_twice": place.inhabitants_counted_twice,
        }
        for place in found
    ]


def _white(places: list[Place]) -> list[dict[str, Any]]:
    found = [place for place in places if not place.coverers]
    return [
        _place(place) for place in sorted(found, key=lambda place: (-place.inhabitants, place.code))
    ]


def _place(place: Place) -> dict[str, Any]:
    return {
        "code": place.code,
        "name": place.name,
        "departement": place.departement,
        "inhabitants": place.inhabitants,
    }


def _parts(area: Area, parts: list[CoverageFigures]) -> list[dict[str, Any]]:
    """The smaller areas to go to, with their rates; communes without EPCI are no area."""
    return [
        {
            "slug": f"{area.parts}-{part.code}",
            "name": part.name,
            "rates": [round(100 * part.commune_rate, 1), round(100 * part.inhabitant_rate, 1)],
            "white": part.white.communes,
        }
        for part in parts
        if part.code
    ]
