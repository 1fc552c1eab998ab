"""Open data: the page that describes the files, and the files, made once and kept."""

import datetime as dt
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import public
from foundation import clock
from territories.figures.forms import AreaDayForm
from territories.figures.pages import year_ends
from territories.models import StagePeriod
from territories.open_data.files import CPTS_COLUMNS, FILES, LIMITS
from territories.open_data.outlines import geojson
from territories.renditions import answer, rendition, unkept

CSV, GEOJSON = "text/csv; charset=utf-8", "application/geo+json"
BAD_DAY = "La date s’écrit AAAA-MM-JJ, du 2019-01-01 à aujourd’hui."


@public
@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    """What the files hold, their licence, their sources, and what each column means."""
    context = {
        "files": FILES.values(),
        "outline_columns": (*CPTS_COLUMNS, LIMITS),
        "updated_at": StagePeriod.objects.last_change(),
    }
    return render(request, "territories/open_data.html", context)


@public
@require_safe
def open_data_table(request: HttpRequest, name: str) -> HttpResponse:
    """A CSV file: as of today, or of `?date=`."""
    file = FILES.get(name)
    if file is None:
        raise Http404
    return _served(request, f"{name}.csv", CSV, file.content)


@public
@require_safe
def open_data_outlines(request: HttpRequest) -> HttpResponse:
    """The CPTS as GeoJSON, as of today or of `?date=`."""
    return _served(request, "cpts.geojson", GEOJSON, lambda day: geojson(day or clock.today()))


def _served(
    request: HttpRequest, name: str, media_type: str, make: Callable[[dt.date | None], bytes]
) -> HttpResponse:
    """Kept for today and the ends of years; other days are made each time, and fill no table."""
    form = AreaDayForm({"date": request.GET.get("date", "")})
    if form.errors:
        return HttpResponseBadRequest(BAD_DAY, content_type="text/plain; charset=utf-8")
    day = form.cleaned_data["date"]
    if day is None or day in year_ends(clock.today()):
        key, depends_on = f"donnees/{name}/{day or ''}", (clock.today(), day)
        made = rendition(key, media_type, lambda: make(day), depends_on=depends_on)
    else:
        made = unkept(media_type, make(day))
    response = answer(request, made)
    response["Access-Control-Allow-Origin"] = "*"  # other sites may read it in a browser
    response["X-Content-Type-Options"] = "nosniff"
    return response
