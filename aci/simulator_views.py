"""The simulator: its address is the simulation. Links and forms lead to the next address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, SignedInRequest, needs, public
from aci.comparison import Comparison
from aci.forms import SimulationForm
from aci.mission_codes import MissionCode
from aci.simulator import Address, Choices, SimulatorPage
from foundation import clock
from foundation.htmx import render_page_or_part
from foundation.templatetags.french import plural
from records.idempotency import once
from territories import editing
from territories.drafts.changes import adding, changed, draft_of
from territories.drafts.counted import Drafted, count_draft
from territories.drafts.downloads import draft_csv, draft_geojson
from territories.drafts.draft import PARAMETER, draft_in
from territories.forms import ImportForm, PasteForm, ShareForm
from territories.maps.choosing import draft_map
from territories.models import Cpts
from territories.shapes import shapes_of
from territories.shares import WHOLE, format_share

PAGE = "aci/simulator.html"
# Where the person was, on the page that comes back.
_PLACES = {
    "carte": "#carte-choix",
    "ajouter": "#ajouter",
    "epci": "#ajouter",
    "millesime": "#reglages",
}


@public
@require_safe
def simulator(request: HttpRequest) -> HttpResponse:
    """A draft, its figures in each vintage, who covers it already; a search is part of it."""
    if "depuis" in request.GET:
        return _from_cpts(request)
    asked = _asked(request.GET)
    change = changed(asked.address.draft, request.GET.dict())
    if change and not (change.problem or asked.problem or asked.is_refused):
        return _next(request, asked.address.of(change.draft), change=request.GET)
    problem = asked.problem or (change.problem if change else "")
    text = request.GET.get("q", "")[:100].replace("\0", "")
    drafted = count_draft(asked.address.draft, search=text)
    if drafted.notices:
        return _moved(request, asked.address, drafted)
    page = SimulatorPage(drafted, asked.address)
    more = {"text": text, "problem": problem, "settings": asked.settings(drafted)}
    return _show(request, page, status=422 if problem else 200, **more)


@public
@require_safe
def simulated_funding(request: HttpRequest) -> HttpResponse:
    """The funding of a draft alone: a part for the pages that embed it, else a page."""
    asked = _asked(request.GET)
    page = SimulatorPage(count_draft(asked.address.draft), asked.address)
    context = {"page": page, "funding": page.funding, "problem": asked.problem}
    return render_page_or_part(request, "aci/simulated_funding.html", "funding", context)


@public
@require_safe
def simulator_map(request: HttpRequest) -> HttpResponse:
    """The map on which communes are chosen: embedded in the simulator, or a page of its own."""
    address = _asked(request.GET).address

    def href(code: str, is_chosen: bool) -> str:
        change = {"retirer" if is_chosen else "ajouter": code}
        return address.of(address.draft, carte="1", **change)

    picker = draft_map(address.draft, clock.today(), href=href)
    context = {"address": address, "picker": picker}
    return render_page_or_part(request, "aci/simulator_map.html", "drawn", context)


@public
@require_POST
def paste_simulation(request: HttpRequest) -> HttpResponse:
    """Add a pasted list; nothing is added while one line is not understood."""
    return _take_list(request, request.POST.get("communes", ""))


@public
@require_POST
def import_simulation(request: HttpRequest) -> HttpResponse:
    """Add the communes of a CSV file; what is not understood comes back as a list to correct."""
    form = ImportForm(request.POST, request.FILES)
    if form.is_valid():
        return _take_list(request, form.cleaned_data["file"])
    asked = _asked(request.POST)
    page = SimulatorPage(count_draft(asked.address.draft), asked.address)
    return _show(request, page, status=422, import_form=form)


@public
@require_safe
def compare_simulations(request: HttpRequest) -> HttpResponse:
    """Two drafts side by side; each may be given as the whole address of a simulation."""
    asked = _asked(request.GET)
    reads = [draft_in(request.GET.get(side, "")) for side in ("a", "b")]
    first, second = (count_draft(read.draft) for read in reads)
    context = {
        "comparison": Comparison(first, second, asked.address.choices),
        "problems": [read.problem for read in reads if read.problem],
        "is_asked": bool(first.communes and second.communes),
    }
    return render(request, "aci/compare_simulations.html", context)


@public
@require_safe
def simulated_csv(request: HttpRequest) -> HttpResponse:
    """The communes with their figures in each vintage."""
    asked = _asked(request.GET)
    if asked.problem:
        return redirect(_here(request))
    return draft_csv(count_draft(asked.address.draft))


@public
@require_safe
def simulated_geojson(request: HttpRequest) -> HttpResponse:
    """The communes with their outlines, as far as they are known."""
    asked = _asked(request.GET)
    if asked.problem:
        return redirect(_here(request))
    drafted = count_draft(asked.address.draft)
    codes = [commune.code for commune in drafted.communes]
    return draft_geojson(drafted, shapes_of(codes, coarse=False))


@needs(Permission.FILING_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def use_simulation(request: SignedInRequest) -> HttpResponse:
    """Bring the communes of a simulation into the draft of one's own dossier."""
    asked = _asked(request.POST if request.method == "POST" else request.GET)
    writable = Cpts.objects.visible_to(request.user, Permission.FILING_WRITE).with_header()
    if request.method == "POST":
        cpts = get_object_or_404(writable, reference=request.POST.get("dossier", ""))
        territory = editing.use_draft(cpts, asked.address.draft.shares, by=request.user)
        count = plural(territory.commune_count, "commune,communes")
        messages.success(request, f"Le territoire du dossier compte maintenant {count}.")
        return redirect("territories:edit_territory", cpts.reference)
    dossiers = [(cpts, editing.refusal_to_edit(cpts)) for cpts in writable.order_by("name")]
    context = {
        "address": asked.address,
        "problem": asked.problem,
        "drafted": count_draft(asked.address.draft),
        "dossiers": dossiers,
    }
    return render(request, "aci/use_simulation.html", context)


