"""A merger or a split, as a table: prepared, put to the parties, accepted by each, carried out."""

import datetime as dt
from typing import Protocol

from django.db.models import TextChoices

from accounts.access import Permission
from aci.parties import Party
from foundation import clock
from foundation.dates import format_date
from foundation.refusal import Refusal
from foundation.workflow import Transition, Workflow, in_words


class ReshapingState(TextChoices):
    """Where a merger or a split stands."""

    PREPARING = "preparing", "en préparation"
    PROPOSED = "proposed", "soumise aux parties"
    AGREED = "agreed", "acceptée, date à venir"
    APPLIED = "applied", "réalisée"
    REFUSED = "refused", "refusée"
    DROPPED = "dropped", "abandonnée"


_S = ReshapingState
_P = Permission
OPEN = (_S.PREPARING, _S.PROPOSED, _S.AGREED)


class ReshapingLike(Protocol):
    """What the guards read."""

    effective_on: dt.date

    @property
    def missing_seats(self) -> list[str]: ...


@in_words("chaque CPTS, chaque CPAM et chaque ARS concernée a donné son accord")
def agreed_by_all(reshaping: ReshapingLike) -> Refusal | None:
    """Nobody is merged or split without its own accord."""
    missing = reshaping.missing_seats
    return Refusal(f"Il manque l’accord de {', de '.join(missing)}.") if missing else None


@in_words("la date d’effet est venue")
def day_has_come(reshaping: ReshapingLike) -> Refusal | None:
    """The former CPTS live until the eve."""
    if reshaping.effective_on <= clock.today():
        return None
    return Refusal(f"La date d’effet est le {format_date(reshaping.effective_on)}.")


RESHAPING_WORKFLOW = Workflow(
    "Fusion ou scission de CPTS",
    ReshapingState,
    (
        Transition(
            "change",
            {_S.PREPARING},
            _S.PREPARING,
            _P.RESHAPING_DRAFT,
            "Changer la date, les noms ou les communes",
        ),
        Transition(
            "propose",
            {_S.PREPARING},
            _S.PROPOSED,
            _P.RESHAPING_DRAFT,
            "Soumettre aux parties",
        ),
        *(
            Transition(
                f"agree_for_{party.value}",
                {_S.PROPOSED},
                _S.PROPOSED,
                party.sign_permission,
                f"Donner l’accord de {party.with_article}",
            )
            for party in Party
        ),
        *(
            Transition(
                f"refuse_for_{party.value}",
                {_S.PROPOSED},
                _S.REFUSED,
                party.sign_permission,
                f"Refuser pour {party.with_article}",
            )
            for party in Party
        ),
        Transition(
            "accept",
            {_S.PROPOSED},
            _S.AGREED,
            _P.SYSTEM,
            "Constater l’accord de toutes les parties",
            guard=agreed_by_all,
        ),
        Transition(
            "drop",
            {_S.PREPARING, _S.PROPOSED, _S.AGREED},
            _S.DROPPED,
            _P.RESHAPING_DRAFT,
            "Abandonner",
        ),
        Transition(
            "apply",
            {_S.AGREED},
            _S.APPLIED,
            _P.SYSTEM,
            "Réaliser la fusion ou la scission",
            guard=day_has_come,
        ),
    ),
)
