"""The life of a membership: who applies, who decides, who leaves. Pure table."""

from django.db.models import TextChoices

from accounts.access import Permission
from foundation.workflow import Transition, Workflow


class MemberState(TextChoices):
    """Where a membership stands. A form not yet handed in is never stored."""

    DRAFT = "draft", "Formulaire à envoyer"
    APPLIED = "applied", "Demande à décider"
    APPROVED = "approved", "Adhérent"
    REFUSED = "refused", "Demande refusée"
    LEFT = "left", "Adhésion terminée"


WORKFLOW = Workflow(
    "Adhésion",
    MemberState,
    (
        Transition(
            "apply",
            {MemberState.DRAFT},
            MemberState.APPLIED,
            Permission.MEMBERSHIP_OWN,
            "Envoyer la demande d’adhésion",
        ),
        Transition(
            "approve",
            {MemberState.APPLIED},
            MemberState.APPROVED,
            Permission.MEMBER_APPROVE,
            "Accepter l’adhésion",
        ),
        Transition(
            "refuse",
            {MemberState.APPLIED},
            MemberState.REFUSED,
            Permission.MEMBER_APPROVE,
            "Refuser l’adhésion",
        ),
        Transition(
            "leave",
            {MemberState.APPLIED, MemberState.APPROVED},
            MemberState.LEFT,
            Permission.MEMBERSHIP_OWN,
            "Quitter la CPTS",
        ),
        Transition(
            "carry",
            {MemberState.APPLIED, MemberState.APPROVED},
            MemberState.LEFT,
            Permission.SYSTEM,
            "Continuer l’adhésion dans la CPTS issue d’une fusion ou d’une scission",
        ),
    ),
)