@dataclass(frozen=True)
class _Asked:
    """What an address or a form says: the draft, the settings, and what is wrong with them."""

    address: Address
    problem: str
    form: SimulationForm | None

    @property
    def is_refused(self) -> bool:
        return self.form is not None and not self.form.is_valid()

    def settings(self, drafted: Drafted) -> SimulationForm:
        """The form of the settings: as it was sent when it is wrong, else as it stands."""
        vintages = {*drafted.vintages, drafted.vintage}
        if self.is_refused and self.form is not None:
            return SimulationForm(self.form.data, vintages=vintages)
        choices = self.address.choices
        initial = {
            "millesime": str(drafted.vintage),
            "signature": choices.signed_on,
            "mission": [mission.value for mission in choices.missions],
        }
        return SimulationForm(initial=initial, vintages=vintages)


def _asked(data: QueryDict) -> _Asked:
    read = draft_in(data.get(PARAMETER, ""))
    form, choices = None, Choices.usual()
    if "reglages" in data:
        given = data.copy()
        given.pop("millesime", None)
        form = SimulationForm(given)
        if form.is_valid():
            missions = tuple(map(MissionCode, form.cleaned_data["mission"]))
            choices = Choices(missions, form.cleaned_data["signature"])
    kept = draft_in(data.get("a", "")).draft.text
    return _Asked(Address(read.draft, choices, kept), read.problem, form)


def _from_cpts(request: HttpRequest) -> HttpResponse:
    """« Simuler une modification »: the territory in force of a public CPTS."""
    found = Cpts.objects.public().with_header().with_shares()
    cpts = get_object_or_404(found, slug=request.GET["depuis"])
    draft = draft_of(cpts)
    return redirect(Address(draft, Choices.usual(), kept=draft.text).here)


def _next(request: HttpRequest, target: str, *, change: QueryDict) -> HttpResponse:
    """The address after a change, at the place of the page where it was made."""
    place = next((place for name, place in _PLACES.items() if name in change), "#communes")
    search = change.get("q", "")
    return redirect(f"{target}&{urlencode({'q': search})}{place}" if search else target + place)


def _moved(request: HttpRequest, address: Address, drafted: Drafted) -> HttpResponse:
    """Some communes are no longer: the address of today, and what replaced them."""
    for notice in drafted.notices:
        messages.info(request, notice)
    return redirect(address.of(drafted.draft))


def _take_list(request: HttpRequest, text: str) -> HttpResponse:
    """A pasted list, or that of a file: all of it or nothing."""
    asked = _asked(request.POST)
    page = SimulatorPage(count_draft(asked.address.draft), asked.address)
    data = request.POST.copy()
    data["communes"] = text
    form = PasteForm(data, departement=page.departement)
    if not form.is_valid():
        return _show(request, page, status=422, paste_form=form)
    resolved = form.resolved
    read = adding(asked.address.draft, resolved.shares, resolved.with_share)
    if read.problem:
        form.add_error("communes", read.problem)
        return _show(request, page, status=422, paste_form=form)
    for notice in resolved.notices:
        messages.info(request, notice)
    new = len(read.draft.shares) - len(asked.address.draft.shares)
    messages.success(request, f"{plural(new, 'commune ajoutée,communes ajoutées')}.")
    return redirect(asked.address.of(read.draft) + "#communes")


def _show(request: HttpRequest, page: SimulatorPage, status: int, **more: Any) -> HttpResponse:
    drafted, address = page.drafted, page.address
    shared = request.GET.get("partager", "")
    context = {
        "page": page,
        "drafted": drafted,
        "address": address,
        "funding": page.funding,
        "known_url": address.of(drafted.draft),
        "link": request.build_absolute_uri(address.here),
        "paste_form": PasteForm(departement=page.departement),
        "import_form": ImportForm(),
        "settings": _asked(request.POST or request.GET).settings(drafted),
        "shared": next((one for one in drafted.communes if one.code == shared), None),
        "may_use": Permission.FILING_WRITE in getattr(request.user, "permissions", ()),
        **more,
    }
    if context["shared"]:
        context["share_form"] = _share_form(request, context["shared"].share)
    return render_page_or_part(request, PAGE, "found", context, status=status)


def _share_form(request: HttpRequest, share: int) -> ShareForm:
    if "part" in request.GET:
        return ShareForm(request.GET)
    return ShareForm(initial={"part": "" if share == WHOLE else format_share(share)})


def _here(request: HttpRequest) -> str:
    return f"{reverse('aci:simulator')}?{request.GET.urlencode()}"
