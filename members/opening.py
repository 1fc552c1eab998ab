"""Pure: whether a CPTS takes applications now."""

from foundation.refusal import Refusal
from territories.models import Cpts, Stage


def closed_to_applications(cpts: Cpts) -> Refusal | None:
    """Why nobody can apply to this CPTS now; `None` when the form is open.

    Open once the ARS has declared the letter complete: before that, the dossier is not public.
    """
    if not cpts.is_public:
        return Refusal("Cette CPTS ne reçoit pas encore de demandes d’adhésion.")
    if cpts.stage == Stage.REPLACED:
        return Refusal(
            "Cette CPTS a été remplacée par une autre : rejoignez celle qui lui succède."
        )
    if not cpts.is_open_to_members:
        return Refusal("Cette CPTS ne reçoit plus de demandes d’adhésion : son projet est arrêté.")
    return None
