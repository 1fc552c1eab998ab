"""The territory of a dossier: everybody's page, and the holders' editor."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, SignedInRequest, needs
from foundation import clock
from foundation.htmx import render_page_or_part
from foundation.templatetags.french import number, plural
from territories import editing
from territories.actions import population_by_vintage
from territories.forms import PasteForm, VintageForm
from territories.models import Commune, Cpts
from territories.overview import Overview, overview_of
from territories.scopes import permissions_on

RESULTS = 20


@needs(Permission.DOSSIER_SEE, Permission.SHARED_SEE)
@require_safe
def dossier_territory(request: SignedInRequest, reference: str) -> HttpResponse:
    """Communes, population by vintage, size and distance to the next threshold."""
    visible = Cpts.objects.visible_to(request.user, Permission.DOSSIER_SEE, Permission.SHARED_SEE)
    cpts = get_object_or_404(visible.with_header(), reference=reference)
    writes = Permission.FILING_WRITE in permissions_on(request.user, cpts)
    context = {
        "cpts": cpts,
        "tab": "territory",
        "rows": cpts.territory.communes.with_commune() if cpts.territory else [],
        "overview": _overview(cpts),
        "writes": writes,
        "edit_refusal": editing.refusal_to_edit(cpts) if writes else None,
    }
    return render(request, "territories/dossier_territory.html", context)


@needs(Permission.FILING_WRITE)
@require_safe
def edit_territory(request: SignedInRequest, reference: str) -> HttpResponse:
    """Search and add, remove, paste: each act is saved at once."""
    cpts = _own(request, reference)
    return _editor(request, cpts, PasteForm(departement=cpts.departement_id))


@needs(Permission.FILING_WRITE)
@require_POST
def add_commune(request: SignedInRequest, reference: str, insee_code: str) -> HttpResponse:
    """Add the commune of the pressed button."""
    cpts = _own(request, reference)
    return _said(request, cpts, editing.add_communes(cpts, [insee_code], by=request.user))


@needs(Permission.FILING_WRITE)
@require_POST
def add_epci(request: SignedInRequest, reference: str, siren: str) -> HttpResponse:
    """Add every commune of an intercommunal body."""
    cpts = _own(request, reference)
    return _said(request, cpts, editing.add_epci(cpts, siren, by=request.user))


@needs(Permission.FILING_WRITE)
@require_POST
def paste_communes(request: SignedInRequest, reference: str) -> HttpResponse:
    """Add a pasted list; nothing is added while one line is not understood."""
    cpts = _own(request, reference)
    form = PasteForm(request.POST, departement=cpts.departement_id)
    if form.is_valid():
        codes = form.cleaned_data["communes"]
        added: list[int] = []
        if form.run(lambda: added.append(editing.add_communes(cpts, codes, by=request.user))):
            return _said(request, cpts, added[0])
    return _editor(request, cpts, form)


@needs(Permission.FILING_WRITE)
@require_POST
def remove_commune(request: SignedInRequest, reference: str, insee_code: str) -> HttpResponse:
    """Take the commune of the pressed button out."""
    cpts = _own(request, reference)
    if editing.remove_commune(cpts, insee_code, by=request.user):
        messages.success(request, f"Commune retirée. {_state_of(cpts)}")
    return redirect("territories:edit_territory", cpts.reference)


@needs(Permission.FILING_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def choose_vintage(request: SignedInRequest, reference: str) -> HttpResponse:
    """Which vintage counts: what each would give, and the reason for another one."""
    cpts = _own(request, reference)
    overview = _overview(cpts)
    choices = [(row.vintage, _vintage_label(row)) for row in overview.figures] if overview else []
    territory = editing.territory_of(cpts)
    initial = {"vintage": territory.vintage, "reason": territory.vintage_reason}
    form = VintageForm(request.POST or None, initial=initial, choices=choices)
    if form.is_valid():
        data = form.cleaned_data

        def act() -> Any:
            return editing.choose_vintage(
                cpts, data["vintage"], reason=data["reason"], by=request.user
            )

        if form.run(act):
            messages.success(request, f"Le territoire est compté à nouveau. {_state_of(cpts)}")
            return redirect("territories:edit_territory", cpts.reference)
    context = {"cpts": cpts, "tab": "territory", "form": form}
    return render(request, "territories/choose_vintage.html", context)


def _own(request: SignedInRequest, reference: str) -> Cpts:
    """The dossier on which this very person may write, else 404."""
    writable = Cpts.objects.visible_to(request.user, Permission.FILING_WRITE)
    found: Cpts = get_object_or_404(writable.with_header(), reference=reference)
    return found


def _editor(request: SignedInRequest, cpts: Cpts, paste_form: PasteForm) -> HttpResponse:
    text = request.GET.get("q", "")[:100].replace("\0", "")
    territory = editing.territory_of(cpts)
    rows = list(territory.communes.with_commune())
    present = {row.commune_id for row in rows}
    found = list(Commune.objects.near(text).with_places()[:RESULTS]) if text.strip() else []
    context = {
        "cpts": cpts,
        "tab": "territory",
        "text": text,
        "rows": rows,
        "present": present,
        "found": found,
        "epcis": {commune.epci for commune in found if commune.epci},
        "paste_form": paste_form,
        "edit_refusal": editing.refusal_to_edit(cpts),
        "overview": overview_of(territory, {}, clock.today()),
    }
    return render_page_or_part(request, "territories/edit_territory.html", "found", context)


def _overview(cpts: Cpts) -> Overview | None:
    if cpts.territory is None or not cpts.territory.population:
        return None
    return overview_of(cpts.territory, population_by_vintage(cpts.territory), clock.today())


def _said(request: SignedInRequest, cpts: Cpts, added: int) -> HttpResponse:
    """Back to the search the person was in, with what the territory has become."""
    if added:
        what = plural(added, "commune ajoutée,communes ajoutées")
        messages.success(request, f"{what}. {_state_of(cpts)}")
    else:
        messages.info(request, "Le territoire contenait déjà ces communes.")
    url = reverse("territories:edit_territory", args=[cpts.reference])
    text = request.POST.get("q", "")
    return redirect(f"{url}?{urlencode({'q': text})}" if text else url)


def _state_of(cpts: Cpts) -> str:
    territory = editing.territory_of(cpts)
    communes = plural(territory.commune_count, "commune,communes")
    people = plural(territory.population, "habitant,habitants")
    size = f", taille {territory.size}" if territory.size else ""
    return f"Le territoire compte {communes}, {people}{size}."


def _vintage_label(row: Any) -> str:
    return f"{row.vintage} : {number(row.population)} habitants, taille {row.size}"
