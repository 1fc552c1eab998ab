"""Who is written to when a mission or a contract is put on hold."""

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from accounts.notifications import Event
from aci.emails import people_of
from aci.models import Contract, ContractHold
from aci.parties import Party
from records import notices


def suspended(contract: Contract, suspension: ContractHold, *, by: User) -> None:
    """To the three parties: what, since when, why."""
    _tell("contract_suspended", contract, suspension, by=by)


def lifted(contract: Contract, suspension: ContractHold, *, by: User) -> None:
    """To the three parties: it takes up again."""
    _tell("contract_suspension_lifted", contract, suspension, by=by)


def _tell(template: str, contract: Contract, suspension: ContractHold, *, by: User) -> None:
    link = settings.PORTAL_URL + reverse("aci:suspensions", args=[contract.cpts.reference])
    permissions = [
        permission
        for party in Party
        for permission in (party.accept_permission, party.sign_permission)
    ]
    for person in people_of(contract, permissions):
        notices.notify(
            person,
            Event.LEGAL_ACT,
            template,
            {
                "contract": contract,
                "suspension": suspension,
                "cpts": contract.cpts,
                "person": person,
                "by": by,
                "page_link": link,
            },
            key=f"{template}:{suspension.uuid}:{person.pk}",
            link=link,
            by=by,
            dossier=contract.cpts.reference,
        )
