"""The map of coverage: the page, the picture alone, and the same facts as files."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from accounts.access import public
from foundation.htmx import render_page_or_part
from foundation.spreadsheet import csv_download
from territories.areas import FRANCE, Area, AreaKind
from territories.maps.asked import Asked, asked
from territories.maps.exports import COLUMNS, kept_coverage, kept_picture, rows_of_csv
from territories.maps.sheets import MapSheet, map_sheet
from territories.places import (
    departement_choices,
    departement_regions,
    region_choices,
    region_names,
)
from territories.renditions import answer

ROWS = 50


@public
@require_safe
@gzip_page  # a map is a hundred kilobytes of digits; what varies by person is masked by Django
def coverage_map(request: HttpRequest) -> HttpResponse:
    """Who covers what at a date, drawn and in a table; htmx gets the map without the form."""
    wanted = asked(request.GET.dict())
    sheet = map_sheet(wanted.area, wanted.day)
    context = {
        "asked": wanted,
        "sheet": sheet,
        "page": _table(request, wanted, sheet),
        "upwards": _upwards(wanted.area),
        "regions": region_choices(),
        "departements": departement_choices(),
    }
    return render_page_or_part(request, "territories/map.html", "drawn", context)


@public
@require_safe
def map_image(request: HttpRequest) -> HttpResponse:
    """The drawing alone, for an `<img>`."""
    wanted = asked(request.GET.dict())
    return answer(request, kept_picture(wanted.area, wanted.day, wanted.colouring))


@public
@require_safe
def coverage_json(request: HttpRequest) -> HttpResponse:
    """Who covers what in all of France, in few bytes."""
    return answer(request, kept_coverage(asked(request.GET.dict()).day))


@public
@require_safe
def coverage_csv(request: HttpRequest) -> HttpResponse:
    """The places of an area with the CPTS that hold them; `tableau` keeps some of them only."""
    wanted = asked(request.GET.dict())
    kept = wanted.table if "tableau" in request.GET else ""
    name = f"couverture-{wanted.area.slug}-{wanted.day.isoformat()}.csv"
    return csv_download(name, COLUMNS, rows_of_csv(wanted.area, wanted.day, kept))


def _table(request: HttpRequest, wanted: Asked, sheet: MapSheet) -> Any:
    """The page asked for of the chosen table."""
    rows = {"cpts": sheet.cpts, "chevauchements": sheet.overlaps, "blanches": sheet.white}
    number = request.GET.get("page", "")[:6]
    return Paginator(rows[wanted.table], ROWS).get_page(number)


def _upwards(area: Area) -> list[Area]:
    """The larger areas that hold this one, the largest first."""
    if area.kind is AreaKind.FRANCE:
        return []
    region = departement_regions().get(area.code, "")
    name = region_names().get(region, "")
    if area.kind is not AreaKind.DEPARTEMENT or name in {"", area.name}:  # La Réunion is both
        return [FRANCE]
    return [FRANCE, Area(AreaKind.REGION, region, name)]
