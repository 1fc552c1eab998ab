"""Pilotage of the money: foreseen, engaged, paid, left of one's area; missions that start late."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import Permission, SignedInRequest, needs
from aci.payments.envelopes import Envelopes, contracts_steered_by, read_envelopes
from cpts_portal.steering_funding_forms import FundingFilterForm
from foundation import clock
from foundation.htmx import render_page_or_part
from foundation.spreadsheet import Cell, table_download
from missions.alerts import LateStart, late_starts

PER_PAGE = 25
VIEWS = {"enveloppes": "Enveloppes", "retards": "Missions en retard"}
LATE_HEADER = [
    "CPTS",
    "Référence",
    "Département",
    "Mission",
    "Signature du contrat",
    "Démarrage prévu",
    "Démarrage au plus tard",
    "Jours de retard",
]


@needs(Permission.FIGURES_SEE)
@require_safe
def steering_funding(request: SignedInRequest) -> HttpResponse:
    """The envelopes of the area by whatever part, or the missions that start late."""
    contracts = contracts_steered_by(request.user)
    form = FundingFilterForm(request.GET, contracts=contracts)
    view = request.GET.get("vue", "")
    view = view if view in VIEWS else "enveloppes"
    context: dict[str, Any] = {
        "form": form,
        "view": view,
        "views": VIEWS.items(),
        "reads_dossiers": Permission.DOSSIER_SEE in request.user.permissions,
    }
    if view == "retards":
        rows: list[Any] = _late_starts(request, form)
    else:
        found = read_envelopes(contracts, form.asked, request.user)
        rows = found.rows(form.grouping)
        context |= {"envelopes": found, "total": found.total, "grouping": form.grouping}
    context["page"] = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render_page_or_part(request, "portal/steering_funding.html", "results", context)


@needs(Permission.FIGURES_SEE)
@require_safe
def steering_funding_export(request: SignedInRequest, table: str, kind: str) -> HttpResponse:
    """The same rows, all of them, for a spreadsheet."""
    if table not in VIEWS:
        raise Http404
    contracts = contracts_steered_by(request.user)
    form = FundingFilterForm(request.GET, contracts=contracts)
    name = f"financement-{table}-{clock.today().isoformat()}"
    if table == "retards":
        late = _late_starts(request, form)
        return table_download(kind, name, LATE_HEADER, (_late_row(one) for one in late))
    found = read_envelopes(contracts, form.asked, request.user)
    header = [
        form.grouping.label,
        "Précision",
        "Prévu",
        "Engagé",
        "Dans un ordre",
        "Versé",
        "Reste",
    ]
    return table_download(kind, name, [*header, "Barème"], _envelope_rows(found, form))


def _late_starts(request: SignedInRequest, form: FundingFilterForm) -> list[LateStart]:
    asked = form.asked
    return late_starts(request.user, concerns=asked.concerns, mission=asked.mission)


def _envelope_rows(found: Envelopes, form: FundingFilterForm) -> Iterator[list[Cell]]:
    status = "à confirmer" if found.is_to_confirm else "confirmé"
    for row in found.rows(form.grouping):
        money = row.money
        yield [
            row.label,
            row.detail or row.key,
            money.foreseen,
            money.engaged,
            money.ordered,
            money.paid,
            money.left,
            status,
        ]
    if found.outside.foreseen:
        out = found.outside
        yield ["Hors barème", "", out.foreseen, out.engaged, out.ordered, out.paid, out.left, ""]


def _late_row(late: LateStart) -> list[Cell]:
    return [
        late.cpts.name,
        late.cpts.reference,
        late.cpts.departement.name,
        late.mission.label,
        late.contract.signed_on,
        late.mission.start_day,
        late.start_by,
        late.days,
    ]
