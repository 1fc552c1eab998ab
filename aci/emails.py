"""Who is written to about a contract, and with what: sent after the act, by the queue."""

from collections.abc import Collection, Iterable

from django.conf import settings

from accounts.access import Permission, Role, roles_granting
from accounts.models import User
from accounts.notifications import Event
from aci.models import Contract
from aci.parties import SIGNING_ORDER, Party
from records import notices
from territories.models import Assignment, Cpts

# Steps of a negotiation may be silenced; what binds (signature, force, end) may not.
NEGOTIATION = {"contract_terms", "contract_sent_back", "amendment_abandoned"}
ASKED = {"contract_terms", "contract_to_sign"}
_NEGOTIATORS = {party.accept_permission for party in Party}
_SIGNATORIES = {party.sign_permission for party in Party}


def people_of(contract: Contract, permissions: Iterable[Permission]) -> list[User]:
    """The active accounts that hold one of these grants on the dossier today, once each."""
    return people_on(contract.cpts, permissions)


def people_on(cpts: Cpts, permissions: Iterable[Permission]) -> list[User]:
    """The same, for a dossier without a contract yet."""
    roles: set[Role] = set()
    for permission in permissions:
        roles |= roles_granting(permission)
    posts = (
        Assignment.objects.current()
        .on(cpts)
        .filter(role__in=roles, user__is_active=True)
        .select_related("user")
        .order_by("user_id")
    )
    return list({post.user_id: post.user for post in posts}.values())


def terms_to_accept(contract: Contract, *, by: User) -> None:
    """New terms wait for the three parties."""
    _send(contract, "contract_terms", _NEGOTIATORS, by=by)


def contract_to_sign(contract: Contract, *, by: User) -> None:
    """The text is fixed, or the party before has signed: the turn of this signatory has come."""
    to_sign = contract.parties_to_sign
    party = next(item for item in SIGNING_ORDER if item in to_sign)
    _send(contract, "contract_to_sign", {party.sign_permission}, by=by)


def contract_sent_back(contract: Contract, *, reason: str, by: User) -> None:
    """A signatory asks for a change."""
    everybody = _NEGOTIATORS | _SIGNATORIES
    _send(contract, "contract_sent_back", everybody, by=by, reason=reason)


def amendment_abandoned(contract: Contract, *, reason: str, by: User) -> None:
    """Nobody accepts nor signs it any more."""
    everybody = _NEGOTIATORS | _SIGNATORIES
    _send(contract, "amendment_abandoned", everybody, by=by, reason=reason)


def contract_in_force(contract: Contract, *, by: User) -> None:
    """The three parties are told that everything is signed."""
    _send(contract, "contract_in_force", _NEGOTIATORS | _SIGNATORIES, by=by)


def contract_expired(contract: Contract, *, by: User) -> None:
    """The last day is over."""
    _send(contract, "contract_expired", _NEGOTIATORS | _SIGNATORIES, by=by)


def contract_to_renew(contract: Contract, *, by: User) -> None:
    """The end is near and nothing follows."""
    _send(contract, "contract_to_renew", _NEGOTIATORS | _SIGNATORIES, by=by)


def _send(
    contract: Contract, template: str, permissions: set[Permission], *, by: User, **extra: object
) -> None:
    link = settings.PORTAL_URL + contract.get_absolute_url()
    for person in people_of(contract, permissions):
        notices.notify(
            person,
            Event.CONTRACT if template in NEGOTIATION else Event.LEGAL_ACT,
            template,
            {"contract": contract, "cpts": contract.cpts, "person": person, "by": by, **extra},
            key=f"{template}:{contract.reference}:{contract.terms_version}:{person.pk}",
            link=link,
            by=by,
            dossier=contract.cpts.reference,
            about=_asked(contract) if template in ASKED else "",
        )


def _asked(contract: Contract) -> str:
    return f"contract:{contract.pk}:{contract.state}:{contract.terms_version}"


@notices.still_holds("contract")
def contracts_in_state(user: User, subjects: Collection[str]) -> Collection[str]:
    """Contracts that still wait in that state, with those terms."""
    keys = [subject.partition(":")[0] for subject in subjects]
    rows = Contract.agreements.filter(pk__in=keys)  # an amendment waits for the same accords
    return {_asked(row).partition(":")[2] for row in rows} & set(subjects)
