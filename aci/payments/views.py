"""The pages of the money of a dossier: orders, amounts outside the grid, the review of a year."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, SignedInRequest, needs
from accounts.factors.recently import ask_proof, recently_proven
from aci.contract_pages import shown_cpts
from aci.models import Contract, PaymentLine, PaymentOrder, PaymentOrderItem
from aci.payments import actions, outside, revisions
from aci.payments.forms import (
    CancelOutsideForm,
    OrderForm,
    OutsideForm,
    RefuseOrderForm,
    SettleForm,
)
from aci.payments.ledger import read_ledger
from aci.payments.order_pages import order_page
from aci.payments.revisions import variable_ceilings
from aci.payments.workflow import ORDER_WORKFLOW
from aci.payments.year_revisions import last_revision
from foundation import clock
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from records.idempotency import once
from territories.scopes import may_on

TAB = "funding"


@needs(Permission.PAYMENT_PREPARE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def prepare_order(request: SignedInRequest, reference: str) -> HttpResponse:
    """Choose among the lines that are due those that one order pays."""
    contract = _contract(request, reference, Permission.PAYMENT_PREPARE)
    due = read_ledger(contract, request.user).to_order
    if not due and request.method != "POST":
        raise Refused("Aucune ligne n’est à payer aujourd’hui sur ce contrat.")
    form = OrderForm(request.POST or None, due=due)
    made: list[PaymentOrder] = []
    if form.is_valid() and form.run(
        lambda: made.append(
            actions.prepare_order(contract, lines=form.cleaned_data["lines"], by=request.user)
        )
    ):
        messages.success(
            request,
            f"L’ordre {made[0].reference} est préparé. Une autre personne doit l’approuver : "
            "elle est prévenue par courriel.",
        )
        return redirect(made[0])
    return _page(request, "aci/payments/prepare_order.html", contract, form=form)


@needs(Permission.DOSSIER_SEE)
@require_safe
def payment_order(request: SignedInRequest, reference: str, order_id: uuid.UUID) -> HttpResponse:
    """One order: its lines, each with its explanation, who prepared it, who decided."""
    order = _order(request, reference, order_id)
    items = list(
        PaymentOrderItem.objects.visible_to(request.user)
        .filter(order=order)
        .select_related("line__year", "line__recorded_by")
        .order_by("line__due_on", "line__pk")
    )
    page = order_page(order, items, request.user)
    return _page(request, "aci/payments/order.html", order.contract, page=page, order=order)


@needs(Permission.PAYMENT_APPROVE)
@require_POST
@once
def approve_order(request: SignedInRequest, reference: str, order_id: uuid.UUID) -> HttpResponse:
    """Another person than its author says yes, who has just proven their identity."""
    order = _order(request, reference, order_id)
    if not may_on(request.user, order.contract.cpts)(Permission.PAYMENT_APPROVE):
        raise NotAllowed("approve_order")
    proof = recently_proven(request)
    if proof is None:
        return ask_proof(request)
    order = actions.approve_order(order, proof=proof, by=request.user)
    messages.success(
        request,
        f"L’ordre {order.reference} est approuvé. Il peut être transmis à la comptabilité.",
    )
    return redirect(order)


@needs(Permission.PAYMENT_APPROVE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def refuse_order(request: SignedInRequest, reference: str, order_id: uuid.UUID) -> HttpResponse:
    """Another person than its author says no, and why."""
    order = _order(request, reference, order_id)
    if not may_on(request.user, order.contract.cpts)(Permission.PAYMENT_APPROVE):
        raise NotAllowed("refuse_order")
    if request.method == "GET":
        _ensure_refusable(order, request)
    form = RefuseOrderForm(request.POST or None)
    if form.is_valid() and form.run(
        lambda: actions.refuse_order(order, reason=form.cleaned_data["reason"], by=request.user)
    ):
        messages.success(request, f"L’ordre {order.reference} est refusé, et son auteur prévenu.")
        return redirect(order)
    return _page(request, "aci/payments/refuse_order.html", order.contract, form=form, order=order)


@needs(Permission.PAYMENT_PREPARE)
@require_POST
@once
def withdraw_order(request: SignedInRequest, reference: str, order_id: uuid.UUID) -> HttpResponse:
    """Take back an order that nobody decided on."""
    order = actions.withdraw_order(_order(request, reference, order_id), by=request.user)
    messages.success(
        request, f"L’ordre {order.reference} est retiré. Ses lignes sont de nouveau à payer."
    )
    return redirect(order)


@needs(Permission.OUTSIDE_GRID_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def record_outside(request: SignedInRequest, reference: str) -> HttpResponse:
    """Write an aid or an exception that is outside the grid."""
    contract = _contract(request, reference, Permission.OUTSIDE_GRID_RECORD)
    initial = {"due_on": clock.today()}
    form = OutsideForm(request.POST or None, aids=outside.aids_of(contract), initial=initial)
    if form.is_valid() and form.run(
        lambda: outside.record_outside(contract, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, "La somme est inscrite hors barème.")
        return redirect("aci:funding", reference)
    return _page(request, "aci/payments/record_outside.html", contract, form=form)


@needs(Permission.OUTSIDE_GRID_RECORD)
@require_POST
@once
def cancel_outside(request: SignedInRequest, reference: str) -> HttpResponse:
    """Take back an amount outside the grid written by mistake."""
    _contract(request, reference, Permission.OUTSIDE_GRID_RECORD)
    form = CancelOutsideForm(request.POST)
    if not form.is_valid():
        raise Refused("La page a expiré : rouvrez le financement du dossier.")
    line = get_object_or_404(
        PaymentLine.objects.visible_to(request.user).select_related("contract__cpts"),
        contract__cpts__reference=reference,
        pk=form.cleaned_data["line"],
    )
    outside.cancel_outside(line, by=request.user)
    messages.success(request, "La somme hors barème est retirée.")
    return redirect("aci:funding", reference)


@needs(Permission.PAYMENT_PREPARE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def settle_year(request: SignedInRequest, reference: str, number: int) -> HttpResponse:
    """What the review of a finished year retains of each variable part."""
    contract = _contract(request, reference, Permission.PAYMENT_PREPARE)
    year = last_revision(contract, number)
    if year is None:
        raise Http404
    ceilings = variable_ceilings(year)
    if not ceilings and request.method == "GET":
        raise Refused("Cette année de contrat n’a pas de part variable à arrêter.")
    has_crisis = any(line["code"] == "CRISE" for line in year.lines)
    initial = SettleForm.values_of(ceilings, revision=year.revision, has_crisis=has_crisis)
    proposed = SettleForm.proposed(ceilings, request.GET)
    form = SettleForm(request.POST or None, initial=initial | proposed, ceilings=ceilings)
    if form.is_valid() and form.run(
        lambda: revisions.settle_year(contract, number=number, by=request.user, **form.settled)
    ):
        messages.success(
            request,
            f"Les parts variables de l’année {number} sont arrêtées : elles sont à payer.",
        )
        room = reverse("aci:funding", args=[reference])
        return redirect(f"{room}?annee={number}&contrat={contract.number}")
    context = {"form": form, "year": year, "is_proposed": bool(proposed)}
    return _page(request, "aci/payments/settle_year.html", contract, **context)


def _page(request: SignedInRequest, name: str, contract: Contract, **context: Any) -> HttpResponse:
    shown = {"contract": contract, "cpts": shown_cpts(contract), "tab": TAB, **context}
    return render(request, name, shown)


def _contract(request: SignedInRequest, reference: str, permission: Permission) -> Contract:
    """The signed contract that the address names, else the last one."""
    signed = Contract.objects.visible_to(request.user).signed_of(
        reference, request.GET.get("contrat", "")
    )
    found: Contract = get_object_or_404(signed.with_page()[:1])
    if not may_on(request.user, found.cpts)(permission):
        raise NotAllowed("payments")
    return found


def _order(request: SignedInRequest, reference: str, order_id: uuid.UUID) -> PaymentOrder:
    found: PaymentOrder = get_object_or_404(
        PaymentOrder.objects.visible_to(request.user).of_dossier(reference).with_page(),
        public_id=order_id,
    )
    return found


def _ensure_refusable(order: PaymentOrder, request: SignedInRequest) -> None:
    """A message rather than a form when the refusal is not possible."""
    order.decided_by = request.user  # as the act will write it; not saved here
    refusal = ORDER_WORKFLOW.refusal(ORDER_WORKFLOW.by_name["refuse_order"], order)
    if refusal:
        raise Refused(refusal)
