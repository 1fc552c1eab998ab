"""Who signs for each party: the person named for this contract, else the only one in post."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.models import User
from aci import emails
from aci.models import Contract, ContractSignatory
from aci.parties import Party
from foundation.refusal import Refusal
from territories.models import Cpts
from territories.scopes import may_on


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signs, and in which quality when it is not the one of the post."""

    name: str
    quality: str


def may_sign_for(user: User, party: Party, cpts: Cpts) -> bool:
    """Whether a grant in force today lets this person sign for the party."""
    return may_on(user, cpts)(party.sign_permission)


def signings(contract: Contract) -> dict[Party, Signing]:
    """For the three parties; nobody where a post is vacant, or held by several."""
    rows = ContractSignatory.objects.filter(contract=contract.pk).select_related("user")
    named = {row.party: row for row in rows}
    found = {}
    for party in Party:
        row = named.get(party)
        if row:
            found[party] = Signing(row.user.get_full_name(), row.in_words)
        else:
            people = emails.people_of(contract, [party.sign_permission])
            found[party] = Signing(people[0].get_full_name() if len(people) == 1 else "", "")
    return found


def signatory_refusal(contract: Contract, party: Party, user: Any) -> Refusal | None:
    """Another person was named for this party."""
    row = (
        ContractSignatory.objects.filter(contract=contract, party=party)
        .select_related("user")
        .first()
    )
    if row is None or row.user_id == user.pk:
        return None
    return Refusal(
        f"Le contrat désigne {row.user.get_full_name()} pour signer pour {party.with_article}."
    )
