"""The life of an invitation to give an opinion. Pure; `projects.workflow` shows the table."""

from django.db.models import TextChoices

from accounts.access import Permission
from foundation.workflow import Transition, Workflow


class RequestState(TextChoices):
    """Where a body stands with the opinion that it is asked for."""

    PLANNED = "planned", "Invité à son tour"
    INVITED = "invited", "Avis attendu"
    GIVEN = "given", "Avis donné"
    WITHDRAWN = "withdrawn", "Invitation retirée"
    ENDED = "ended", "Décision prise sans cet avis"


_S = RequestState
_P = Permission
OPEN_STATES = frozenset({_S.PLANNED, _S.INVITED})

OPINION_REQUEST_WORKFLOW = Workflow(
    "Invitation à donner un avis",
    RequestState,
    (
        # The levels of a procedure follow each other: the next one opens when the former is given.
        Transition("open", {_S.PLANNED}, _S.INVITED, _P.SYSTEM, "Ouvrir le niveau suivant"),
        Transition("save_draft", {_S.INVITED}, _S.INVITED, _P.OPINION_GIVE, "Préparer l’avis"),
        Transition("give", {_S.INVITED}, _S.GIVEN, _P.OPINION_GIVE, "Donner l’avis"),
        Transition(
            "withdraw", OPEN_STATES, _S.WITHDRAWN, _P.OPINION_INVITE, "Retirer l’invitation"
        ),
        Transition(
            "invite_again", {_S.WITHDRAWN}, _S.INVITED, _P.OPINION_INVITE, "Inviter de nouveau"
        ),
        Transition("end", OPEN_STATES, _S.ENDED, _P.SYSTEM, "Clore avec le dossier"),
    ),
)
