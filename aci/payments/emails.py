"""Who is written to about a payment order: sent after the act, by the queue."""

from collections.abc import Collection, Iterable

from django.conf import settings

from accounts.access import Permission
from accounts.models import User
from accounts.notifications import Event
from aci.emails import people_of
from aci.models import PaymentOrder
from records import notices


def order_to_approve(order: PaymentOrder, *, by: User) -> None:
    """Whoever approves for the fund, save the person who prepared it."""
    people = people_of(order.contract, [Permission.PAYMENT_APPROVE])
    _send(order, "payment_to_approve", [person for person in people if person != by], by=by)


def order_decided(order: PaymentOrder, *, by: User) -> None:
    """The person who prepared it learns what was decided."""
    template = "payment_approved" if order.state == "approved" else "payment_refused"
    _send(order, template, [order.prepared_by], by=by)


def order_paid(order: PaymentOrder, *, by: User) -> None:
    """The CPTS is told that the money is on its way, or is to be given back."""
    people = people_of(order.contract, [Permission.CONTRACT_ACCEPT_CPTS])
    _send(order, "payment_paid", people, by=by)


def _send(order: PaymentOrder, template: str, people: Iterable[User], *, by: User) -> None:
    cpts = order.contract.cpts
    for person in people:
        notices.notify(
            person,
            Event.PAYMENT,
            template,
            {"order": order, "contract": order.contract, "cpts": cpts, "person": person, "by": by},
            key=f"{template}:{order.reference}:{person.pk}",
            link=settings.PORTAL_URL + order.get_absolute_url(),
            by=by,
            dossier=cpts.reference,
            about=f"payment:{order.pk}" if template == "payment_to_approve" else "",
        )


@notices.still_holds("payment")
def orders_to_approve(user: User, subjects: Collection[str]) -> Collection[str]:
    """Orders that still wait for this person."""
    rows = PaymentOrder.objects.to_approve_by(user).filter(pk__in=list(subjects))
    return {str(pk) for pk in rows.values_list("pk", flat=True)} & set(subjects)
