"""The life of an ACI contract, as a table that can be read aloud (procedures.md, « Contract »)."""

import datetime as dt
from typing import Protocol

from django.db.models import TextChoices

from accounts.access import Permission
from aci.article_workflow import REMARK_WORKFLOW as REMARK_WORKFLOW
from aci.bank_workflow import BANK_WORKFLOW as BANK_WORKFLOW
from aci.ending_workflow import ENDING, TerminationLike
from aci.parties import Party
from aci.payments.workflow import ORDER_WORKFLOW
from aci.reshaping_workflow import RESHAPING_WORKFLOW as RESHAPING_WORKFLOW
from foundation import clock
from foundation.dates import format_date
from foundation.refusal import Refusal
from foundation.workflow import Transition, Workflow, in_words

__all__ = ["ORDER_WORKFLOW", "WORKFLOW", "ContractState"]


class ContractState(TextChoices):
    """Where a contract stands."""

    NEGOTIATION = "negotiation", "en négociation"
    TO_SIGN = "to_sign", "à signer"
    IN_FORCE = "in_force", "en vigueur"
    TERMINATING = "terminating", "en cours de résiliation"
    TERMINATED = "terminated", "résilié"
    EXPIRED = "expired", "arrivé à échéance"
    ABANDONED = "abandoned", "abandonné"


OPEN = (ContractState.NEGOTIATION, ContractState.TO_SIGN)
# A contract being terminated runs until the day that is decided.
RUNNING = (ContractState.IN_FORCE, ContractState.TERMINATING)
OVER = (ContractState.EXPIRED, ContractState.TERMINATED)


class ContractLike(Protocol):
    """What the guards read."""

    ends_on: dt.date

    @property
    def is_amendment(self) -> bool: ...
    @property
    def open_termination(self) -> TerminationLike | None: ...
    @property
    def parties_to_accept(self) -> list[Party]: ...
    @property
    def parties_to_sign(self) -> list[Party]: ...
    @property
    def has_frozen_file(self) -> bool: ...
    @property
    def is_on_paper(self) -> bool: ...
    def first_start_refusal(self, day: dt.date) -> Refusal | None: ...
    def previous_refusal(self, day: dt.date) -> Refusal | None: ...


@in_words("les trois parties ont accepté la même version des termes")
def accepted_by_all(contract: ContractLike) -> Refusal | None:
    """A contract is frozen when the three parties accepted the same version of its terms."""
    missing = contract.parties_to_accept
    if not missing:
        return None
    names = ", ".join(party.label for party in missing)
    return Refusal(
        f"Les trois parties doivent accepter la même version des termes : il manque {names}."
    )


_NO_FILE = "Le document figé est en préparation : la signature sera possible dès qu’il sera prêt."
_ON_PAPER = "Les parties ont choisi de signer sur papier : personne ne signe plus dans le portail."


@in_words(
    "le document figé est prêt, ses dates tiennent encore le jour de la signature, et les parties "
    "n’ont pas choisi le papier"
)
def ready_to_sign(contract: ContractLike) -> Refusal | None:
    """What is signed is a stored file, of terms that still hold on the day of the signature."""
    if not contract.has_frozen_file:
        return Refusal(_NO_FILE)
    if contract.is_on_paper:
        return Refusal(_ON_PAPER)
    return contract.first_start_refusal(clock.today()) or contract.previous_refusal(clock.today())


@in_words("le document figé est prêt, et personne ne l’a encore signé")
def ready_for_paper(contract: ContractLike) -> Refusal | None:
    """Paper is chosen for the three signatures: a text is never signed half by hand."""
    if not contract.has_frozen_file:
        return Refusal(_NO_FILE)
    if contract.is_on_paper:
        return Refusal("La signature sur papier est déjà choisie.")
    if len(contract.parties_to_sign) < len(Party):
        return Refusal(
            "Une partie a déjà signé dans le portail : les autres y signent aussi. Pour passer au "
            "papier, un signataire renvoie le texte en négociation."
        )
    return None


