"""Public pages: find a commune and its CPTS, the list of CPTS, the page of one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.access import public
from foundation.htmx import is_part, render_page_or_part
from foundation.paging import page_of
from territories.filters import CptsFilter
from territories.models import Commune, Cpts
from territories.search import find_communes

SUGGESTIONS = 8
RESULTS = 50


@public
@require_safe
def commune_search(request: HttpRequest) -> HttpResponse:
    """Communes by name, postal code or INSEE code; htmx gets a few suggestions, others the page."""
    text = request.GET.get("q", "")
    results = find_communes(text, limit=SUGGESTIONS if is_part(request) else RESULTS)
    if results.only_one and not is_part(request):
        return redirect(results.only_one)
    context = {"results": results, "text": text}
    return render_page_or_part(request, "territories/commune_search.html", "suggestions", context)


@public
@require_safe
def commune(request: HttpRequest, insee_code: str) -> HttpResponse:
    """Which CPTS covers this commune, its population by vintage, its ARS and CPAM."""
    found = get_object_or_404(Commune.objects.with_places(), insee_code=insee_code)
    context = {
        "commune": found,
        "covering": Cpts.objects.standing().covering(found).with_card().order_by("name"),
        "populations": found.populations.order_by("-vintage"),
    }
    return render(request, "territories/commune.html", context)


@public
@require_safe
def cpts_list(request: HttpRequest) -> HttpResponse:
    """Every public CPTS, filtered and sorted by the address bar."""
    filters = CptsFilter(request.GET, queryset=Cpts.objects.public())
    rows = Cpts.objects.with_card()
    page = page_of(filters.qs, request.GET.get("page"), shown=rows)
    context = {"filters": filters, "page": page}
    return render_page_or_part(request, "territories/cpts_list.html", "results", context)


@public
@require_safe
def cpts(request: HttpRequest, slug: str) -> HttpResponse:
    """One CPTS as the public sees it: territory, stage with its date, contact, the way to join."""
    found = get_object_or_404(Cpts.objects.public().with_header(), slug=slug)
    rows = found.territory.communes.with_commune() if found.territory else []
    return render(request, "territories/cpts.html", {"cpts": found, "rows": rows})
