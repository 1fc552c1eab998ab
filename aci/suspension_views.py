"""The suspensions of a contract: the list, a new one, its end."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Permission, SignedInRequest, needs
from aci import actions
from aci.actions.suspensions import MAY_SUSPEND
from aci.contract_pages import shown_cpts
from aci.models import Contract, ContractHold
from aci.suspension_forms import LiftForm, SuspendForm
from aci.workflow import RUNNING
from foundation import clock
from foundation.workflow import NotAllowed
from records.idempotency import once
from territories.scopes import may_on


@needs(Permission.DOSSIER_SEE)
@require_safe
def suspensions(request: SignedInRequest, reference: str) -> HttpResponse:
    """What is on hold, what was, and why."""
    found = _signed(request, reference)
    may = _may(request, found)
    context = {
        "contract": found,
        "cpts": shown_cpts(found),
        "tab": "contract",
        "suspensions": list(ContractHold.objects.of_contract(found)),
        "may_lift": may,
        "may_suspend": may and found.state in RUNNING,
        "today": clock.today(),
    }
    return render(request, "aci/suspensions.html", context)


@needs(*MAY_SUSPEND)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def suspend(request: SignedInRequest, reference: str) -> HttpResponse:
    """Put a mission or the contract on hold."""
    found = _signed(request, reference)
    _ensure(request, found)
    form = SuspendForm(
        request.POST or None, contract=found, initial={"starts_on": clock.today(), "mission": ""}
    )
    if form.is_valid() and form.run(
        lambda: actions.suspend(found, by=request.user, **form.suspended)
    ):
        messages.success(request, "Suspension enregistrée. Les trois parties sont prévenues.")
        return redirect("aci:suspensions", reference)
    context = {"contract": found, "cpts": shown_cpts(found), "tab": "contract", "form": form}
    return render(request, "aci/suspend.html", context)


@needs(*MAY_SUSPEND)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def lift(request: SignedInRequest, reference: str, identifier: uuid.UUID) -> HttpResponse:
    """End a suspension."""
    suspension = get_object_or_404(
        ContractHold.objects.visible_to(request.user),
        contract__cpts__reference=reference,
        uuid=identifier,
    )
    found = _signed(request, reference)
    _ensure(request, found)
    form = LiftForm(request.POST or None, initial={"lifted_on": clock.today()})
    if form.is_valid() and form.run(
        lambda: actions.lift(suspension, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, "La suspension est levée. Les trois parties sont prévenues.")
        return redirect("aci:suspensions", reference)
    context = {"contract": found, "cpts": shown_cpts(found), "tab": "contract", "form": form}
    return render(request, "aci/lift.html", {**context, "suspension": suspension})


def _signed(request: SignedInRequest, reference: str) -> Contract:
    found: Contract = get_object_or_404(
        Contract.objects.visible_to(request.user).latest_signed_of(reference)
    )
    return found


def _may(request: SignedInRequest, found: Contract) -> bool:
    may = may_on(request.user, found.cpts)
    return any(may(permission) for permission in MAY_SUSPEND)


def _ensure(request: SignedInRequest, found: Contract) -> None:
    if not _may(request, found):
        raise NotAllowed("suspend")