@in_words("les parties ont choisi le papier")
def signed_by_hand(contract: ContractLike) -> Refusal | None:
    """Pages come back only of a text that the parties sign on paper."""
    if contract.is_on_paper:
        return None
    return Refusal("Choisissez d’abord la signature sur papier.")


@in_words("les trois parties ont signé")
def signed_by_all(contract: ContractLike) -> Refusal | None:
    """The contract enters into force with the third signature."""
    missing = contract.parties_to_sign
    if not missing:
        return None
    return Refusal(f"Il manque une signature : {', '.join(party.label for party in missing)}.")


@in_words("le dernier jour du contrat est passé")
def past_its_end(contract: ContractLike) -> Refusal | None:
    """A contract is over the day after its last day."""
    if contract.ends_on < clock.today():
        return None
    return Refusal(f"Le contrat court jusqu’au {format_date(contract.ends_on)}.")


@in_words("c’est un avenant : le contrat qu’il devait modifier ne change pas")
def amends_another(contract: ContractLike) -> Refusal | None:
    """Only an amendment is given up before its signature: its contract stays in force."""
    if contract.is_amendment:
        return None
    return Refusal("Seul un avenant s’abandonne : un contrat se renégocie.")


_S = ContractState
_P = Permission

WORKFLOW = Workflow(
    "Contrat ACI",
    ContractState,
    (
        Transition(
            "change_terms",
            {_S.NEGOTIATION},
            _S.NEGOTIATION,
            _P.CONTRACT_DRAFT,
            "Modifier les termes",
        ),
        *(
            Transition(
                f"accept_for_{party.value}",
                {_S.NEGOTIATION},
                _S.NEGOTIATION,
                party.accept_permission,
                f"Accepter pour {party.with_article}",
            )
            for party in Party
        ),
        Transition(
            "freeze",
            {_S.NEGOTIATION},
            _S.TO_SIGN,
            _P.CONTRACT_DRAFT,
            "Figer le contrat",
            guard=accepted_by_all,
        ),
        *(
            Transition(
                f"sign_for_{party.value}",
                {_S.TO_SIGN},
                _S.TO_SIGN,
                party.sign_permission,
                f"Signer pour {party.with_article}",
                guard=ready_to_sign,
            )
            for party in Party
        ),
        *(
            Transition(
                f"send_back_for_{party.value}",
                {_S.TO_SIGN},
                _S.NEGOTIATION,
                party.sign_permission,
                "Renvoyer en négociation",
            )
            for party in Party
        ),
        *(
            Transition(
                f"choose_paper_for_{party.value}",
                {_S.TO_SIGN},
                _S.TO_SIGN,
                party.accept_permission,
                "Signer sur papier",
                guard=ready_for_paper,
            )
            for party in Party
        ),
        *(
            Transition(
                f"upload_scan_for_{party.value}",
                {_S.TO_SIGN},
                _S.TO_SIGN,
                party.accept_permission,
                f"Déposer le document signé sur papier pour {party.with_article}",
                guard=signed_by_hand,
            )
            for party in Party
        ),
        *(
            Transition(
                f"confirm_scan_for_{party.value}",
                {_S.TO_SIGN},
                _S.TO_SIGN,
                party.accept_permission,
                "Confirmer les signatures sur papier",
                guard=signed_by_hand,
            )
            for party in (Party.CPAM, Party.ARS)
        ),
        Transition(
            "enter_into_force",
            {_S.TO_SIGN},
            _S.IN_FORCE,
            _P.SYSTEM,
            "Mettre en vigueur",
            guard=signed_by_all,
        ),
        Transition(
            "expire",
            {_S.IN_FORCE},
            _S.EXPIRED,
            _P.SYSTEM,
            "Constater l’échéance",
            guard=past_its_end,
        ),
        Transition(
            "abandon",
            {_S.NEGOTIATION, _S.TO_SIGN},
            _S.ABANDONED,
            _P.CONTRACT_DRAFT,
            "Abandonner l’avenant",
            guard=amends_another,
        ),
        *ENDING,
    ),
)
