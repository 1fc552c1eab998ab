"""The verbs of payment orders: prepared by one person, decided by another, sent, noted as paid."""

import datetime as dt
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction

from accounts.access import Permission
from accounts.factors.actions import ensure_recent
from accounts.models import FactorProof, User
from aci.actions.held import held
from aci.models import (
    BankAccount,
    Contract,
    PaymentLine,
    PaymentOrder,
    PaymentOrderItem,
    PaymentSlip,
)
from aci.payments import emails
from aci.payments.workflow import ORDER_WORKFLOW, OrderState
from foundation import clock
from foundation.dates import format_date
from foundation.money import ZERO, format_euros
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from records import journal
from territories.models import CpamDistrict
from territories.scopes import may_on, quality_on

CHANGED = "L’échéancier a changé depuis que vous l’avez ouvert : relisez-le."
REASON_LENGTH = 1000


@transaction.atomic
def prepare_order(contract: Contract, *, lines: Collection[int], by: User) -> PaymentOrder:
    """Gather lines that are due in one order: all to pay, or all to recover, from one funder."""
    contract = held(contract)
    if not may_on(by, contract.cpts)(Permission.PAYMENT_PREPARE):
        raise NotAllowed("prepare_order")
    rows = _lines_to_order(contract, lines)
    last = contract.payment_orders.order_by("-number").first()
    order = PaymentOrder.objects.create(
        contract=contract,
        number=last.number + 1 if last else 1,
        funder=rows[0].funder,
        total=sum((row.amount for row in rows), ZERO),
        prepared_by=by,
        prepared_at=clock.now(),
    )
    _hold(order, rows)
    _tell(order, "prepare_order", f"{_named(order)} préparé", by=by, lines=[r.pk for r in rows])
    emails.order_to_approve(order, by=by)
    return order


@transaction.atomic
def approve_order(order: PaymentOrder, *, proof: FactorProof | None, by: User) -> PaymentOrder:
    """Another person than its author says yes; it will be paid to the account in use now.

    `proof`: how they have just proven who they are, by a second factor.
    """
    order = _decide(order, "approve_order", by=by)
    proven = ensure_recent(proof, by=by)
    order.save(update_fields=["state", "decided_by", "decided_at", "account"])
    _tell(
        order,
        "approve_order",
        f"{_named(order)} approuvé",
        by=by,
        before=OrderState.PREPARED,
        account=order.account.masked if order.account else "",
        identity=str(proven.uuid),
    )
    emails.order_decided(order, by=by)
    return order


@transaction.atomic
def refuse_order(order: PaymentOrder, *, reason: str, by: User) -> PaymentOrder:
    """Another person than its author says no, and why; its lines may be ordered again."""
    reason = reason.strip()
    order = _decide(order, "refuse_order", by=by)
    if not reason:
        raise Refused("Dites pourquoi vous refusez cet ordre.")
    order.reason = reason[:REASON_LENGTH]
    order.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    _release(order)
    _tell(
        order,
        "refuse_order",
        f"{_named(order)} refusé",
        by=by,
        before=OrderState.PREPARED,
        reason=order.reason,
    )
    emails.order_decided(order, by=by)
    return order


@transaction.atomic
def withdraw_order(order: PaymentOrder, *, by: User) -> PaymentOrder:
    """Who prepares takes back an order that nobody decided on yet."""
    order = _held_order(order)
    ORDER_WORKFLOW.apply("withdraw_order", order, may=may_on(by, order.contract.cpts))
    order.save(update_fields=["state"])
    _release(order)
    _tell(order, "withdraw_order", f"{_named(order)} retiré", by=by, before=OrderState.PREPARED)
    return order


@transaction.atomic
def send_orders(*, orders: Collection[int], by: User) -> list[PaymentSlip]:
    """Hand approved orders to the accountants: one slip for each fund."""
    rows = _orders_to_send(orders, by)
    if not rows or len(rows) != len(set(orders)):
        raise Refused("Aucun ordre approuvé n’attend d’être transmis." if not rows else CHANGED)
    slips: dict[str, PaymentSlip] = {}
    for order in rows:
        district = order.contract.cpts.cpam_district_id
        if district not in slips:
            slips[district] = _new_slip(district, by=by)
        ORDER_WORKFLOW.apply("send_orders", order, may=may_on(by, order.contract.cpts))
        order.slip = slips[district]
        order.save(update_fields=["state", "slip"])
        _tell(
            order,
            "send_orders",
            f"{_named(order)} transmis à la comptabilité (bordereau {order.slip.reference})",
            by=by,
            before=OrderState.APPROVED,
        )
    return list(slips.values())


@transaction.atomic
def note_paid(slip: PaymentSlip, *, paid_on: dt.date, by: User) -> int:
    """The accountants have paid the orders of a slip; returns how many."""
    rows = [
        order
        for order in _locked_orders(slip=slip)
        if may_on(by, order.contract.cpts)(Permission.PAYMENT_PREPARE)
    ]
    if not rows:
        raise NotAllowed("note_paid")
    _refuse_day(slip, paid_on)
    for order in rows:
        ORDER_WORKFLOW.apply("note_paid", order, may=may_on(by, order.contract.cpts))
        order.paid_on = paid_on
        order.save(update_fields=["state", "paid_on"])
        done = "récupéré" if order.is_recovery else "versé"
        _tell(
            order,
            "note_paid",
            f"{_named(order)} {done} le {format_date(paid_on)}",
            by=by,
            before=OrderState.SENT,
        )
        emails.order_paid(order, by=by)
    return len(rows)


