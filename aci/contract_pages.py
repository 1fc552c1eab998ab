"""What the page of a contract shows, gathered in few queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.access import Permission
from aci.mission_codes import MISSIONS, MissionCode
from aci.models import Contract, ContractMission
from aci.parties import AT_THE_TABLE, SIGNING_ORDER, Party
from aci.trail import Trace, Trail, read_trail
from aci.workflow import OPEN, WORKFLOW, ContractState
from projects.models import Filing
from records.models import JournalEntry
from territories.models import Cpts, Stage
from territories.scopes import may_on


@dataclass(frozen=True, slots=True)
class PartyRow:
    """One party: where its accord and its signature stand, what this person may do for it."""

    party: Party
    name: str
    acceptance: Trace | None
    signature: Trace | None
    may_accept: bool
    may_sign: bool
    may_act_on_paper: bool
    # Of what was kept with its signature; empty for those who may not read it.
    evidence_url: str


@dataclass(frozen=True, slots=True)
class ContractPage:
    """A contract, what the parties left on it, and what this person may do now."""

    contract: Contract
    trail: Trail
    parties: tuple[PartyRow, ...]
    may_change_terms: bool
    may_freeze: bool
    may_renew: bool
    may_amend: bool
    may_want_draft: bool
    may_abandon: bool

    @property
    def missions(self) -> list[ContractMission]:
        return [row for row in self.contract.missions.all() if row.left_on is None]

    @property
    def urls(self) -> dict[str, str]:
        """Where its acts are posted: those of the contract, or of the amendment."""
        here = ("accept", "freeze", "sign", "send_back", "draft_pdf")
        on_paper = ("paper", "choose_paper", "upload_scan")
        return {act: self.contract.url_of(act) for act in (*here, *on_paper)}

    @property
    def frozen(self) -> Trace | None:
        return self.trail.document(self.contract, "frozen")

    @property
    def final(self) -> Trace | None:
        return self.trail.document(self.contract, "final")

    @property
    def draft(self) -> Trace | None:
        return self.trail.document(self.contract, "draft")

    @property
    def to_accept(self) -> list[PartyRow]:
        """The parties this person can accept the terms for."""
        return [row for row in self.parties if row.may_accept and not row.acceptance]

    @property
    def to_sign(self) -> list[PartyRow]:
        """The party this person can sign for, when its turn has come; nobody when on paper."""
        if self.contract.is_on_paper:
            return []
        return [row for row in self.parties if row.may_sign and row.party is self.turn]

    @property
    def waits_turn(self) -> bool:
        """Whether this person will sign, after another party."""
        if self.to_sign or self.contract.is_on_paper:
            return False
        return any(row.may_sign and not row.signature for row in self.parties)

    @property
    def turn(self) -> Party | None:
        """Whose signature is expected now, in the order of the contract."""
        signed = {row.party for row in self.parties if row.signature}
        return next((party for party in SIGNING_ORDER if party not in signed), None)

    @property
    def may_choose_paper(self) -> bool:
        """Before the first signature, whoever acts for a party; the rule is the table's."""
        if self.contract.is_on_paper or self.frozen is None:
            return False
        nobody = not any(row.signature for row in self.parties)
        return nobody and any(row.may_act_on_paper for row in self.parties)

    @property
    def may_upload_scan(self) -> bool:
        """While signatures are awaited on paper."""
        acts = any(row.may_act_on_paper for row in self.parties)
        return self.contract.is_on_paper and acts and bool(self.awaited)

    @property
    def may_send_back(self) -> bool:
        return any(row.may_sign for row in self.parties)

    @property
    def awaited(self) -> list[PartyRow]:
        """Who has not accepted, or not signed, yet."""
        signing = self.contract.state == ContractState.TO_SIGN
        return [row for row in self.parties if not (row.signature if signing else row.acceptance)]


def contract_page(contracts: list[Contract], user: Any) -> ContractPage:
    """The newest contract; the former ones are in the same trail."""
    contract = contracts[0]
    cpts = shown_cpts(contract)
    trail = read_trail(contracts)
    may = may_on(user, cpts)
    names = {transition.name for transition in WORKFLOW.available(contract, may=may)}
    at_the_table = any(may(grant) for grant in AT_THE_TABLE)
    parties = tuple(
        PartyRow(
            party=party,
            name=party.named(cpts),
            acceptance=trail.acceptance(contract, party),
            signature=trail.signature(contract, party),
            may_accept=f"accept_for_{party.value}" in names,
            may_sign=f"sign_for_{party.value}" in names,
            may_act_on_paper=f"choose_paper_for_{party.value}" in names,
            evidence_url=_evidence_url(contract, party) if at_the_table else "",
        )
        for party in Party
    )
    drafts = may(Permission.CONTRACT_DRAFT)
    all_accepted = all(row.acceptance for row in parties)
    return ContractPage(
        contract=contract,
        trail=trail,
        parties=parties,
        may_change_terms="change_terms" in names,
        may_freeze="freeze" in names and all_accepted,
        may_renew=contract.is_renewal_offered and not contract.is_amendment and drafts,
        may_amend=contract.state == ContractState.IN_FORCE and not contract.is_amendment and drafts,
        may_want_draft=contract.state in OPEN and at_the_table,
        may_abandon="abandon" in names,
    )


def abandonment(amendment: Contract) -> JournalEntry | None:
    """Who gave it up, when and why; one query, for one that was."""
    if amendment.state != ContractState.ABANDONED:
        return None
    entries = JournalEntry.objects.about(amendment)
    return entries.filter(verb="abandon_amendment").first()


def _evidence_url(contract: Contract, party: Party) -> str:
    act = f"v{contract.terms_version}-{party.value}"
    names = [contract.cpts.reference, contract.reference, act]
    return reverse("aci:signature_evidence", args=names)


def shown_cpts(holder: Contract | Filing) -> Cpts:
    """The CPTS of a contract or filing, ready for the head of the dossier without more queries."""
    cpts: Cpts = holder.cpts
    cpts.commune_count = cpts.territory.commune_count if cpts.territory else 0  # type: ignore[attr-defined]
    return cpts


def may_draft(user: Any, cpts: Cpts) -> bool:
    """Whether to offer a first contract: the projet is validated and this person prepares it."""
    return cpts.stage == Stage.VALIDATED and may_on(user, cpts)(Permission.CONTRACT_DRAFT)


def chosen_missions(answers: dict[str, Any]) -> list[MissionCode]:
    """The missions that a letter or a projet says it will carry, in the order of the agreement."""
    chosen = answers.get("missions") or []
    return [mission for mission in MISSIONS if mission.value in chosen]
