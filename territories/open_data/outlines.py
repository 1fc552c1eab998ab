"""The CPTS as GeoJSON: the outlines of their communes, merged into one."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import shapely
from django.db.models import Q
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from territories.models import Commune, CommuneShape, TerritoryCommune
from territories.open_data.files import LIMITS, cpts_records

_DECIMALS = 4  # ten metres: these outlines are simplified already
_WORDS = {
    CommuneShape.Origin.OFFICIAL: "officielles",
    CommuneShape.Origin.SCHEMATIC: "approchées",
}
_ABSENT = "absentes"
Outline = tuple[BaseGeometry, str]


def geojson(day: dt.date) -> bytes:
    """One feature for each CPTS; without outlines its geometry is empty, as the standard allows."""
    records = list(cpts_records(day))
    communes = _communes_by_cpts(day, [str(record["cpts"]) for record in records])
    outlines = _outlines()
    features = [
        _feature(record, [outlines[code] for code in communes[record["cpts"]] if code in outlines])
        for record in records
    ]
    content = {"type": "FeatureCollection", "features": features}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str).encode()


def _communes_by_cpts(day: dt.date, slugs: list[str]) -> Mapping[str, list[str]]:
    """CPTS → its communes on that day."""
    rows = (
        TerritoryCommune.objects.filter(
            Q(territory__replaced_on=None) | Q(territory__replaced_on__gt=day),
            territory__cpts__slug__in=slugs,
            territory__valid_from__lte=day,
        )
        .order_by("territory__cpts__slug", "commune_id")
        .values_list("territory__cpts__slug", "commune_id")
    )
    found: dict[str, list[str]] = defaultdict(list)
    for slug, code in rows:
        found[slug].append(code)
    return found


def _outlines() -> dict[str, Outline]:
    """Commune → its outline and its origin; an arrondissement without any has that of its city."""
    rows = CommuneShape.objects.values_list("pk", "coarse", "origin")
    found = {
        code: (shapely.from_wkb(bytes(binary)), _WORDS[CommuneShape.Origin(origin)])
        for code, binary, origin in rows.iterator()
    }
    parts = Commune.objects.exclude(parent=None).values_list("pk", "parent")
    return {**{part: found[city] for part, city in parts if city in found}, **found}


def _feature(record: dict[str, Any], outlines: Iterable[Outline]) -> dict[str, Any]:
    drawn = list(outlines)
    words = {words for _, words in drawn}
    limits = _ABSENT if not words else min(words)  # « approchées » as soon as one is
    return {
        "type": "Feature",
        "id": record["cpts"],
        "properties": {**record, LIMITS.name: limits},
        "geometry": _merged([shape for shape, _ in drawn]) if drawn else None,
    }


def _merged(shapes: list[BaseGeometry]) -> dict[str, Any]:
    whole = shapely.union_all(shapes)
    geometry: dict[str, Any] = mapping(whole)
    return {**geometry, "coordinates": _rounded(geometry["coordinates"])}


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates, float | int):
        return round(coordinates, _DECIMALS)
    return [_rounded(item) for item in coordinates]
