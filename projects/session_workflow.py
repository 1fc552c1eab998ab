"""The states of a committee session, and who moves them. No database."""

from typing import Protocol

from django.db.models import TextChoices

from accounts.access import Permission
from foundation.refusal import Refusal
from foundation.workflow import Transition, Workflow, in_words
from projects.votes import Quorum


class SessionState(TextChoices):
    """Prepared, announced, held, over."""

    DRAFT = "draft", "En préparation"
    CONVENED = "convened", "Convoquée"
    OPEN = "open", "Ouverte"
    CLOSED = "closed", "Close"


# Where the agenda and the members may still change.
PREPARED = frozenset({SessionState.DRAFT, SessionState.CONVENED})


class SessionLike(Protocol):
    """What the guards read."""

    state: str

    @property
    def lacks_items(self) -> bool: ...
    @property
    def lacks_members(self) -> bool: ...
    @property
    def lacks_chair(self) -> bool: ...
    @property
    def quorum(self) -> Quorum: ...


@in_words("l’ordre du jour a au moins un dossier, et un membre préside")
def is_prepared(session: SessionLike) -> Refusal | None:
    """Somebody to convene, and something to speak about."""
    if session.lacks_items:
        return Refusal("L’ordre du jour est vide : inscrivez au moins un dossier.")
    if session.lacks_members:
        return Refusal("Choisissez au moins un membre à convoquer.")
    if session.lacks_chair:
        return Refusal("Dites quel membre préside la séance.")
    return None


@in_words("le quorum est atteint")
def quorum_is_reached(session: SessionLike) -> Refusal | None:
    """Who is there is pointed first."""
    quorum = session.quorum
    if quorum.is_reached:
        return None
    count = quorum.counted
    there = f"{count} membre compte" if count < 2 else f"{count} membres comptent"
    return Refusal(f"Le quorum n’est pas atteint : {there}, il en faut {quorum.needed}.")


SESSION_WORKFLOW = Workflow(
    "Séance de comité",
    SessionState,
    (
        Transition(
            "convene",
            {SessionState.DRAFT},
            SessionState.CONVENED,
            Permission.SESSION_MANAGE,
            "Convoquer les membres",
            guard=is_prepared,
        ),
        Transition(
            "open",
            {SessionState.CONVENED},
            SessionState.OPEN,
            Permission.SESSION_MANAGE,
            "Ouvrir la séance",
            guard=quorum_is_reached,
        ),
        Transition(
            "close",
            {SessionState.OPEN},
            SessionState.CLOSED,
            Permission.SESSION_MANAGE,
            "Clore la séance et rendre les avis",
        ),
    ),
)
