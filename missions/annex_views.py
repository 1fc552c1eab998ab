"""The annex of the indicators: read by the parties, written by the CPAM while it is negotiated."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, SignedInRequest, needs
from aci.actions import set_annex
from aci.annexes import annex_lines, missions_of
from aci.contract_pages import shown_cpts
from aci.models import Amendment, Contract
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from missions.annex_forms import AnnexLineForm, FillAnnexForm, RemoveLineForm
from missions.annex_pages import annex_page, national_lines
from records.idempotency import once
from territories.scopes import may_on


@needs(Permission.DOSSIER_SEE)
@require_safe
def annex(request: SignedInRequest, reference: str, amendment: str = "") -> HttpResponse:
    """The indicators of one contract year."""
    contract = _contract(request, reference, amendment)
    if contract.is_amendment and contract.is_signed:
        return redirect("missions:annex", reference)
    page = annex_page(contract, request.GET.get("annee", ""), request.user)
    context = {"page": page, "contract": contract, "cpts": shown_cpts(contract), "tab": "contract"}
    context["urls"] = {name: _url(contract, name) for name in _ACTS}
    return render(request, "missions/annex.html", context)


@needs(Permission.CONTRACT_DRAFT)
@require_POST
@once
def fill_annex(request: SignedInRequest, reference: str, amendment: str = "") -> HttpResponse:
    """Take the national indicators, or those of the year before."""
    contract = _writable(request, reference, amendment)
    form = FillAnnexForm(request.POST)
    if not form.is_valid():
        raise Refused("La page a expiré : relisez l’annexe avant de la remplir.")
    year, version = form.cleaned_data["year"], form.cleaned_data["version"]
    if form.cleaned_data["source"] == "national":
        lines = national_lines(contract, year)
    else:
        lines = annex_lines(contract, year - 1)
    set_annex(contract, year=year, lines=lines, version=version, by=request.user)
    messages.success(request, "L’annexe est remplie : complétez les valeurs de chaque indicateur.")
    return redirect(_address(contract, year))


@needs(Permission.CONTRACT_DRAFT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def annex_line(request: SignedInRequest, reference: str, amendment: str = "") -> HttpResponse:
    """Write one indicator of the annex, new or known."""
    contract = _writable(request, reference, amendment)
    asked, code = request.GET.get("annee", "1"), request.GET.get("indicateur", "")
    year = int(asked) if asked in {str(number) for number in range(1, 21)} else 1
    lines = annex_lines(contract, year)
    known = next((line for line in lines if line.code == code), None)
    if code and known is None:
        raise Http404
    initial = AnnexLineForm.values_of(known) if known else {}
    form = AnnexLineForm(
        request.POST or None,
        missions=missions_of(contract),
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

    back = _address(contract, year)
    if form.is_valid() and form.run(write):
        messages.success(request, "L’indicateur est enregistré dans l’annexe.")
        return redirect(back)
    context = {"form": form, "year": year, "known": known, "tab": "contract", "back": back}
    context |= {"contract": contract, "cpts": shown_cpts(contract)}
    return render(request, "missions/annex_line.html", context)


@needs(Permission.CONTRACT_DRAFT)
@require_POST
@once
def remove_annex_line(
    request: SignedInRequest, reference: str, amendment: str = ""
) -> HttpResponse:
    """Take one indicator out of the annex."""
    contract = _writable(request, reference, amendment)
    form = RemoveLineForm(request.POST)
    if not form.is_valid():
        raise Refused("La page a expiré : relisez l’annexe avant d’en retirer un indicateur.")
    year, code = form.cleaned_data["year"], form.cleaned_data["code"]
    lines = [line for line in annex_lines(contract, year) if line.code != code]
    version = form.cleaned_data["version"]
    set_annex(contract, year=year, lines=lines, version=version, by=request.user)
    messages.success(request, "L’indicateur est retiré de l’annexe.")
    return redirect(_address(contract, year))


def _contract(request: SignedInRequest, reference: str, amendment: str) -> Contract:
    """The contract, or the amendment, whose annex it is, or 404."""
    if amendment:
        amendments = Amendment.objects.visible_to(request.user).of_dossier(reference)
        named: Amendment = get_object_or_404(amendments.with_page(), reference=amendment)
        return named
    found: Contract = get_object_or_404(
        Contract.objects.visible_to(request.user).latest_of(reference).prefetch_related("missions")
    )
    return found


def _writable(request: SignedInRequest, reference: str, amendment: str) -> Contract:
    contract = _contract(request, reference, amendment)
    if not may_on(request.user, contract.cpts)(Permission.CONTRACT_DRAFT):
        raise NotAllowed("set_annex")
    return contract


_ACTS = ("annex", "fill_annex", "annex_line", "remove_annex_line")


def _url(contract: Contract, act: str) -> str:
    if contract.is_amendment:
        names = [contract.cpts.reference, contract.reference]
        return reverse(f"missions:amendment_{act}", args=names)
    return reverse(f"missions:{act}", args=[contract.cpts.reference])


def _address(contract: Contract, year: int) -> str:
    return f"{_url(contract, 'annex')}?{urlencode({'annee': year})}"
