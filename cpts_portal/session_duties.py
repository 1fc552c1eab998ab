"""What the sessions of the committees wait for from one person: one query, then sentences."""

import datetime as dt
from typing import Any

from django.urls import reverse

from accounts.access import Permission, Role
from accounts.models import User
from cpts_portal.duties import Duty
from foundation import clock
from foundation.numbers import NBSP
from projects.models import CommitteeSession
from projects.session_querysets import manages
from projects.session_workflow import SessionState


def session_duties(user: User) -> list[Duty]:
    """To convene, open, close, approve for those who hold it; to read, then to vote for members."""
    if not (Permission.SESSION_MANAGE in user.permissions or Role.COMMITTEE in user.roles):
        return []
    waiting = CommitteeSession.objects.waiting_for(user)
    return [duty for session in waiting for duty in _duties_of(session, user)]


def _duties_of(session: Any, user: User) -> list[Duty]:
    found = []
    if session.is_open and session.in_session == "present" and session.votes_left:
        label = f"Voter sur {_files(session.votes_left)}"
        found.append(_duty(label, session, since=session.opened_at, page="session"))
    if manages(user, session):
        label, since, page = _HELD[session.state]
        found.append(_duty(label, session, since=getattr(session, since), page=page))
    elif session.state == SessionState.CONVENED:
        label = f"Préparer la séance{NBSP}: {_files(session.item_count)} à l’ordre du jour"
        found.append(_duty(label, session, since=session.convened_seat, page="session"))
    return found


# State → what those who hold the session do next, since which instant, on which page.
_HELD = {
    SessionState.DRAFT: ("Convoquer les membres", "created_at", "session"),
    SessionState.CONVENED: ("Pointer la présence et ouvrir la séance", "starts_at", "session"),
    SessionState.OPEN: ("Clore la séance et rendre les avis", "opened_at", "session"),
    SessionState.CLOSED: ("Approuver le compte rendu", "closed_at", "minutes"),
}


def _duty(label: str, session: CommitteeSession, *, since: dt.datetime, page: str) -> Duty:
    is_over = session.is_closed
    return Duty(
        label,
        str(session),
        reverse(f"projects:{page}", args=[session.uuid]),
        since.astimezone(clock.PARIS).date(),
        None if is_over else session.day,
        "" if is_over else "Séance",
    )


def _files(count: int) -> str:
    return "1 dossier" if count == 1 else f"{count}{NBSP}dossiers"
