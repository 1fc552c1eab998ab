"""Procedures of the regions: their dated versions, for the administrators of the portal."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Permission, SignedInRequest, needs
from foundation import clock
from projects import actions
from projects.models import Procedure
from projects.procedure_forms import ProcedureForm
from records.idempotency import once


@needs(Permission.PORTAL_ADMINISTER)
@require_safe
def procedures(request: SignedInRequest) -> HttpResponse:
    """Every version, region after region, the newest first."""
    rows = list(Procedure.objects.visible_to(request.user).with_running().in_rooms())
    today = clock.today()
    in_force: dict[str | None, int] = {}
    for row in rows:
        if row.effective_from <= today:
            in_force.setdefault(row.region_id, row.pk)
    context = {"rows": rows, "in_force": set(in_force.values()), "today": today}
    return render(request, "projects/procedures.html", context)


@needs(Permission.PORTAL_ADMINISTER)
@require_safe
def procedure(request: SignedInRequest, code: str) -> HttpResponse:
    """One version: opinions in their order, form of the decision, delays, source."""
    return render(request, "projects/procedure.html", {"procedure": _fetch(request, code)})


@needs(Permission.PORTAL_ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def new_procedure_version(request: SignedInRequest, code: str) -> HttpResponse:
    """A version that begins another day, filled with this one; first what it changes, then it."""
    base = _fetch(request, code)
    form = ProcedureForm(base, request.POST if request.method == "POST" else None)
    preview: list[Procedure] = []
    if form.is_valid():
        if request.POST.get("then") == "preview":
            form.run(lambda: preview.append(actions.drafted_version(**form.columns)))
        elif form.run(lambda: actions.open_procedure_version(**form.columns, by=request.user)):
            messages.success(
                request, "La nouvelle version est créée. Les dossiers en cours gardent la leur."
            )
            return redirect("projects:procedures")
    context = {
        "procedure": base,
        "form": form,
        "drafted": preview[0] if preview else None,
        "changes": preview[0].changes_from(base) if preview else [],
    }
    return render(request, "projects/new_procedure.html", context)


def _fetch(request: SignedInRequest, code: str) -> Procedure:
    seen = Procedure.objects.visible_to(request.user).with_running().in_rooms()
    found: Procedure = get_object_or_404(seen, code=code)
    return found
