"""The remarks of the parties on an article: open, answered by another party, closed by its own."""

from collections.abc import Callable
from typing import Protocol

from django.db.models import TextChoices

from aci.parties import Party
from foundation.refusal import Refusal
from foundation.workflow import Transition, Workflow, in_words


class RemarkState(TextChoices):
    """Where a remark stands."""

    OPEN = "open", "ouverte"
    ANSWERED = "answered", "répondue"
    CLOSED = "closed", "close"


class RemarkLike(Protocol):
    """What the guards read."""

    party: str


Guard = Callable[[RemarkLike], Refusal | None]


def of_another(party: Party) -> Guard:
    """A party does not answer itself."""

    @in_words(f"la remarque vient d’une autre partie que {party.with_article}")
    def guard(remark: RemarkLike) -> Refusal | None:
        if remark.party != party:
            return None
        return Refusal("Cette remarque est celle de votre partie : complétez-la, ou fermez-la.")

    return guard


def of_its_own(party: Party) -> Guard:
    """Whoever asked says whether the answer does."""

    @in_words(f"la remarque vient de {party.with_article}")
    def guard(remark: RemarkLike) -> Refusal | None:
        if remark.party == party:
            return None
        return Refusal("Seule la partie qui a fait la remarque peut la fermer ou la relancer.")

    return guard


_S = RemarkState

REMARK_WORKFLOW = Workflow(
    "Remarque sur un article du contrat",
    RemarkState,
    (
        *(
            Transition(
                f"answer_for_{party.value}",
                {_S.OPEN, _S.ANSWERED},
                _S.ANSWERED,
                party.accept_permission,
                f"Répondre pour {party.with_article}",
                guard=of_another(party),
            )
            for party in Party
        ),
        *(
            Transition(
                f"insist_for_{party.value}",
                {_S.OPEN, _S.ANSWERED},
                _S.OPEN,
                party.accept_permission,
                f"Compléter pour {party.with_article}",
                guard=of_its_own(party),
            )
            for party in Party
        ),
        *(
            Transition(
                f"close_for_{party.value}",
                {_S.OPEN, _S.ANSWERED},
                _S.CLOSED,
                party.accept_permission,
                f"Fermer pour {party.with_article}",
                guard=of_its_own(party),
            )
            for party in Party
        ),
    ),
)
