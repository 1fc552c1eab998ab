"""« Essayer un barème »: what the next avenant or newer populations would cost; nothing kept."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Permission, SignedInRequest, needs
from aci.contract_funding import stored_grids
from aci.grid import Grid, grid_in_force
from aci.projection.cases import cases_of
from aci.projection.costs import Projection, project
from aci.projection.draft_grid import HEADER, grid_rows, read_draft_grid
from aci.projection.forms import GridTrialForm
from foundation import clock
from foundation.refusal import Refused
from foundation.spreadsheet import Cell, table_download
from territories.areas import areas_read_by, cpam_areas
from territories.models import Population

SHOWN = 15  # CPTS named on each side; the export names them all


@needs(Permission.GRID_TRY)
@require_http_methods(["GET", "HEAD", "POST"])
def try_grid(request: SignedInRequest) -> HttpResponse:
    """The form, and under it what its content would cost. A post that writes nothing."""
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = GridTrialForm(
        *posted, own=areas_read_by(request.user, cpam_areas()), vintages=_vintages()
    )
    grids = stored_grids()
    context: dict[str, Any] = {"in_force": grid_in_force(clock.today(), grids)}
    if posted and form.is_valid():
        projection = _project(request, form, grids)
        if projection is not None:
            if kind := request.POST.get("export"):
                return _download(kind, projection)
            form = form.with_its_lines()
            context |= _shown(projection, form)
    context["form"] = form
    return render(request, "aci/try_grid.html", context)


@needs(Permission.GRID_TRY)
@require_safe
def grid_in_force_file(request: SignedInRequest, kind: str) -> HttpResponse:
    """The amounts in force, to be changed in a spreadsheet and tried."""
    grid = grid_in_force(clock.today(), stored_grids())
    return table_download(kind, f"bareme-{grid.code.lower()}", HEADER, grid_rows(grid))


def _project(request: SignedInRequest, form: Any, grids: tuple[Grid, ...]) -> Projection | None:
    """None when the grid that is tried cannot pay: its form then says why."""
    asked = form.cleaned_data
    found: list[Projection] = []

    def compute() -> None:
        text, day = asked["text"], asked["from_day"]
        base = grid_in_force(day, grids)
        tried = read_draft_grid(text, base, effective_from=day) if text.strip() else None
        cases = cases_of(request.user, form.area, vintage=asked["vintage"], day=day)
        if not cases:
            raise Refused("Aucun contrat n’est en vigueur dans ce périmètre.")
        found.append(project(cases, grids=grids, tried=tried, from_day=day))

    return found[0] if form.run(compute) else None


def _shown(projection: Projection, form: Any) -> dict[str, Any]:
    winners, losers = projection.winners, projection.losers
    return {
        "projection": projection,
        "years": [(str(year), pair) for year, pair in projection.by_year.items()],
        "missions": [(code.label, pair) for code, pair in projection.by_mission.items()],
        "sizes": [(f"Taille {size}", pair) for size, pair in projection.by_size.items()],
        "winners": winners[:SHOWN],
        "losers": losers[:SHOWN],
        "winner_count": len(winners),
        "loser_count": len(losers),
    }


def _download(kind: str, projection: Projection) -> HttpResponse:
    years = list(projection.by_year)
    header = ["CPTS", "Département", "Taille du contrat", "Taille à l’essai"]
    header += [f"{year}, {word}" for year in years for word in ("en vigueur", "à l’essai")]
    header += ["Total en vigueur", "Total à l’essai", "Écart"]
    kind = kind if kind in {"csv", "xlsx"} else "csv"
    return table_download(
        kind, f"essai-de-bareme-{clock.today()}", header, _rows(projection, years)
    )


def _rows(projection: Projection, years: list[int]) -> Iterator[list[Cell]]:
    for result in projection.results:
        total = result.total
        amounts: list[Cell] = []
        for year in years:
            pair = result.by_year.get(year)
            amounts += [pair.now, pair.tried] if pair else ["", ""]
        yield [
            result.case.name,
            result.case.departement,
            result.case.size,
            result.new_size,
            *amounts,
            total.now,
            total.tried,
            total.change,
        ]


def _vintages() -> list[int]:
    known = Population.objects.order_by("-vintage").values_list("vintage", flat=True).distinct()
    return list(known)
