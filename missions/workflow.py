"""The life of a mission under a contract: it starts, it is fully deployed. Pure table."""

from django.db.models import TextChoices

from accounts.access import Permission
from foundation.workflow import Transition, Workflow


class ProgressState(TextChoices):
    """How far a mission is."""

    NOT_STARTED = "not_started", "Pas encore démarrée"
    STARTED = "started", "Démarrée"
    DEPLOYED = "deployed", "Pleinement déployée"


WORKFLOW = Workflow(
    "Avancement d’une mission",
    ProgressState,
    (
        Transition(
            "start",
            {ProgressState.NOT_STARTED},
            ProgressState.STARTED,
            Permission.MISSION_REPORT,
            "Déclarer le démarrage",
        ),
        Transition(
            "deploy",
            {ProgressState.STARTED},
            ProgressState.DEPLOYED,
            Permission.MISSION_REPORT,
            "Déclarer le plein déploiement",
        ),
        Transition(
            "reopen",
            {ProgressState.DEPLOYED},
            ProgressState.STARTED,
            Permission.MISSION_REPORT,
            "Revenir à « démarrée »",
        ),
        Transition(
            "cancel_start",
            {ProgressState.STARTED},
            ProgressState.NOT_STARTED,
            Permission.MISSION_REPORT,
            "Annuler le démarrage",
        ),
    ),
)
