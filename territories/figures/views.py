"""Public figures: how much of France CPTS cover, where, at which stage, since when."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import public
from foundation import clock
from foundation.htmx import render_page_or_part
from territories.figures.forms import AreaDayForm
from territories.figures.pages import figures_page


@public
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """France by région, a région by département, a département by EPCI, on any day since 2019."""
    form = AreaDayForm(request.GET)
    page = figures_page(form.area, form.day, clock.today())
    context = {"form": form, "figures": page}
    return render_page_or_part(request, "territories/figures.html", "results", context)
