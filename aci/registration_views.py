"""A contract signed outside the portal: its page, its registration, the second person."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, SignedInRequest, needs
from aci import actions
from aci.actions.registrations import MAY_CONFIRM, refuse_beside_another
from aci.models import ContractRegistration
from aci.registration_forms import DismissForm, RegisterContractForm
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from records import files
from records.idempotency import once
from territories.models import Cpts
from territories.scopes import may_on


@needs(Permission.DOSSIER_SEE)
@require_safe
def registration(request: SignedInRequest, reference: str) -> HttpResponse:
    """What is registered, by whom, and whether a second person agreed."""
    cpts = _cpts(request, reference)
    rows = list(ContractRegistration.objects.visible_to(request.user).of_dossier(reference))
    newest = rows[0] if rows else None
    may = may_on(request.user, cpts)
    pending = newest is not None and newest.is_pending
    confirms = any(may(permission) for permission in MAY_CONFIRM)
    context = {
        "cpts": cpts,
        "tab": "contract",
        "newest": newest,
        "former": rows[1:],
        "may_register": may(Permission.CONTRACT_DRAFT) and not pending,
        "may_dismiss": pending and confirms,
        "may_confirm": pending
        and confirms
        and newest is not None
        and newest.registered_by_id != request.user.pk,
    }
    return render(request, "aci/registration.html", context)


@needs(Permission.CONTRACT_DRAFT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def register_contract(request: SignedInRequest, reference: str) -> HttpResponse:
    """Type what the paper says, and join its scan."""
    cpts = _cpts(request, reference)
    if not may_on(request.user, cpts)(Permission.CONTRACT_DRAFT):
        raise NotAllowed("register_contract")
    if request.method == "GET":  # said before anything is typed
        refuse_beside_another(cpts)
    versions = [one for one in cpts.territories.order_by("-valid_from", "-pk") if one.size]
    form = RegisterContractForm(
        *((request.POST, request.FILES) if request.method == "POST" else ()),
        territories=versions,
        initial={"version": 0, "territory": versions[0].pk if versions else ""},
    )
    if form.is_valid() and form.run(
        lambda: actions.register_contract(cpts, by=request.user, **form.registered)
    ):
        messages.success(
            request, "Le contrat est enregistré. Une seconde personne doit le confirmer."
        )
        return redirect("aci:registration", reference)
    context = {"cpts": cpts, "tab": "contract", "form": form}
    return render(request, "aci/register_contract.html", context)


@needs(*MAY_CONFIRM)
@require_POST
@once
def confirm_registration(request: SignedInRequest, reference: str) -> HttpResponse:
    """The scan says the same: the contract enters into force."""
    contract = actions.confirm_registration(_newest(request, reference), by=request.user)
    messages.success(request, f"Le contrat {contract.reference} est confirmé.")
    return redirect(contract)


@needs(*MAY_CONFIRM)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def dismiss_registration(request: SignedInRequest, reference: str) -> HttpResponse:
    """The scan says something else."""
    found = _newest(request, reference)
    may = may_on(request.user, found.cpts)
    if not any(may(permission) for permission in MAY_CONFIRM):
        raise NotAllowed("dismiss_registration")
    form = DismissForm(request.POST or None)
    if form.is_valid() and form.run(
        lambda: actions.dismiss_registration(found, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, "L’enregistrement est écarté.")
        return redirect("aci:registration", reference)
    context: dict[str, Any] = {"cpts": _cpts(request, reference), "tab": "contract", "form": form}
    return render(request, "aci/dismiss_registration.html", context)


@needs(Permission.DOSSIER_SEE)
@require_safe
def registration_scan(request: SignedInRequest, reference: str) -> HttpResponse:
    """The paper, as it was uploaded: never shown inside the portal."""
    return files.download(_newest(request, reference).scan)


def _cpts(request: SignedInRequest, reference: str) -> Cpts:
    found: Cpts = get_object_or_404(
        Cpts.objects.visible_to(request.user).with_header(), reference=reference
    )
    return found


def _newest(request: SignedInRequest, reference: str) -> ContractRegistration:
    """The newest registration of a dossier that this person reads; 404 for another's dossier."""
    _cpts(request, reference)
    rows = ContractRegistration.objects.visible_to(request.user).of_dossier(reference)
    found: ContractRegistration | None = rows.first()
    if found is None:
        raise Refused("Aucun contrat signé hors du portail n’est enregistré pour cette CPTS.")
    return found
