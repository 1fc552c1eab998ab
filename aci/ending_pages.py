"""What the page of a termination shows, and what this person may do there now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aci.contract_funding import settings_of
from aci.contract_pages import shown_cpts
from aci.deadlines import contract_years
from aci.ending_amounts import EndingAmounts, ending_amounts
from aci.models import Contract, ContractYear, Termination
from aci.parties import Party
from aci.workflow import WORKFLOW
from foundation.workflow import Transition
from territories.models import Cpts
from territories.scopes import may_on


@dataclass(frozen=True, slots=True)
class TerminationPage:
    """The contract, the procedure under way or the last one, the former ones, the acts."""

    contract: Contract
    cpts: Cpts
    terminations: tuple[Termination, ...]
    amounts: EndingAmounts | None
    year: ContractYear | None
    signs_for: Party | None
    speaks_for: Party | None
    possible: frozenset[str]

    @property
    def current(self) -> Termination | None:
        """The one under way; else the one that ended the contract."""
        newest = self.terminations[0] if self.terminations else None
        if newest is None or not newest.is_closed or newest.closed_as == "terminated":
            return newest
        return None

    @property
    def former(self) -> tuple[Termination, ...]:
        return tuple(one for one in self.terminations if one is not self.current)

    def _may(self, verb: str, party: Party | None) -> bool:
        return party is not None and f"{verb}_for_{party.value}" in self.possible

    @property
    def may_ask(self) -> bool:
        """To ask together as an institution, or to give notice as the CPTS."""
        if self.signs_for is Party.CPTS:
            return self._may("notify_termination", Party.CPTS) and not self.current
        return self._may("ask_termination", self.signs_for) and not self.current

    @property
    def may_agree_notice(self) -> bool:
        asked = self.current is not None and self.current.notified_on is None
        return asked and self._may("ask_termination", self.signs_for) and self._is_awaited

    @property
    def may_drop(self) -> bool:
        asked = self.current is not None and self.current.notified_on is None
        return asked and self._may("drop_termination", self.signs_for)

    @property
    def may_withdraw(self) -> bool:
        return self._may("withdraw_termination", self.signs_for)

    @property
    def may_observe(self) -> bool:
        return self._may("observe_termination", self.speaks_for)

    @property
    def may_decide(self) -> bool:
        return self._may("decide_termination", self.signs_for)

    @property
    def may_agree_decision(self) -> bool:
        return self.may_decide and self._is_awaited and bool(self.current and self.current.outcome)

    @property
    def _is_awaited(self) -> bool:
        return self.current is not None and self.current.awaited == self.signs_for


def termination_page(contract: Contract, user: Any) -> TerminationPage:
    """The acts of the table that are possible now, guards included: nothing is offered in vain."""
    cpts = shown_cpts(contract)
    terminations = tuple(Termination.objects.of_contract(contract))
    contract.open_termination = next((one for one in terminations if not one.is_closed), None)
    may = may_on(user, cpts)
    year = _closed_year(contract)
    return TerminationPage(
        contract=contract,
        cpts=cpts,
        terminations=terminations,
        amounts=ending_amounts(year.lines) if year else None,
        year=year,
        signs_for=next((party for party in Party if may(party.sign_permission)), None),
        speaks_for=next((party for party in Party if may(party.accept_permission)), None),
        possible=frozenset(
            item.name for item in WORKFLOW.available(contract, may=may) if _is_open(item, contract)
        ),
    )


def _is_open(item: Transition, contract: Contract) -> bool:
    """Only the acts of a termination: the guards of the others read more."""
    return "_termination" in item.name and WORKFLOW.refusal(item, contract) is None


def _closed_year(contract: Contract) -> ContractYear | None:
    """The revision that settles the year in which the contract ends."""
    day = contract.terminated_on
    if day is None:
        return None
    spans = contract_years(contract.signature_day, settings_of(contract))
    number = next((span.number for span in spans if span.contains(day)), None)
    found: ContractYear | None = (
        contract.years.filter(number=number).order_by("-revision").first() if number else None
    )
    return found
