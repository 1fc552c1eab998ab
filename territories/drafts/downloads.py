"""A simulation as files: a CSV table for a spreadsheet, GeoJSON for a map."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from foundation.spreadsheet import csv_download
from territories.drafts.counted import Drafted
from territories.shares import format_share


def draft_csv(drafted: Drafted) -> HttpResponse:
    """A line for each commune, and what it counts in each vintage; empty where nobody knows."""
    header = ["Code INSEE", "Commune", "Département", "Part"]
    header += [f"Population {vintage}" for vintage in drafted.vintages]
    rows = (
        [commune.code, commune.name, commune.departement, format_share(commune.share)]
        + [commune.people(vintage) for vintage in drafted.vintages]
        for commune in drafted.communes
    )
    return csv_download("simulation-communes.csv", header, rows)


def draft_geojson(drafted: Drafted, shapes: Mapping[str, Any]) -> HttpResponse:
    """The outlines known, each with its commune; those without outline are named, not drawn."""
    features = [
        {
            "type": "Feature",
            "id": commune.code,
            "properties": {
                "code": commune.code,
                "nom": commune.name,
                "departement": commune.departement,
                "part": commune.share / 10_000,
                "population": commune.people(drafted.vintage),
                "millesime": drafted.vintage,
            },
            "geometry": shapes[commune.code].__geo_interface__,
        }
        for commune in drafted.communes
        if commune.code in shapes
    ]
    without = [commune.name for commune in drafted.communes if commune.code not in shapes]
    content = {"type": "FeatureCollection", "features": features, "sans_contour": without}
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    response = HttpResponse(text, content_type="application/geo+json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="simulation-communes.geojson"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
