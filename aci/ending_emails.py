"""Who is written to while a contract is being terminated."""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse

from accounts.access import Permission
from accounts.models import User
from accounts.notifications import Event
from aci.emails import people_of
from aci.models import Contract, Termination
from aci.parties import Party
from records import notices


def asked(contract: Contract, termination: Termination, *, party: Party, by: User) -> None:
    """To the institution whose accord is missing: it agrees, or not."""
    _tell("contract_termination_asked", contract, termination, [party.sign_permission], by=by)


def notified(contract: Contract, termination: Termination, *, by: User) -> None:
    """To the three parties: the reasons, and until when the other side is heard."""
    _tell("contract_termination_notified", contract, termination, _everybody(), by=by)


def observed(contract: Contract, termination: Termination, *, by: User) -> None:
    """To the institutions, who will decide."""
    _tell("contract_termination_observed", contract, termination, _institutions(), by=by)


def to_decide(contract: Contract, termination: Termination, *, by: User) -> None:
    """To the institutions: the delay is over."""
    _tell("contract_termination_to_decide", contract, termination, _institutions(), by=by)


def decision_asked(contract: Contract, termination: Termination, *, party: Party, by: User) -> None:
    """To the other institution: a decision is proposed."""
    permissions = [party.sign_permission]
    _tell("contract_termination_proposed", contract, termination, permissions, by=by)


def decided(contract: Contract, termination: Termination, *, by: User) -> None:
    """To the three parties: what was decided, and why."""
    _tell("contract_termination_decided", contract, termination, _everybody(), by=by)


def withdrawn(contract: Contract, termination: Termination, *, by: User) -> None:
    """To the three parties: the contract goes on."""
    _tell("contract_termination_withdrawn", contract, termination, _everybody(), by=by)


def terminated(contract: Contract, termination: Termination, *, by: User) -> None:
    """To the three parties: the day has come."""
    _tell("contract_terminated", contract, termination, _everybody(), by=by)


def _everybody() -> list[Permission]:
    return [
        permission
        for party in Party
        for permission in (party.accept_permission, party.sign_permission)
    ]


def _institutions() -> list[Permission]:
    return [party.sign_permission for party in (Party.ARS, Party.CPAM)]


def _tell(
    template: str,
    contract: Contract,
    termination: Termination,
    permissions: Iterable[Permission],
    *,
    by: User,
) -> None:
    """Each event once to each person: its key names the very accord or observation."""
    path = reverse("aci:termination", args=[contract.cpts.reference])
    link = settings.PORTAL_URL + path
    acts = termination.acts.count()
    for person in people_of(contract, permissions):
        notices.notify(
            person,
            Event.LEGAL_ACT,
            template,
            {
                "contract": contract,
                "termination": termination,
                "cpts": contract.cpts,
                "person": person,
                "by": by,
                "page_link": link,
            },
            key=f"{template}:{contract.reference}:{termination.number}:{acts}:{person.pk}",
            link=link,
            by=by,
            dossier=contract.cpts.reference,
        )
