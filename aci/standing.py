"""What a signed contract says today of its missions: its annexes of indicators, what is on hold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F, FilteredRelation, Q

from aci.contract_funding import settings_of
from aci.deadlines import contract_years
from aci.indicator_rules import read_line
from aci.mission_codes import MissionCode
from aci.models import Contract
from aci.signed_terms import Hold, SignedAnnex, Standing
from foundation import clock


def standing_of(contract: Contract) -> Standing:
    """One query."""
    return standings_of([contract])[contract.pk]


def standings_of(contracts: Iterable[Contract]) -> dict[int, Standing]:
    """One query, whatever their number. Only what is signed counts."""
    signed = {contract.pk: contract for contract in contracts if contract.is_signed}
    rows = list(_rows(list(signed))) if signed else []
    by_contract: dict[int, list[dict[str, Any]]] = {pk: [] for pk in signed}
    for row in rows:
        by_contract[row["amends_id"] or row["pk"]].append(row)
    return {
        contract.pk: _standing(contract, by_contract.get(contract.pk, [])) for contract in contracts
    }


def _rows(keys: list[int]) -> Iterable[dict[str, Any]]:
    """The contract then its amendments, oldest first, each with its annexes and what is on hold."""
    today = clock.today()
    held = FilteredRelation(
        "suspensions",
        condition=Q(suspensions__lifted_on=None) | Q(suspensions__lifted_on__gt=today),
    )
    found = Contract.agreements.filter(Q(pk__in=keys) | Q(amends__in=keys, signed_on__isnull=False))
    rows: Iterable[dict[str, Any]] = (
        found.annotate(held=held)
        .order_by(F("amends").asc(nulls_first=True), "number")
        .values(
            "pk",
            "amends_id",
            "reference",
            "effective_on",
            "annexes__year",
            "annexes__lines",
            "held__pk",
            "held__mission",
            "held__starts_on",
            "held__reason",
        )
    )
    return rows


def _standing(contract: Contract, rows: list[dict[str, Any]]) -> Standing:
    if not rows:
        return Standing()
    years = contract_years(contract.signature_day, settings_of(contract))
    ends = {year.number: year.next_anniversary for year in years}
    annexes: dict[int, SignedAnnex] = {}
    holds: dict[int, Hold] = {}
    for row in rows:
        year, effect = row["annexes__year"], row["effective_on"]
        if row["annexes__lines"] and (effect is None or effect < ends.get(year, effect)):
            lines = tuple(read_line(plain) for plain in row["annexes__lines"])
            annexes[year] = SignedAnnex(row["reference"], lines)
        if row["held__pk"] is not None and row["held__starts_on"] <= clock.today():
            mission = MissionCode(row["held__mission"]) if row["held__mission"] else None
            holds[row["held__pk"]] = Hold(mission, row["held__starts_on"], row["held__reason"])
    return Standing(annexes, tuple(holds.values()))
