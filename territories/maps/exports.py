"""The map as files: a picture, a compact JSON and the rows of a CSV."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from foundation.spreadsheet import Cell
from territories.areas import FRANCE, Area
from territories.coverage import Place, every_place
from territories.maps.compact import who_covers_what
from territories.maps.picture import stand_alone
from territories.maps.sheets import VERSION, kept_key, map_sheet
from territories.models import Rendition
from territories.renditions import SMALLEST, rendition
from territories.shares import format_share

COLUMNS = ["code", "commune", "departement", "habitants", "cpts", "nom_cpts", "part", "etape"]


def kept_picture(area: Area, day: dt.date, colouring: str) -> Rendition:
    """The drawing of the page, as an SVG file with its own colours."""
    return rendition(
        f"{kept_key('image', area, day)}:{colouring}",
        "image/svg+xml",
        lambda: stand_alone(map_sheet(area, day).svg, colouring=colouring),
        depends_on=(day, VERSION),
    )


def kept_coverage(day: dt.date) -> Rendition:
    """Who covers what in France."""
    return rendition(
        kept_key("couverture", FRANCE, day),
        "application/json",
        lambda: who_covers_what(every_place(FRANCE, day), day),
        depends_on=(day, VERSION),
        quality=SMALLEST,
    )


def rows_of_csv(area: Area, day: dt.date, table: str = "") -> Iterator[list[Cell]]:
    """A row for each place and CPTS; an empty CPTS where the land is white."""
    for place in every_place(area, day):
        if _belongs(place, table):
            yield from _rows(place)


def _belongs(place: Place, table: str) -> bool:
    wanted = {
        "cpts": bool(place.coverers),
        "chevauchements": place.is_overlap,
        "blanches": not place.coverers,
    }
    return wanted.get(table, True)


def _rows(place: Place) -> Iterator[list[Cell]]:
    known: list[Cell] = [place.code, place.name, place.departement, place.inhabitants]
    if not place.coverers:
        yield [*known, "", "", "", ""]
    for one in place.coverers:
        yield [*known, one.slug, one.name, format_share(one.share), one.stage.label]
