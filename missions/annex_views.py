"""The annex of the indicators: read by the parties, written by the CPAM while it is negotiated."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, SignedInRequest, needs
from aci.actions import set_annex
from aci.contract_pages import shown_cpts
from aci.models import Contract
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from missions.annex_forms import AnnexLineForm, FillAnnexForm, RemoveLineForm
from missions.annex_pages import annex_page, lines_of, national_lines
from records.idempotency import once
from territories.scopes import may_on


@needs(Permission.DOSSIER_SEE)
@require_safe
def annex(request: SignedInRequest, reference: str) -> HttpResponse:
    """The indicators of one contract year."""
    contract = _contract(request, reference)
    page = annex_page(contract, request.GET.get("annee", ""), request.user)
    context = {"page": page, "contract": contract, "cpts": shown_cpts(contract), "tab": "contract"}
    return render(request, "missions/annex.html", context)


@needs(Permission.CONTRACT_DRAFT)
@require_POST
@once
def fill_annex(request: SignedInRequest, reference: str) -> HttpResponse:
    """Take the national indicators, or those of the year before."""
    contract = _writable(request, reference)
    form = FillAnnexForm(request.POST)
    if not form.is_valid():
        raise Refused("La page a expiré : relisez l’annexe avant de la remplir.")
    year, version = form.cleaned_data["year"], form.cleaned_data["version"]
    if form.cleaned_data["source"] == "national":
        lines = national_lines(contract, year)
    else:
        lines = lines_of(contract, year - 1)
    set_annex(contract, year=year, lines=lines, version=version, by=request.user)
    messages.success(request, "L’annexe est remplie : complétez les valeurs de chaque indicateur.")
    return redirect(_address(reference, year))


@needs(Permission.CONTRACT_DRAFT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def annex_line(request: SignedInRequest, reference: str) -> HttpResponse:
    """Write one indicator of the annex, new or known."""
    contract = _writable(request, reference)
    asked, code = request.GET.get("annee", "1"), request.GET.get("indicateur", "")
    year = int(asked) if asked in {str(number) for number in range(1, 21)} else 1
    lines = lines_of(contract, year)
    known = next((line for line in lines if line.code == code), None)
    if code and known is None:
        raise Http404
    initial = AnnexLineForm.values_of(known) if known else {}
    form = AnnexLineForm(
        request.POST or None,
        missions=[mission.mission for mission in contract.missions.all()],
        initial={**initial, "version": contract.terms_version},
    )

    def write() -> None:
        line = form.line(code, [line.code for line in lines])
        written = [line if old.code == code else old for old in lines]
        set_annex(
            contract,
            year=year,
            lines=written if known else [*lines, line],
            version=form.cleaned_data["version"],
            by=request.user,
        )

    back = _address(reference, year)
    if form.is_valid() and form.run(write):
        messages.success(request, "L’indicateur est enregistré dans l’annexe.")
        return redirect(back)
    context = {"form": form, "year": year, "known": known, "tab": "contract", "back": back}
    context |= {"contract": contract, "cpts": shown_cpts(contract)}
    return render(request, "missions/annex_line.html", context)


@needs(Permission.CONTRACT_DRAFT)
@require_POST
@once
def remove_annex_line(request: SignedInRequest, reference: str) -> HttpResponse:
    """Take one indicator out of the annex."""
    contract = _writable(request, reference)
    form = RemoveLineForm(request.POST)
    if not form.is_valid():
        raise Refused("La page a expiré : relisez l’annexe avant d’en retirer un indicateur.")
    year, code = form.cleaned_data["year"], form.cleaned_data["code"]
    lines = [line for line in lines_of(contract, year) if line.code != code]
    version = form.cleaned_data["version"]
    set_annex(contract, year=year, lines=lines, version=version, by=request.user)
    messages.success(request, "L’indicateur est retiré de l’annexe.")
    return redirect(_address(reference, year))


def _contract(request: SignedInRequest, reference: str) -> Contract:
    found: Contract = get_object_or_404(
        Contract.objects.visible_to(request.user).latest_of(reference).prefetch_related("missions")
    )
    return found


def _writable(request: SignedInRequest, reference: str) -> Contract:
    contract = _contract(request, reference)
    if not may_on(request.user, contract.cpts)(Permission.CONTRACT_DRAFT):
        raise NotAllowed("set_annex")
    return contract


def _address(reference: str, year: int) -> str:
    return f"{reverse('missions:annex', args=[reference])}?{urlencode({'annee': year})}"
