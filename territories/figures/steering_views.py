"""Pilotage of coverage: figures of one's area, overlaps, white zones, what is to come; exports."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import Permission, SignedInRequest, needs
from foundation import clock
from foundation.htmx import render_page_or_part
from foundation.paging import CountedPaginator
from foundation.spreadsheet import table_download
from territories.areas import areas_read_by, cpam_areas
from territories.coverage import WhiteZone, overlaps, white_zone
from territories.figures import steering_tables
from territories.figures.forms import AreaDayForm
from territories.figures.pages import figures_page
from territories.models import Cpts
from territories.querysets import CptsQuerySet

PER_PAGE = 25
VIEWS = {
    "couverture": "Couverture",
    "chevauchements": "Chevauchements",
    "zones-blanches": "Zones blanches",
    "tailles": "Tailles",
    "a-venir": "À venir",
}
Context = dict[str, Any]


@needs(Permission.FIGURES_SEE)
@require_safe
def steering_coverage(request: SignedInRequest) -> HttpResponse:
    """Coverage of one's own area first; the data is public, so any other may be chosen."""
    view = request.GET.get("vue", "")
    view = view if view in VIEWS else "couverture"
    form = _form_of(request)
    context = {
        "form": form,
        "area": form.area,
        "day": form.day,
        # What is to come, and the sizes of today, have no other date.
        "is_today": view in {"a-venir", "tailles"} or form.day == clock.today(),
        "view": view,
        "views": VIEWS.items(),
        **_SHOWN[view](request, form),
    }
    return render_page_or_part(request, "territories/steering_coverage.html", "results", context)


@needs(Permission.FIGURES_SEE)
@require_safe
def steering_export(request: SignedInRequest, table: str, kind: str) -> HttpResponse:
    """One table of the page, all its rows, for a spreadsheet."""
    if table not in steering_tables.TABLES:
        raise Http404
    form = _form_of(request)
    header, rows_of = steering_tables.TABLES[table]
    rows = rows_of(form.area, form.day, _upcoming(request, form))
    name = f"{table}-{form.area.slug}-{form.day.isoformat()}"
    return table_download(kind, name, header, rows)


def _form_of(request: SignedInRequest) -> AreaDayForm:
    districts = cpam_areas()
    return AreaDayForm(request.GET, own=areas_read_by(request.user, districts), districts=districts)


def _coverage(request: SignedInRequest, form: AreaDayForm) -> Context:
    return {"figures": figures_page(form.area, form.day, clock.today())}


def _overlaps(request: SignedInRequest, form: AreaDayForm) -> Context:
    places = overlaps(form.area, form.day)
    return {
        "page": Paginator(places, PER_PAGE).get_page(request.GET.get("page")),
        "twice": sum(place.inhabitants_counted_twice for place in places),
    }


def _white(request: SignedInRequest, form: AreaDayForm) -> Context:
    number = _number(request)
    zone = _white_page(form, number)
    if not zone.places and number > 1:  # beyond the end
        number, zone = 1, _white_page(form, 1)
    paginator = CountedPaginator(zone.places, PER_PAGE, zone.whole.communes)
    return {"page": Page(zone.places, number, paginator), "whole": zone.whole}


def _white_page(form: AreaDayForm, number: int) -> WhiteZone:
    return white_zone(form.area, form.day, limit=PER_PAGE, skip=(number - 1) * PER_PAGE)


def _sizes(request: SignedInRequest, form: AreaDayForm) -> Context:
    changes = steering_tables.sizes_of(form.area)
    page = Paginator(changes, PER_PAGE).get_page(request.GET.get("page"))
    return {"page": page, "vintage": changes[0].vintage if changes else None}


def _to_come(request: SignedInRequest, form: AreaDayForm) -> Context:
    page = Paginator(_upcoming(request, form), PER_PAGE).get_page(request.GET.get("page"))
    return {"page": page, "reads_dossiers": Permission.DOSSIER_SEE in request.user.permissions}


def _upcoming(request: SignedInRequest, form: AreaDayForm) -> CptsQuerySet:
    """Handed over to this authority and not yet known to the public."""
    seen = Cpts.objects.visible_to(request.user).not_yet_public().in_area(form.area)
    return seen.with_header().order_by("search_name", "pk")


def _number(request: SignedInRequest) -> int:
    text = request.GET.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 6 else 1


_SHOWN: dict[str, Callable[[SignedInRequest, AreaDayForm], Context]] = {
    "couverture": _coverage,
    "chevauchements": _overlaps,
    "zones-blanches": _white,
    "tailles": _sizes,
    "a-venir": _to_come,
}
