"""What the page of the parties shows: the association, its account, who signs for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.access import GRANTS, Permission, Role
from aci.bank_workflow import BankState
from aci.models import BankAccount, Contract, ContractSignatory
from aci.parties import Party
from aci.workflow import ContractState
from territories.identity import Identity, identity_of
from territories.models import Assignment, Cpts
from territories.scopes import may_on


@dataclass(frozen=True, slots=True)
class PartySigning:
    """A party, who signs for it, whether somebody was named."""

    party: Party
    name: str
    signatory: str
    quality: str
    is_named: bool
    url: str = ""  # where the officer names somebody else


@dataclass(frozen=True, slots=True)
class PartiesPage:
    """The parties of a dossier and what this person may change."""

    identity: Identity
    in_use: BankAccount | None
    proposed: BankAccount | None
    signings: list[PartySigning]
    may_write: bool
    sees_account: bool
    may_confirm: bool
    may_name: bool

    @property
    def missing(self) -> list[str]:
        """What the contract would leave out."""
        wanted = {
            "forme juridique": self.identity.legal_form,
            "SIRET": self.identity.siret,
            "FINESS": self.identity.finess,
            "siège": self.identity.seat,
            "compte bancaire": self.in_use,
        }
        return [label for label, value in wanted.items() if not value]


def parties_page(cpts: Cpts, contract: Contract | None, user: Any) -> PartiesPage:
    """Three queries: accounts, signatories named, people in post."""
    may = may_on(user, cpts)
    accounts = {row.state: row for row in BankAccount.objects.filter(cpts=cpts).current()}
    proposed = accounts.get(BankState.PROPOSED)
    sees = may(Permission.BANK_ACCOUNT)
    is_open = contract is not None and contract.state == ContractState.NEGOTIATION
    return PartiesPage(
        identity=identity_of(cpts),
        in_use=accounts.get(BankState.IN_USE),
        proposed=proposed,
        signings=_signings(cpts, contract),
        may_write=may(Permission.IDENTITY_WRITE),
        sees_account=sees,
        may_confirm=bool(proposed and sees and proposed.proposed_by_id != user.pk),
        may_name=is_open and may(Permission.CONTRACT_DRAFT),
    )


def _signings(cpts: Cpts, contract: Contract | None) -> list[PartySigning]:
    rows = ContractSignatory.objects.filter(contract=contract).select_related("user")
    named = {row.party: row for row in rows} if contract else {}
    posts = Assignment.objects.current().on(cpts).with_people().order_by("user_id")
    in_post: dict[Party, dict[int, str]] = {party: {} for party in Party}
    for post in posts:
        for party in Party:
            if party.sign_permission in GRANTS[Role(post.role)]:
                in_post[party][post.user_id] = post.user.get_full_name()
    return [
        _signing(
            party,
            cpts,
            named.get(party),
            in_post[party],
            contract.signatory_url(party) if contract else "",
        )
        for party in Party
    ]


def _signing(
    party: Party, cpts: Cpts, row: ContractSignatory | None, people: dict[int, str], url: str
) -> PartySigning:
    if row:
        quality = row.in_words or party.signatory
        return PartySigning(party, party.named(cpts), row.user.get_full_name(), quality, True, url)
    names = list(people.values())
    signatory = names[0] if len(names) == 1 else ""
    return PartySigning(party, party.named(cpts), signatory, party.signatory, False, url)
