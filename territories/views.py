"""Public pages: find a commune and its CPTS, the list of CPTS, the page of one."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.access import public
from foundation import clock
from foundation.htmx import is_part, render_page_or_part
from foundation.paging import page_of
from territories.aggregates import read_figures
from territories.commune_cover import covers_around
from territories.contacts import bodies_of
from territories.filters import CptsFilter
from territories.maps.kept import kept_commune_map, kept_cpts_map
from territories.models import Commune, Cpts, Succession, TerritoryCommune
from territories.overview import Overview, overview_of
from territories.search import find_communes, former_commune
from territories.successions import told_of
from territories.versions import epci_parts, people_by_vintage, versions_of

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
    """Which CPTS cover this commune, since when, its neighbours, its ARS and CPAM."""
    found = Commune.objects.with_places().with_figures().coded(insee_code).first()
    if found is None or found.successor:
        return _to_commune_of_today(request, insee_code, found)
    today = clock.today()
    covered, neighbours = covers_around(found.pk, today)
    context = {
        "commune": found,
        "covered": covered,
        "past": [cover for cover in covered.history if not cover.holds_on(today)]
        if covered
        else [],
        "neighbours": neighbours,
        "bodies": bodies_of(found.departement.region, found.departement, found.cpam_district),
        "drawing": kept_commune_map(found),
        "populations": sorted(read_figures(found.figures).items(), reverse=True),
    }
    return render(request, "territories/commune.html", context)


def _to_commune_of_today(
    request: HttpRequest, insee_code: str, vanished: Commune | None
) -> HttpResponse:
    """A commune that merged or a code that changed leads to what it has become."""
    became = former_commune(insee_code, vanished)
    if became is None:
        raise Http404
    name, current = became
    messages.info(request, f"{name} ({insee_code}) est devenue {current.name}.")
    return redirect(current)


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
    """One CPTS as the public sees it: territory and its versions, missions, contacts, figures."""
    public_cpts = Cpts.objects.public().with_header().with_contacts().with_public_since()
    found = get_object_or_404(public_cpts, slug=slug)
    versions = versions_of(found, TerritoryCommune.objects.of_versions(found))
    rows = next((item.rows for item in versions if item.territory.pk == found.territory_id), [])
    context = {
        "cpts": found,
        "rows": rows,
        "versions": versions if len(versions) > 1 else [],
        "epcis": epci_parts(rows),
        "overview": _overview(found, rows),
        "bodies": bodies_of(found.region, found.departement, found.cpam_district),
        "successions": told_of(found, Succession.objects.around(found)),
    }
    return render(request, "territories/cpts.html", context)


@public
@require_safe
def cpts_map(request: HttpRequest, slug: str) -> HttpResponse:
    """Its communes and those around, drawn: embedded in its page, or a page of its own."""
    found = get_object_or_404(Cpts.objects.public().with_header(), slug=slug)
    context = {"cpts": found, "drawing": kept_cpts_map(found)}
    return render_page_or_part(request, "territories/cpts_map.html", "drawn", context)


def _overview(found: Cpts, rows: list[TerritoryCommune]) -> Overview | None:
    if found.territory is None or not rows:
        return None
    return overview_of(found.territory, people_by_vintage(rows), clock.today())
