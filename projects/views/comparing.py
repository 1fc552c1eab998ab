"""The sendings of a letter or of a project: their list, and what changed between two of them."""

from itertools import pairwise
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.access import Permission, SignedInRequest, needs
from projects.comparison import compare
from projects.models import Filing, Kind, Submission
from projects.pages import page_url
from projects.paths import SendingConverter
from projects.views.reading import TABS, fetch

Number = tuple[int, int]


@needs(Permission.DOSSIER_SEE)
@require_safe
def versions(request: SignedInRequest, reference: str, kind: Kind) -> HttpResponse:
    """Every sending, newest first; two of them chosen lead to their differences."""
    filing = fetch(request, reference, kind)
    rows = list(_sendings(request, reference, kind).newest_first())
    if "avant" in request.GET or "apres" in request.GET:
        chosen = [request.GET.get(name, "") for name in ("avant", "apres")]
        known = {row.label for row in rows}
        if set(chosen) <= known:
            before, after = (SendingConverter().to_python(text) for text in chosen)
            return redirect("projects:compare", reference, kind, before, after)
    context = {
        **_frame(filing, kind),
        "rows": rows,
        "pairs": list(pairwise(rows)),
    }
    return render(request, "projects/versions.html", context)


@needs(Permission.DOSSIER_SEE)
@require_safe
def compare_versions(
    request: SignedInRequest, reference: str, kind: Kind, before: Number, after: Number
) -> HttpResponse:
    """Question by question, then the communes and the pieces."""
    filing = fetch(request, reference, kind)
    found = {row.place: row for row in _sendings(request, reference, kind).at(before, after)}
    if {before, after} - found.keys():
        raise Http404
    old, new = found[before], found[after]
    context = {
        **_frame(filing, kind),
        "old": old,
        "new": new,
        "comparison": compare(old.sent, new.sent, new.filing.outline),
    }
    return render(request, "projects/compare.html", context)


def _sendings(request: SignedInRequest, reference: str, kind: Kind) -> Any:
    seen = Submission.objects.visible_to(request.user).of_dossier(reference)
    return seen.filter(filing__kind=kind).select_related("filing", "submitted_by")


def _frame(filing: Filing, kind: Kind) -> dict[str, Any]:
    return {"filing": filing, "cpts": filing.cpts, "tab": TABS[kind], "page_url": page_url(filing)}
