"""The pages of an amendment, block by block; its acts are those of the contract (`aci.views`)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Permission, SignedInRequest, needs
from aci import actions
from aci.amendment_forms import AbandonForm, AmendedMissionsForm, AmendedTerritoryForm, PurposeForm
from aci.contract_pages import abandonment, contract_page, shown_cpts
from aci.difference import difference
from aci.models import Amendment, Contract, ContractDocument
from aci.versions import compare, versions_of
from aci.workflow import WORKFLOW
from foundation.forms import PortalForm
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from records.idempotency import once
from territories.actions import population_by_vintage
from territories.models import Cpts
from territories.scopes import may_on

Change = Callable[[], Any]


@needs(Permission.CONTRACT_DRAFT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def draft_amendment(request: SignedInRequest, reference: str) -> HttpResponse:
    """Clone the terms in force of a contract: from when they change, and why."""
    contracts = Contract.objects.visible_to(request.user).of_dossier(reference).with_page()
    found: Contract = get_object_or_404(contracts.in_force())
    if not may_on(request.user, found.cpts)(Permission.CONTRACT_DRAFT):
        raise NotAllowed("draft_amendment")
    form = PurposeForm(request.POST or None, initial={"version": 0})
    made: list[Amendment] = []
    if form.is_valid() and form.run(
        lambda: made.append(actions.draft_amendment(found, by=request.user, **form.purpose))
    ):
        messages.success(
            request, "L’avenant est ouvert, avec les termes en vigueur. Modifiez ce qui change."
        )
        return redirect(made[0])
    context = {"contract": found, "cpts": shown_cpts(found), "tab": "contract", "form": form}
    return render(request, "aci/draft_amendment.html", context)


@needs(Permission.DOSSIER_SEE)
@require_safe
def amendment(request: SignedInRequest, reference: str, amendment: str) -> HttpResponse:
    """Where the amendment stands, what it changes, its signatures, its documents."""
    found = _amendment(request, reference, amendment)
    page = contract_page([found], request.user)
    inputs = (
        ContractDocument.objects.visible_to(request.user)
        .filter(contract=found, version=found.terms_version)
        .exclude(kind=ContractDocument.Kind.FINAL)
        .order_by("-wanted_at", "-pk")
        .values_list("inputs", flat=True)
        .first()
    ) or {}
    context = {
        "page": page,
        "contract": found,
        "cpts": found.cpts,
        "tab": "contract",
        "difference": difference(inputs.get("before") or {}, inputs) if inputs else None,
        "assumptions": (inputs.get("amendment") or {}).get("assumptions", []),
        "abandoned": abandonment(found),
        "to_confirm": any(year["grid"]["to_confirm"] for year in inputs.get("years", [])),
    }
    return render(request, "aci/amendment.html", context)


@needs(Permission.CONTRACT_DRAFT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def amendment_purpose(request: SignedInRequest, reference: str, amendment: str) -> HttpResponse:
    """Another date of effect, another reason."""
    found = _to_change(request, reference, amendment)
    initial = {
        "version": found.terms_version,
        "effective_on": found.effective_on,
        "reason": found.reason,
    }
    form = PurposeForm(request.POST or None, initial=initial)
    return _block(
        request,
        found,
        form,
        "Objet et date d’effet",
        lambda: actions.change_amendment_purpose(
            found, version=form.cleaned_data["version"], by=request.user, **form.purpose
        ),
    )


@needs(Permission.CONTRACT_DRAFT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def amendment_territory(request: SignedInRequest, reference: str, amendment: str) -> HttpResponse:
    """Communes in and out, and the vintage that counts them."""
    found = _to_change(request, reference, amendment)
    territory = found.territory_in_use
    rows = territory.communes.with_commune()
    known = {*population_by_vintage(territory), territory.vintage}
    form = AmendedTerritoryForm(
        request.POST or None,
        departement=found.cpts.departement_id,
        rows=rows,
        vintages=sorted(known, reverse=True),
        kept_vintage=found.territory_before.vintage,
        initial={
            "version": found.terms_version,
            "vintage": territory.vintage,
            "vintage_reason": territory.vintage_reason,
        },
    )
    return _block(
        request,
        found,
        form,
        "Territoire",
        lambda: actions.change_amended_territory(
            found, version=form.cleaned_data["version"], by=request.user, **form.territory
        ),
    )


@needs(Permission.CONTRACT_DRAFT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def amendment_missions(request: SignedInRequest, reference: str, amendment: str) -> HttpResponse:
    """Missions, their start, unscheduled care."""
    found = _to_change(request, reference, amendment)
    form = AmendedMissionsForm(request.POST or None, initial=AmendedMissionsForm.values_of(found))
    return _block(
        request,
        found,
        form,
        "Missions et dates",
        lambda: actions.change_amended_missions(
            found, version=form.cleaned_data["version"], by=request.user, **form.terms
        ),
    )


@needs(Permission.CONTRACT_DRAFT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def abandon_amendment(request: SignedInRequest, reference: str, amendment: str) -> HttpResponse:
    """Give it up: the contract stays as it is, another amendment may be prepared."""
    found = _to_act_on(request, reference, amendment, "abandon")
    form = AbandonForm(request.POST or None)
    if form.is_valid() and form.run(
        lambda: actions.abandon_amendment(found, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, f"{found.title} est abandonné. Les parties sont prévenues.")
        return redirect(found)
    context = {"contract": found, "cpts": shown_cpts(found), "tab": "contract", "form": form}
    return render(request, "aci/abandon_amendment.html", context)


@needs(Permission.DOSSIER_SEE)
@require_safe
def differences(request: SignedInRequest, reference: str) -> HttpResponse:
    """What changes between two versions of the contracts of a dossier."""
    texts = list(Contract.agreements.visible_to(request.user).of_dossier(reference).with_page())
    if texts:
        cpts = shown_cpts(texts[0])
    else:
        known = Cpts.objects.visible_to(request.user).with_header()
        cpts = get_object_or_404(known, reference=reference)
    documents = (
        ContractDocument.objects.visible_to(request.user)
        .filter(contract__in=texts)
        .exclude(kind=ContractDocument.Kind.FINAL)
        .order_by("wanted_at", "pk")
        .defer("inputs")  # long, and read for the two that are compared
    )
    compared = compare(
        versions_of(texts, documents), request.GET.get("de", ""), request.GET.get("a", "")
    )
    contracts = [text for text in texts if text.amends_id is None]
    newest = max(contracts, key=lambda contract: contract.number, default=None)
    context = {"compared": compared, "contract": newest, "cpts": cpts, "tab": "contract"}
    return render(request, "aci/differences.html", context)


def _block(
    request: SignedInRequest, found: Amendment, form: PortalForm, title: str, change: Change
) -> HttpResponse:
    """One block of the terms: saved, it is a new version that the parties accept again."""
    if form.is_valid() and form.run(change):
        for notice in getattr(getattr(form, "resolved", None), "notices", []):
            messages.info(request, notice)
        messages.success(
            request, f"« {title} » : la nouvelle version de l’avenant est enregistrée."
        )
        return redirect(found)
    context = {
        "contract": found,
        "cpts": shown_cpts(found),
        "tab": "contract",
        "form": form,
        "title": title,
    }
    return render(request, "aci/amendment_block.html", context)


def _to_change(request: SignedInRequest, reference: str, named: str) -> Amendment:
    """An amendment that may still be written."""
    return _to_act_on(request, reference, named, "change_terms")


def _to_act_on(request: SignedInRequest, reference: str, named: str, act: str) -> Amendment:
    """403 without the right; a message rather than a form once the act is no longer possible."""
    found = _amendment(request, reference, named)
    transition = WORKFLOW.by_name[act]
    if not may_on(request.user, found.cpts)(transition.permission):
        raise NotAllowed(transition.name)
    refusal = WORKFLOW.refusal(transition, found)
    if refusal and request.method == "GET":
        raise Refused(refusal)
    return found


def _amendment(request: SignedInRequest, reference: str, named: str) -> Amendment:
    found: Amendment = get_object_or_404(
        Amendment.objects.visible_to(request.user).of_dossier(reference).with_page(),
        reference=named,
    )
    return found
