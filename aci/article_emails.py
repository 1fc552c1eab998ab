"""Who is told of a remark on an article: those who negotiate for the other parties."""

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from accounts.notifications import Event
from aci.emails import people_of
from aci.models import Remark
from aci.parties import Party
from records import notices


def article_remarked(remark: Remark, title: str, *, by: User) -> None:
    """One message per new word of a remark."""
    contract = remark.contract
    path = reverse("aci:article", args=[contract.cpts.reference, remark.key])
    link = settings.PORTAL_URL + path
    count = remark.messages.count()
    for person in people_of(contract, [party.accept_permission for party in Party]):
        if person == by:
            continue
        notices.notify(
            person,
            Event.CONTRACT,
            "contract_remark",
            {
                "contract": contract,
                "cpts": contract.cpts,
                "person": person,
                "by": by,
                "title": title,
                "path": path,
            },
            key=f"contract_remark:{remark.uuid}:{count}:{person.pk}",
            link=link,
            by=by,
            dossier=contract.cpts.reference,
        )
