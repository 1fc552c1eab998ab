"""The end of a contract before its term: the part of the contract's table that tells it.

The institutions ask together, or the CPTS gives notice; the other side is heard for a month; the
institutions decide together (procedures.md, « Contract »).
"""

import datetime as dt
from collections.abc import Callable, Collection
from typing import Protocol

from accounts.access import Permission
from aci.parties import Party
from foundation import clock
from foundation.dates import format_date
from foundation.refusal import Refusal
from foundation.workflow import Transition, in_words

IN_FORCE, TERMINATING, TERMINATED = "in_force", "terminating", "terminated"
INSTITUTIONS = (Party.ARS, Party.CPAM)


class TerminationLike(Protocol):
    """What the guards read of the termination under way."""

    observations_until: dt.date | None
    ended_on: dt.date | None

    @property
    def is_notice_of_cpts(self) -> bool: ...
    @property
    def is_decided(self) -> bool: ...
    @property
    def gives_up(self) -> bool: ...
    def agreed(self, act: str) -> Collection[str]: ...
    def hears(self, party: Party) -> bool: ...


class EndingLike(Protocol):
    """A contract, and what is under way to end it."""

    ends_on: dt.date

    @property
    def open_termination(self) -> TerminationLike | None: ...


NOTHING = Refusal("Aucune résiliation n’est en cours pour ce contrat.")


@in_words("l’ARS ou la CPAM demande déjà la résiliation")
def asked_for(contract: EndingLike) -> Refusal | None:
    """Something is to be dropped."""
    return None if contract.open_termination else NOTHING


@in_words("l’ARS et la CPAM sont d’accord pour la notifier")
def asked_by_both(contract: EndingLike) -> Refusal | None:
    """Neither institution notifies alone."""
    found = contract.open_termination
    if found is None:
        return NOTHING
    missing = [party for party in INSTITUTIONS if party not in found.agreed("notice")]
    if not missing:
        return None
    return Refusal(f"Il manque l’accord de {missing[0].with_article}.")


def heard_now(party: Party) -> Callable[[EndingLike], Refusal | None]:
    """The side that did not notify is heard, until the last day of its delay."""

    @in_words("elle n’est pas à l’origine de la résiliation, et le délai d’observations court")
    def guard(contract: EndingLike) -> Refusal | None:
        found = contract.open_termination
        if found is None or found.observations_until is None:
            return NOTHING
        if not found.hears(party):
            return Refusal(
                "Les observations reviennent à l’autre partie : "
                f"{party.with_article} est à l’origine de cette résiliation."
            )
        if clock.today() > found.observations_until:
            limit = format_date(found.observations_until)
            return Refusal(f"Le délai d’observations est passé depuis le {limit}.")
        return None

    return guard


@in_words("le délai d’observations est passé, et rien n’est encore décidé")
def observations_over(contract: EndingLike) -> Refusal | None:
    """Nobody decides before the other side was heard."""
    found = contract.open_termination
    if found is None or found.observations_until is None:
        return NOTHING
    if found.is_decided:
        return Refusal("La résiliation est déjà décidée.")
    if clock.today() > found.observations_until:
        return None
    return Refusal(
        "La décision se prend après le délai d’observations, qui court jusqu’au "
        f"{format_date(found.observations_until)}."
    )


@in_words("l’ARS et la CPAM l’ont décidée, et le jour de la fin est venu")
def end_has_come(contract: EndingLike) -> Refusal | None:
    """A contract runs until the day that was decided."""
    found = contract.open_termination
    if found is None or not found.is_decided or found.ended_on is None:
        return NOTHING
    if found.ended_on <= clock.today():
        return None
    return Refusal(f"Le contrat prend fin le {format_date(found.ended_on)}.")


@in_words("l’ARS et la CPAM y renoncent ensemble")
def given_up(contract: EndingLike) -> Refusal | None:
    found = contract.open_termination
    return None if found and found.is_decided and found.gives_up else NOTHING


@in_words("la CPTS a donné le préavis, et rien n’est encore décidé")
def own_notice(contract: EndingLike) -> Refusal | None:
    """The CPTS takes back what it asked for itself."""
    found = contract.open_termination
    if found is None:
        return NOTHING
    if not found.is_notice_of_cpts:
        return Refusal("Cette résiliation vient de l’ARS et de la CPAM : elles seules y renoncent.")
    return Refusal("La résiliation est déjà décidée.") if found.is_decided else None


@in_words("le dernier jour du contrat est passé sans décision")
def overtaken(contract: EndingLike) -> Refusal | None:
    found = contract.open_termination
    if found and not found.is_decided and contract.ends_on < clock.today():
        return None
    return NOTHING


@in_words("une fusion ou une scission acceptée par les parties met fin au contrat la veille")
def ended_by_accord(contract: EndingLike) -> Refusal | None:
    """Its last day was set by the act that replaces the CPTS."""
    if contract.open_termination:
        return Refusal("Une résiliation de ce contrat est en cours.")
    if contract.ends_on < clock.today():
        return None
    return Refusal(f"Le contrat court jusqu’au {format_date(contract.ends_on)}.")


ENDING = (
    Transition(
        "end_by_reshaping",
        {IN_FORCE},
        TERMINATED,
        Permission.SYSTEM,
        "Mettre fin au contrat d’une CPTS fusionnée ou scindée",
        guard=ended_by_accord,
    ),
    *(
        Transition(
            f"ask_termination_for_{party.value}",
            {IN_FORCE},
            IN_FORCE,
            party.sign_permission,
            f"Demander la résiliation pour {party.with_article}",
        )
        for party in INSTITUTIONS
    ),
    *(
        Transition(
            f"drop_termination_for_{party.value}",
            {IN_FORCE},
            IN_FORCE,
            party.sign_permission,
            f"Abandonner la demande de résiliation pour {party.with_article}",
            guard=asked_for,
        )
        for party in INSTITUTIONS
    ),
    Transition(
        "notify_termination",
        {IN_FORCE},
        TERMINATING,
        Permission.SYSTEM,
        "Notifier la résiliation demandée ensemble",
        guard=asked_by_both,
    ),
    Transition(
        "notify_termination_for_cpts",
        {IN_FORCE},
        TERMINATING,
        Party.CPTS.sign_permission,
        "Notifier la résiliation pour la CPTS",
    ),
    *(
        Transition(
            f"observe_termination_for_{party.value}",
            {TERMINATING},
            TERMINATING,
            party.accept_permission,
            f"Écrire des observations pour {party.with_article}",
            guard=heard_now(party),
        )
        for party in Party
    ),
    Transition(
        "withdraw_termination_for_cpts",
        {TERMINATING},
        IN_FORCE,
        Party.CPTS.sign_permission,
        "Retirer le préavis de la CPTS",
        guard=own_notice,
    ),
    *(
        Transition(
            f"decide_termination_for_{party.value}",
            {TERMINATING},
            TERMINATING,
            party.sign_permission,
            f"Décider sur la résiliation pour {party.with_article}",
            guard=observations_over,
        )
        for party in INSTITUTIONS
    ),
    Transition(
        "give_up_termination",
        {TERMINATING},
        IN_FORCE,
        Permission.SYSTEM,
        "Renoncer à la résiliation",
        guard=given_up,
    ),
    Transition(
        "terminate",
        {TERMINATING},
        TERMINATED,
        Permission.SYSTEM,
        "Résilier le contrat",
        guard=end_has_come,
    ),
    Transition(
        "lapse_termination",
        {TERMINATING},
        IN_FORCE,
        Permission.SYSTEM,
        "Clore une résiliation sans objet",
        guard=overtaken,
    ),
)
