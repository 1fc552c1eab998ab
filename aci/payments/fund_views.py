"""The payments of a fund: what is to order, the orders, the slips handed to the accountants."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Permission, SignedInRequest, needs
from aci.models import PaymentLine, PaymentOrder, PaymentOrderItem, PaymentSlip
from aci.payments import actions
from aci.payments.forms import PaidForm, PaymentsForm, SentOrdersForm
from aci.payments.slip_export import HEADER, row_of
from aci.payments.workflow import OrderState
from foundation.htmx import render_page_or_part
from foundation.paging import page_of
from foundation.refusal import Refused
from foundation.spreadsheet import EXPORTED_AT_ONCE, table_download
from records.idempotency import once

PER_PAGE = 25
VIEWS = {"a-preparer": "À préparer", "ordres": "Ordres", "bordereaux": "Bordereaux"}
MONEY = (Permission.PAYMENT_PREPARE, Permission.PAYMENT_APPROVE)


@needs(*MONEY)
@require_safe
def payments(request: SignedInRequest) -> HttpResponse:
    """What the fund has to pay, what was ordered, what was handed over."""
    prepares = Permission.PAYMENT_PREPARE in request.user.permissions
    first = "a-preparer" if prepares else "ordres"
    view = request.GET.get("vue", "")
    view = view if view in VIEWS else first
    context = {
        "view": view,
        "views": VIEWS.items(),
        "prepares": prepares,
        **_SHOWN[view](request),
    }
    return render_page_or_part(request, "aci/payments/payments.html", "results", context)


@needs(Permission.PAYMENT_PREPARE)
@require_POST
@once
def send_orders(request: SignedInRequest) -> HttpResponse:
    """Hand the approved orders that the page showed to the accountants."""
    form = SentOrdersForm(request.POST)
    if not form.is_valid():
        raise Refused("Aucun ordre approuvé n’attend d’être transmis.")
    slips = actions.send_orders(orders=form.cleaned_data["orders"], by=request.user)
    names = ", ".join(slip.reference for slip in slips)
    messages.success(
        request,
        f"Les ordres approuvés sont sur le bordereau {names}. Téléchargez-le pour la comptabilité.",
    )
    return redirect(slips[0] if len(slips) == 1 else "aci:payments")


@needs(*MONEY)
@require_safe
def payment_slip(request: SignedInRequest, slip_id: uuid.UUID) -> HttpResponse:
    """The orders of a slip, its files, and whether they are paid."""
    return _slip_page(request, _slip(request, slip_id), PaidForm())


@needs(*MONEY)
@require_safe
def slip_export(request: SignedInRequest, slip_id: uuid.UUID, kind: str) -> HttpResponse:
    """The slip for the accountants, a row for each line of an order."""
    slip = _slip(request, slip_id)
    items = PaymentOrderItem.objects.of_slip(slip).iterator(chunk_size=EXPORTED_AT_ONCE)
    return table_download(kind, slip.reference, HEADER, (row_of(item) for item in items))


@needs(Permission.PAYMENT_PREPARE)
@require_POST
@once
def note_paid(request: SignedInRequest, slip_id: uuid.UUID) -> HttpResponse:
    """The accountants have paid: note the day."""
    slip = _slip(request, slip_id, Permission.PAYMENT_PREPARE)
    form = PaidForm(request.POST)
    if form.is_valid() and form.run(
        lambda: actions.note_paid(slip, paid_on=form.cleaned_data["paid_on"], by=request.user)
    ):
        messages.success(request, "Le versement est noté. La CPTS est prévenue par courriel.")
        return redirect(slip)
    return _slip_page(request, slip, form)


def _slip_page(request: SignedInRequest, slip: PaymentSlip, form: PaidForm) -> HttpResponse:
    orders = list(
        PaymentOrder.objects.visible_to(request.user, *_granted(request))
        .filter(slip=slip)
        .select_related("contract__cpts", "account")
        .order_by("contract__cpts__reference", "number")
    )
    context = {
        "slip": slip,
        "orders": orders,
        "form": form,
        "may_note": Permission.PAYMENT_PREPARE in request.user.permissions
        and any(order.state == OrderState.SENT for order in orders),
        "paid_on": next((order.paid_on for order in orders if order.paid_on), None),
    }
    return render(request, "aci/payments/slip.html", context)


def _to_prepare(request: SignedInRequest) -> dict[str, Any]:
    rows = PaymentLine.objects.visible_to(request.user, _granted(request)[0]).to_order_by_dossier()
    return {"rows": list(rows[:200])}


def _orders(request: SignedInRequest) -> dict[str, Any]:
    form = PaymentsForm(request.GET, states=OrderState.choices)
    found = PaymentOrder.objects.visible_to(request.user, *_granted(request))
    if form.state:
        found = found.filter(state=form.state)
    found = found.order_by("-prepared_at", "-pk")
    shown = PaymentOrder.objects.select_related("contract__cpts", "prepared_by")
    to_send = []
    if Permission.PAYMENT_PREPARE in request.user.permissions:
        to_send = list(PaymentOrder.objects.to_send_by(request.user).values_list("pk", "total"))
    return {
        "form": form,
        "page": page_of(found, request.GET.get("page"), per_page=PER_PAGE, shown=shown),
        "to_send": [pk for pk, _ in to_send],
        "to_send_total": sum(total for _, total in to_send),
    }


def _slips(request: SignedInRequest) -> dict[str, Any]:
    found = PaymentSlip.objects.visible_to(request.user, *_granted(request))
    found = found.order_by("-sent_at", "-pk")
    shown = PaymentSlip.objects.with_totals()
    return {"page": page_of(found, request.GET.get("page"), per_page=PER_PAGE, shown=shown)}


_SHOWN = {"a-preparer": _to_prepare, "ordres": _orders, "bordereaux": _slips}


def _granted(request: SignedInRequest) -> list[Permission]:
    """With which right this person reads the payments of the fund."""
    return [permission for permission in MONEY if permission in request.user.permissions][:1]


def _slip(
    request: SignedInRequest, slip_id: uuid.UUID, permission: Permission | None = None
) -> PaymentSlip:
    wanted = permission or _granted(request)[0]
    found: PaymentSlip = get_object_or_404(
        PaymentSlip.objects.visible_to(request.user, wanted).select_related(
            "cpam_district", "sent_by"
        ),
        public_id=slip_id,
    )
    return found