# --- Lines -----------------------------------------------------------------------------------


def _lines_to_order(contract: Contract, keys: Collection[int]) -> list[PaymentLine]:
    """The lines asked for, still due and free, that one order may hold together."""
    if not keys:
        raise Refused("Choisissez au moins une ligne à payer.")
    mine = contract.payment_lines.select_for_update(of=("self",)).order_by("pk")
    rows = list(mine.filter(pk__in=set(keys)))
    if len(rows) != len(set(keys)):
        raise Refused(CHANGED)
    taken = PaymentOrderItem.objects.filter(line__in=rows, released_at=None)
    if taken.exists():
        raise Refused("Une de ces lignes est déjà dans un ordre : une ligne se paie une fois.")
    for row in rows:
        _refuse_line(row)
    if len({row.amount > 0 for row in rows}) > 1:
        raise Refused(
            "Un ordre paie ou récupère, jamais les deux : préparez un ordre de récupération à part."
        )
    if len({row.funder for row in rows}) > 1:
        raise Refused("Un ordre n’a qu’un financeur : préparez un ordre pour chacun.")
    return rows


def _refuse_line(row: PaymentLine) -> None:
    if row.replaced_by_id is not None or row.cancelled_at is not None:
        raise Refused(CHANGED)
    if row.is_forecast:
        raise Refused(
            f"« {row.label} » est une prévision : le dialogue de gestion doit d’abord arrêter "
            "le montant."
        )
    if row.due_on > clock.today():
        raise Refused(f"« {row.label} » n’est due que le {format_date(row.due_on)}.")


def _hold(order: PaymentOrder, rows: Sequence[PaymentLine]) -> None:
    """The database lets one order hold a line, whoever comes second."""
    try:
        with transaction.atomic():
            PaymentOrderItem.objects.bulk_create(
                PaymentOrderItem(order=order, line=row, amount=row.amount) for row in rows
            )
    except IntegrityError:
        raise Refused(CHANGED) from None


def _release(order: PaymentOrder) -> None:
    order.items.update(released_at=clock.now())


# --- Orders and slips ------------------------------------------------------------------------


def _held_order(order: PaymentOrder) -> PaymentOrder:
    """The order as it stands now, held with its contract until the end of the act."""
    contract = held(order.contract)
    row: PaymentOrder = (
        PaymentOrder.objects.select_for_update(of=("self",))
        .select_related("prepared_by")
        .get(pk=order.pk)
    )
    row.contract = contract
    return row


def _decide(order: PaymentOrder, name: str, *, by: User) -> PaymentOrder:
    order = _held_order(order)
    order.decided_by, order.decided_at = by, clock.now()  # the guard looks whether it is another
    if name == "approve_order":  # and whether there is an account; both are held with the CPTS
        order.account = BankAccount.objects.filter(cpts=order.contract.cpts).in_use().first()
    ORDER_WORKFLOW.apply(name, order, may=may_on(by, order.contract.cpts))
    return order


def _orders_to_send(keys: Collection[int], by: User) -> list[PaymentOrder]:
    wanted = PaymentOrder.objects.to_send_by(by).filter(pk__in=set(keys))
    return _locked_orders(pk__in=list(wanted.values_list("pk", flat=True)))


def _locked_orders(**which: Any) -> list[PaymentOrder]:
    rows = PaymentOrder.objects.select_for_update(of=("self",)).filter(**which)
    return list(rows.select_related("contract__cpts", "prepared_by", "slip").order_by("pk"))


def _new_slip(district: str, *, by: User) -> PaymentSlip:
    """Numbered within its fund, which is held meanwhile."""
    fund = CpamDistrict.objects.select_for_update().get(pk=district)
    last = PaymentSlip.objects.filter(cpam_district=fund).order_by("-number").first()
    number = last.number + 1 if last else 1
    return PaymentSlip.objects.create(
        cpam_district=fund, number=number, sent_by=by, sent_at=clock.now()
    )


def _refuse_day(slip: PaymentSlip, paid_on: dt.date) -> None:
    sent_on = slip.sent_at.astimezone(clock.PARIS).date()
    if not sent_on <= paid_on <= clock.today():
        raise Refused(
            f"Le versement a lieu entre la transmission du {format_date(sent_on)} et aujourd’hui."
        )


def _named(order: PaymentOrder) -> str:
    """« Ordre de paiement OP-62-0001-1-3 de 1 234,56 € »."""
    return f"{order.kind_label} {order.reference} de {format_euros(order.absolute_total)}"


def _tell(
    order: PaymentOrder,
    verb: str,
    sentence: str,
    *,
    by: User,
    before: str = "",
    reason: str = "",
    **data: Any,
) -> None:
    record = partial(journal.record, verb, order, by=by, dossier=order.contract.cpts.reference)
    record(
        sentence=sentence,
        from_state=before,
        to_state=order.state,
        reason=reason,
        role=quality_on(by, order.contract.cpts),
        total=str(order.total),
        **data,
    )
