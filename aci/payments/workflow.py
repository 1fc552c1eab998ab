"""The life of a payment order, as a table that can be read aloud."""

from typing import Protocol

from django.db.models import TextChoices

from accounts.access import Permission
from foundation.refusal import Refusal
from foundation.workflow import Transition, Workflow, in_words


class OrderState(TextChoices):
    """Where an order stands."""

    PREPARED = "prepared", "à approuver"
    APPROVED = "approved", "approuvé"
    REFUSED = "refused", "refusé"
    WITHDRAWN = "withdrawn", "retiré"
    SENT = "sent", "transmis à la comptabilité"
    PAID = "paid", "versé"


# What still holds its lines: nobody may order them again.
LIVE = (OrderState.PREPARED, OrderState.APPROVED, OrderState.SENT, OrderState.PAID)


WITHOUT_ACCOUNT = (
    "La CPTS n’a pas de compte bancaire confirmé : proposez-en un, ou confirmez-le, à la page "
    "« Identité des parties » avant d’approuver l’ordre."
)


class OrderLike(Protocol):
    """What the guard reads; the action writes who decides before it asks."""

    prepared_by_id: int
    decided_by_id: int | None
    account_id: int | None

    @property
    def is_recovery(self) -> bool: ...


@in_words("la personne n’est pas celle qui a préparé l’ordre")
def by_another_person(order: OrderLike) -> Refusal | None:
    """A payment is the act of two people (quality.md, « Security »)."""
    if order.decided_by_id != order.prepared_by_id:
        return None
    return Refusal(
        "Vous avez préparé cet ordre : une autre personne doit l’approuver ou le refuser."
    )


@in_words(
    "la personne n’est pas celle qui a préparé l’ordre, et la CPTS a un compte bancaire confirmé "
    "(sauf pour récupérer)"
)
def ready_to_approve(order: OrderLike) -> Refusal | None:
    """By another person, to an account that two people confirmed; what is recovered needs none."""
    if order.account_id is None and not order.is_recovery:
        return by_another_person(order) or Refusal(WITHOUT_ACCOUNT)
    return by_another_person(order)


_S = OrderState
_P = Permission

ORDER_WORKFLOW = Workflow(
    "Ordre de paiement",
    OrderState,
    (
        Transition(
            "approve_order",
            {_S.PREPARED},
            _S.APPROVED,
            _P.PAYMENT_APPROVE,
            "Approuver l’ordre",
            guard=ready_to_approve,
        ),
        Transition(
            "refuse_order",
            {_S.PREPARED},
            _S.REFUSED,
            _P.PAYMENT_APPROVE,
            "Refuser l’ordre",
            guard=by_another_person,
        ),
        Transition(
            "withdraw_order",
            {_S.PREPARED},
            _S.WITHDRAWN,
            _P.PAYMENT_PREPARE,
            "Retirer l’ordre",
        ),
        Transition(
            "send_orders",
            {_S.APPROVED},
            _S.SENT,
            _P.PAYMENT_PREPARE,
            "Transmettre à la comptabilité",
        ),
        Transition(
            "note_paid",
            {_S.SENT},
            _S.PAID,
            _P.PAYMENT_PREPARE,
            "Noter le versement",
        ),
    ),
)
