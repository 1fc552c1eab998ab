"""What every act of a termination shares: one under way, an accord, a line of the journal."""

from typing import Any

from accounts.models import User
from aci.models import Contract, Termination, TerminationAct
from aci.parties import Party
from foundation import clock
from foundation.refusal import Refused, StaleVersion
from foundation.workflow import May
from records import journal
from records.models import JournalEntry
from territories.scopes import may_on, quality_on


def under_way(contract: Contract) -> Termination:
    """The one that the act is about."""
    if contract.open_termination is None:
        raise Refused("Aucune résiliation n’est en cours pour ce contrat.")
    return contract.open_termination


def party_of_side(party: Party) -> Party:
    """The other institution."""
    return Party.CPAM if party is Party.ARS else Party.ARS


def portal_may(contract: Contract) -> May:
    return may_on(User.objects.portal(), contract.cpts)


def refuse_other_than_shown(termination: Termination, mark: str) -> None:
    """What one agrees with is what one has read."""
    if mark != termination.mark:
        raise StaleVersion(
            "La proposition a changé pendant que vous la lisiez : relisez-la avant de donner "
            "votre accord."
        )


def add_accord(
    contract: Contract, termination: Termination, act: str, party: Party, *, by: User
) -> None:
    """Once for each party, and nobody for two of them."""
    for one in termination.acts.filter(act=act, voided_at=None):
        if one.party == party:
            raise Refused(f"L’accord de {party.with_article} est déjà donné.")
        if one.user_id == by.pk:
            raise Refused("Une personne ne donne pas l’accord de deux parties.")
    add_act(termination, act, party, by=by, role=party.signatory)


def add_act(
    termination: Termination, act: str, party: Party, *, by: User, role: str, text: str = ""
) -> TerminationAct:
    """Name and quality are kept as they are today."""
    added: TerminationAct = termination.acts.create(
        act=act,
        party=party,
        text=text,
        user=by,
        name=by.get_full_name(),
        role=role,
        at=clock.now(),
    )
    fresh = Termination.objects.with_acts().get(pk=termination.pk)
    termination.standing = fresh.standing
    return added


def close(termination: Termination, issue: str) -> None:
    termination.closed_on, termination.closed_as = clock.today(), issue
    termination.save(update_fields=["closed_on", "closed_as"])


def record(
    verb: str, contract: Contract, *, by: User, sentence: str, from_state: str = "", **data: Any
) -> JournalEntry:
    """One line of the dossier's journal."""
    return journal.record(
        verb,
        contract,
        by=by,
        dossier=contract.cpts.reference,
        sentence=sentence,
        from_state=from_state or contract.state,
        to_state=contract.state,
        role=quality_on(by, contract.cpts),
        **data,
    )
