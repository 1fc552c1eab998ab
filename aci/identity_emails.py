"""The president is told of each step of a change of bank account."""

from django.conf import settings
from django.urls import reverse

from accounts.access import Permission
from accounts.models import User
from accounts.notifications import Event
from aci.emails import people_on
from aci.models import BankAccount
from records import notices


def bank_account_changed(account: BankAccount, *, by: User) -> None:
    """With the masked number only: an e-mail is read by others."""
    cpts = account.cpts
    path = reverse("aci:parties", args=[cpts.reference])
    for person in people_on(cpts, [Permission.CONTRACT_SIGN_CPTS]):
        notices.notify(
            person,
            Event.LEGAL_ACT,
            "bank_account",
            {"account": account, "cpts": cpts, "person": person, "by": by, "path": path},
            key=f"bank_account:{account.uuid}:{account.state}:{person.pk}",
            link=settings.PORTAL_URL + path,
            by=by,
            dossier=cpts.reference,
        )
