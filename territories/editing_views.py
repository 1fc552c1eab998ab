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
from territories.drafts.changes import draft_of
from territories.drafts.counted import FOUND, count_draft, whole_bodies
from territories.drafts.draft import MAX_COMMUNES, Draft
from territories.forms import ImportForm, NamedShareForm, PasteForm, VintageForm
from territories.maps.choosing import draft_map
from territories.maps.kept import kept_cpts_map
from territories.models import Commune, Cpts
from territories.overlap import surroundings as surroundings_of
from territories.overview import Overview, overview_of
from territories.scopes import permissions_on
from territories.shares import WHOLE, format_share


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
        "reads_surroundings": Permission.DOSSIER_SEE in permissions_on(request.user, cpts),
    }
    return render(request, "territories/dossier_territory.html", context)


@needs(Permission.DOSSIER_SEE, Permission.SHARED_SEE)
@require_safe
def dossier_map(request: SignedInRequest, reference: str) -> HttpResponse:
    """The communes of the CPTS and those around: embedded, or its own page."""
    visible = Cpts.objects.visible_to(request.user, Permission.DOSSIER_SEE, Permission.SHARED_SEE)
    cpts = get_object_or_404(visible.with_header(), reference=reference)
    context = {"cpts": cpts, "tab": "territory", "drawing": kept_cpts_map(cpts)}
    return render_page_or_part(request, "territories/dossier_map.html", "drawn", context)


@needs(Permission.DOSSIER_SEE)
@require_safe
def surroundings(request: SignedInRequest, reference: str) -> HttpResponse:
    """Communes that other CPTS cover already, and the neighbours: embedded, or its own page."""
    visible = Cpts.objects.visible_to(request.user).with_header().with_shares()
    cpts = get_object_or_404(visible, reference=reference)
    drafted = count_draft(draft_of(cpts))
    around = surroundings_of(drafted, clock.today(), besides=cpts.pk) if drafted.communes else None
    context = {"cpts": cpts, "tab": "territory", "around": around}
    return render_page_or_part(request, "territories/dossier_surroundings.html", "around", context)


@needs(Permission.FILING_WRITE)
@require_safe
def edit_territory(request: SignedInRequest, reference: str) -> HttpResponse:
    """Search and add, share, remove, paste, import: each act is saved at once."""
    return _editor(request, _own(request, reference))


@needs(Permission.FILING_WRITE)
@require_safe
def edit_map(request: SignedInRequest, reference: str) -> HttpResponse:
    """The map on which communes are chosen: embedded in the editor, or a page of its own."""
    own = Cpts.objects.visible_to(request.user, Permission.FILING_WRITE).with_header()
    cpts = get_object_or_404(own.with_shares(), reference=reference)
    picker = draft_map(
        draft_of(cpts),
        clock.today(),
        href=lambda code, _: f"{_editor_url(cpts)}?q={code}#ajouter",
        departement=cpts.departement_id,
    )
    context = {"cpts": cpts, "tab": "territory", "picker": picker}
    return render_page_or_part(request, "territories/edit_map.html", "drawn", context)


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
    return _take_list(request, _own(request, reference), request.POST.get("communes", ""))


@needs(Permission.FILING_WRITE)
@require_POST
def import_communes(request: SignedInRequest, reference: str) -> HttpResponse:
    """Add the communes of a CSV file; what is not understood comes back as a list to correct."""
    cpts = _own(request, reference)
    form = ImportForm(request.POST, request.FILES)
    if form.is_valid():
        return _take_list(request, cpts, form.cleaned_data["file"])
    return _editor(request, cpts, import_form=form)


@needs(Permission.FILING_WRITE)
@require_POST
def share_commune(request: SignedInRequest, reference: str, insee_code: str) -> HttpResponse:
    """Count a part of a commune, which may have a name."""
    cpts = _own(request, reference)
    form = NamedShareForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data

        def act() -> Any:
            return editing.share_commune(
                cpts, insee_code, share=given["part"], part=given["part_name"], by=request.user
            )

        if form.run(act):
            messages.success(request, f"La part est enregistrée. {_state_of(cpts)}")
            return redirect(_editor_url(cpts) + "#communes")
    return _editor(request, cpts, share_form=form, shared_code=insee_code)


@needs(Permission.FILING_WRITE)
@require_POST
def remove_communes(request: SignedInRequest, reference: str) -> HttpResponse:
    """Take the ticked communes out, never all of them."""
    cpts = _own(request, reference)
    removed = editing.remove_communes(cpts, request.POST.getlist("commune"), by=request.user)
    if removed:
        what = plural(removed, "commune retirée,communes retirées")
        messages.success(request, f"{what}. {_state_of(cpts)}")
    else:
        messages.info(request, "Cochez les communes à retirer.")
    return redirect(_editor_url(cpts) + "#communes")


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


def _take_list(request: SignedInRequest, cpts: Cpts, text: str) -> HttpResponse:
    """A pasted list, or that of a file: all of it or nothing."""
    data = request.POST.copy()
    data["communes"] = text
    form = PasteForm(data, departement=cpts.departement_id)
    if form.is_valid():
        given = form.resolved
        added: list[int] = []

        def act() -> None:
            count = editing.add_communes(
                cpts, given.shares, by=request.user, with_share=given.with_share
            )
            added.append(count)

        if form.run(act):
            for notice in given.notices:
                messages.info(request, notice)
            return _said(request, cpts, added[0])
    return _editor(request, cpts, paste_form=form)


def _editor(request: SignedInRequest, cpts: Cpts, **more: Any) -> HttpResponse:
    """The editor; `more` brings back the form of a refused act."""
    text = request.GET.get("q", "")[:100].replace("\0", "")
    territory = editing.territory_of(cpts)
    rows = list(territory.communes.with_commune())
    found = list(Commune.objects.near(text).with_places()[:FOUND]) if text.strip() else []
    code = more.pop("shared_code", request.GET.get("partager", ""))
    shared = next((row for row in rows if row.commune_id == code), None)
    context = {
        "cpts": cpts,
        "tab": "territory",
        "text": text,
        "rows": rows,
        "present": {row.commune_id for row in rows},
        "found": found,
        "epcis": whole_bodies(found, text),
        "paste_form": PasteForm(departement=cpts.departement_id),
        "import_form": ImportForm(),
        "shared": shared,
        "share_form": _share_form(shared) if shared else None,
        "edit_refusal": editing.refusal_to_edit(cpts),
        "overview": overview_of(territory, {}, clock.today()),
        "draft": _draft(cpts, rows),
        **more,
    }
    return render_page_or_part(request, "territories/edit_territory.html", "found", context)


def _draft(cpts: Cpts, rows: list[Any]) -> Draft | None:
    """The same communes for the simulator, while they fit in an address."""
    if not 0 < len(rows) <= MAX_COMMUNES:
        return None
    shares = {row.commune_id: row.share for row in rows}
    return Draft(shares, editing.territory_of(cpts).vintage, cpts.slug)


def _share_form(row: Any) -> NamedShareForm:
    written = "" if row.share == WHOLE else format_share(row.share)
    return NamedShareForm(initial={"part": written, "part_name": row.part})


def _editor_url(cpts: Cpts) -> str:
    return reverse("territories:edit_territory", args=[cpts.reference])


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
    url = _editor_url(cpts)
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
