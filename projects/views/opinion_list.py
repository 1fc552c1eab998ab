"""Every opinion asked for on the files being examined, for those who instruct."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import Permission, SignedInRequest, needs
from foundation import clock
from foundation.htmx import render_page_or_part
from foundation.paging import page_of
from foundation.spreadsheet import Cell, csv_stream
from projects.filters import OpinionFilter
from projects.models import OpinionRequest

EXPORT_HEADER = [
    "Référence",
    "CPTS",
    "Département",
    "Dépôt",
    "Organisme",
    "Avis demandé",
    "État",
    "Invité le",
    "Attendu pour le",
    "En retard",
    "Donné le",
    "Sens de l’avis",
    "Total",
    "Sur",
]


@needs(Permission.OPINION_READ)
@require_safe
def opinion_list(request: SignedInRequest) -> HttpResponse:
    """Those awaited, late ones at the top; then the others."""
    filters = OpinionFilter(request.GET, queryset=_followed(request))
    shown = OpinionRequest.objects.with_opinion()
    page = page_of(filters.qs, request.GET.get("page"), shown=shown)
    context = {"filters": filters, "page": page}
    return render_page_or_part(request, "projects/opinion_list.html", "results", context)


@needs(Permission.OPINION_READ)
@require_safe
def opinion_list_export(request: SignedInRequest) -> HttpResponse:
    """The same rows, all of them, for a spreadsheet."""
    filters = OpinionFilter(request.GET, queryset=_followed(request).with_opinion())
    name = f"avis-cpts-{clock.today().isoformat()}.csv"
    return csv_stream(name, EXPORT_HEADER, (_row(item) for item in filters.qs.iterator(500)))


def _followed(request: SignedInRequest) -> Any:
    return OpinionRequest.objects.readable_by(request.user).awaited_first()


def _row(item: Any) -> list[Cell]:
    cpts = item.filing.cpts
    return [
        cpts.reference,
        cpts.name,
        cpts.departement_id,
        item.filing.get_kind_display(),
        item.body,
        item.label,
        item.get_state_display(),
        _day(item.invited_at),
        item.due_on,
        "oui" if item.is_late else "non",
        _day(item.given_at),
        item.recommendation_label,
        item.points,
        item.out_of,
    ]


def _day(moment: Any) -> Cell:
    return moment.astimezone(clock.PARIS).date() if moment else None
