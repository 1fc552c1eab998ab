"""A merger or a split is told in the journal of each of its CPTS."""

from accounts.models import User
from aci.models import Reshaping
from records import journal
from territories.scopes import quality_on


def note(verb: str, reshaping: Reshaping, *, by: User, sentence: str, reason: str = "") -> None:
    """One line in each dossier, those of the new CPTS too once they are founded."""
    for part in reshaping.all_parts:
        if part.cpts is None:
            continue
        journal.record(
            verb,
            reshaping,
            by=by,
            dossier=part.cpts.reference,
            sentence=sentence,
            to_state=reshaping.state,
            reason=reason,
            role=quality_on(by, part.cpts),
            effective_on=reshaping.effective_on.isoformat(),
        )
