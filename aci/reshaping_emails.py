"""Who is written to about a merger or a split: the parties of each CPTS before and after."""

import hashlib
from collections.abc import Iterable

from django.conf import settings

from accounts.access import Permission
from accounts.models import User
from accounts.notifications import Event
from aci.emails import people_on
from aci.models import Reshaping
from aci.parties import Party
from records import notices

_SIGNATORIES = [party.sign_permission for party in Party]
_EVERYBODY = [*_SIGNATORIES, *(party.accept_permission for party in Party)]


def asked(reshaping: Reshaping, *, by: User) -> None:
    """To the ARS: a CPTS asks for it."""
    _tell("reshaping_asked", reshaping, [Permission.RESHAPING_DRAFT], by=by)


def proposed(reshaping: Reshaping, *, by: User) -> None:
    """To those who agree or refuse."""
    _tell("reshaping_proposed", reshaping, _SIGNATORIES, by=by)


def agreed(reshaping: Reshaping, *, by: User) -> None:
    """To the parties: the day is certain."""
    _tell("reshaping_agreed", reshaping, _EVERYBODY, by=by)


def refused(reshaping: Reshaping, *, by: User) -> None:
    """To the parties: who refused, and why."""
    _tell("reshaping_refused", reshaping, _EVERYBODY, by=by)


def dropped(reshaping: Reshaping, *, by: User) -> None:
    """To the parties: it will not happen."""
    _tell("reshaping_dropped", reshaping, _EVERYBODY, by=by)


def applied(reshaping: Reshaping, *, by: User) -> None:
    """To the parties: the new CPTS is there."""
    _tell("reshaping_applied", reshaping, [*_EVERYBODY, Permission.FILING_WRITE], by=by)


def blocked(reshaping: Reshaping, *, by: User) -> None:
    """To the ARS: its day has come, and something prevents it."""
    _tell("reshaping_blocked", reshaping, [Permission.RESHAPING_DRAFT], by=by)


def _tell(
    template: str, reshaping: Reshaping, permissions: Iterable[Permission], *, by: User
) -> None:
    """Once to each person, be they of several of its CPTS."""
    link = settings.PORTAL_URL + reshaping.get_absolute_url()
    dossier = reshaping.concerned[0].known.reference
    people = {
        person.pk: person
        for part in reshaping.concerned
        for person in people_on(part.known, permissions)
    }
    why = hashlib.sha256(reshaping.blocked_because.encode()).hexdigest()[:8]
    for person in people.values():
        notices.notify(
            person,
            Event.LEGAL_ACT,
            template,
            {"reshaping": reshaping, "person": person, "by": by, "page_link": link},
            key=f"{template}:{reshaping.uuid}:{why}:{person.pk}",
            link=link,
            by=by,
            dossier=dossier,
        )
