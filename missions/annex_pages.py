"""The annex of the indicators of a contract, year by year: its lines, and what measures pay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.access import Permission
from aci.amended_funding import year_in_force
from aci.amendment_funding import spans_of
from aci.annexes import annexes_of, missions_of
from aci.contract_funding import basis_of, settings_of, stored_grids
from aci.deadlines import contract_year
from aci.indicator_rules import AnnexLine, most_of, read_line
from aci.mission_codes import MissionCode, Part
from aci.models import Amendment, Contract
from aci.workflow import ContractState
from missions.models import Indicator, IndicatorValue
from missions.scoring import Direction, Method, Tier, score
from missions.scoring import Indicator as Rule
from territories.scopes import may_on


@dataclass(frozen=True, slots=True)
class LineRow:
    """One indicator, and what its last measure pays once the annex is signed."""

    line: AnnexLine
    pays: str


@dataclass(frozen=True, slots=True)
class MissionRows:
    """The indicators of one mission, against its variable envelope."""

    mission: MissionCode
    rows: list[LineRow]
    most: Decimal
    envelope: Decimal | None

    @property
    def is_beyond(self) -> bool:
        """More than the envelope: the cap will apply."""
        return self.envelope is not None and self.most > self.envelope


@dataclass(frozen=True, slots=True)
class AnnexPage:
    """One contract year."""

    contract: Contract
    year: int
    years: list[int]
    missions: list[MissionRows]
    may_write: bool
    has_previous: bool


def annex_page(contract: Contract, asked: str, user: Any) -> AnnexPage:
    """Of a contract or of an open amendment: the annexes, then the measures, or the grids."""
    years = list(range(1, settings_of(contract).contract_years + 1))
    open_years = contract.open_years if isinstance(contract, Amendment) else years
    year = next((number for number in years if str(number) == asked), open_years[0])
    annexes = annexes_of(contract)
    lines = [read_line(plain) for plain in annexes.get(year, [])]
    pays = _paid(contract, year, lines) if lines and contract.is_signed else {}
    envelopes = {} if contract.is_signed else _envelopes(contract, year)
    is_open = contract.state == ContractState.NEGOTIATION and year in open_years
    return AnnexPage(
        contract=contract,
        year=year,
        years=years,
        missions=[
            MissionRows(
                mission=code,
                rows=[LineRow(ln, pays.get(ln.code, "")) for ln in lines if ln.mission is code],
                most=most_of(lines, code),
                envelope=envelopes.get(code),
            )
            for code in MissionCode
            if any(line.mission is code for line in lines)
        ],
        may_write=is_open and may_on(user, contract.cpts)(Permission.CONTRACT_DRAFT),
        has_previous=year - 1 in annexes,
    )


def national_lines(contract: Contract, year: int) -> list[AnnexLine]:
    """The catalogue in force on the first day of the year, for the missions of the contract."""
    day = contract_year(contract.signature_day, year, settings_of(contract)).start
    carried = [mission.value for mission in missions_of(contract)]
    rows = Indicator.objects.in_force_on(day).filter(mission__in=carried)
    return [as_line(row) for row in rows.order_by("position", "pk").prefetch_related("tiers")]


def as_line(row: Indicator) -> AnnexLine:
    """A national indicator as an annex writes it: a contract may give it other values."""
    return AnnexLine(
        code=row.code,
        mission=row.mission_code,
        unit=row.unit,
        rule=Rule(
            label=row.label,
            direction=Direction(row.direction),
            method=Method(row.method),
            euros=row.euros,
            target=row.target,
            baseline=row.baseline,
            tiers=tuple(Tier(tier.worst, tier.best, tier.euros) for tier in row.tiers.all()),
        ),
    )


def _paid(contract: Contract, year: int, lines: Iterable[AnnexLine]) -> dict[str, str]:
    """What the last measure of each indicator pays, by the signed annex."""
    values = (
        IndicatorValue.objects.of_contract(contract)
        .filter(year=year)
        .values_list("indicator__code", "value")
    )
    latest = dict(values)  # the oldest first: the last row counts
    return {
        line.code: score(line.rule, latest[line.code].normalize()).rule
        for line in lines
        if line.code in latest
    }


def _envelopes(contract: Contract, year: int) -> dict[MissionCode, Decimal]:
    """What the variable parts may reach at most, by the terms that are proposed."""
    if isinstance(contract, Amendment):
        spans = spans_of(contract.amended, proposed=contract)
        funding = year_in_force(spans, year, grids=stored_grids())
        return {line.code: line.due for line in funding.lines if line.part is Part.VARIABLE}
    funding = basis_of(contract).year(year, grids=stored_grids())
    return {line.code: line.ceiling for line in funding.lines if line.part is Part.VARIABLE}
