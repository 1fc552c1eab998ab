"""The bank account of a CPTS: proposed by one person, confirmed by another, replaced one day."""

from django.db.models import TextChoices

from accounts.access import Permission
from foundation.workflow import Transition, Workflow


class BankState(TextChoices):
    """Where an account stands."""

    PROPOSED = "proposed", "à confirmer"
    IN_USE = "in_use", "en service"
    REFUSED = "refused", "refusé"
    REPLACED = "replaced", "remplacé"


_S = BankState
_P = Permission

BANK_WORKFLOW = Workflow(
    "Compte bancaire de la CPTS",
    BankState,
    (
        # By another person than the one who proposed it: the database refuses the same one.
        Transition("confirm", {_S.PROPOSED}, _S.IN_USE, _P.BANK_ACCOUNT, "Confirmer le compte"),
        Transition("refuse", {_S.PROPOSED}, _S.REFUSED, _P.BANK_ACCOUNT, "Refuser le compte"),
        Transition("replace", {_S.IN_USE}, _S.REPLACED, _P.BANK_ACCOUNT, "Remplacer le compte"),
    ),
)
