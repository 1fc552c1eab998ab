"""The missions of several contracts as cards, in three queries: the desk of a coordinator."""

from collections.abc import Mapping
from typing import Any

from aci.models import Contract, ContractMission
from aci.signed_terms import Standing
from aci.standing import standings_of
from missions.annexed import with_annexes
from missions.cards import IndicatorCard, MissionCard, indicator_cards
from missions.models import Indicator
from missions.pages import begun_years, lines_of, mission_card
from missions.querysets import reported_by


def reported_cards(user: Any) -> list[tuple[ContractMission, MissionCard]]:
    """The missions whose progress this person declares, each with its indicators and measures."""
    commitments = list(reported_by(user))
    contracts = {item.contract_id: item.contract for item in commitments}
    standings = standings_of(contracts.values())
    indicators = _indicators_by_contract(list(contracts.values()), standings)
    return [
        (item, mission_card(item, indicators[item.contract_id], standings[item.contract_id]))
        for item in commitments
    ]


def _indicators_by_contract(
    contracts: list[Contract], standings: Mapping[int, Standing]
) -> dict[int, list[IndicatorCard]]:
    if not contracts:
        return {}
    years = [year for contract in contracts for year in begun_years(contract)]
    first, last = min(year.start for year in years), max(year.start for year in years)
    rows = list(Indicator.objects.serving(contracts, first, last).with_measures_of(*contracts))
    return {
        contract.pk: with_annexes(
            indicator_cards(_seen_from(contract, rows)),
            lines_of(standings[contract.pk]),
            begun_years(contract),
        )
        for contract in contracts
    }


def _seen_from(contract: Contract, rows: list[dict[str, Any]]) -> list[Mapping[str, Any]]:
    """The same rows for one contract: the measures of the others do not count there."""
    return [
        row if row["measure__contract"] == contract.pk else {**row, "measure__pk": None}
        for row in rows
        if row["contract"] in (None, contract.pk)
    ]
