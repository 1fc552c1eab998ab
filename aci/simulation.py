"""Pure: the funding of one contract year from a population and a few dates, before any contract."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aci.deadlines import contract_year
from aci.funding import ContractTerms, YearFunding, compute_year, everything_achieved
from aci.funding_lines import Achievement
from aci.funding_settings import FundingSettings
from aci.grid import Grid, grid_of_year
from aci.grid_files import read_setting_rows, settings_on
from aci.mission_codes import MissionCode
from foundation.money import plain_amount
from territories.sizes import read_thresholds, size_of, thresholds_on


@dataclass(frozen=True, slots=True)
class SimulationInput:
    """The questions of the simulator. What is not answered takes the usual case."""

    population: int
    signed_on: dt.date
    mission_starts: Mapping[MissionCode, dt.date] = field(default_factory=dict)
    contract_year: int = 1
    achieved: Mapping[MissionCode, Achievement] = field(default_factory=dict)
    crisis_recognised: bool = False
    without_unscheduled_care: bool = False
    grid: str | None = None
    ended_on: dt.date | None = None


def simulate(inputs: SimulationInput, *, grids: Iterable[Grid]) -> YearFunding:
    """One contract year: every mission that is started is achieved, unless the input says less."""
    settings = _settings(inputs.signed_on)
    year = contract_year(inputs.signed_on, inputs.contract_year, settings)
    grid = grid_of_year(
        signed_on=inputs.signed_on, year=year, grids=grids, settings=settings, named=inputs.grid
    )
    terms = ContractTerms(
        signed_on=inputs.signed_on,
        mission_starts=inputs.mission_starts,
        unscheduled_care_since=None if inputs.without_unscheduled_care else inputs.signed_on,
        ended_on=inputs.ended_on,
    )
    return compute_year(
        terms=terms,
        number=inputs.contract_year,
        grid=grid,
        size=_size(inputs.population, inputs.signed_on),
        achieved={**everything_achieved(inputs.mission_starts), **inputs.achieved},
        crisis_recognised=inputs.crisis_recognised,
        settings=settings,
    )


def _settings(signed_on: dt.date) -> FundingSettings:
    """The settings at signature, else the first ones: a grid may be tried on an early date."""
    rows = read_setting_rows()
    return settings_on(max(signed_on, min(row.effective_from for row in rows)), rows)


def _size(population: int, signed_on: dt.date) -> int:
    """The size is frozen at signature, by the thresholds of that day, else by the first ones."""
    rows = read_thresholds()
    day = max(signed_on, min(row.effective_from for row in rows))
    return size_of(population, thresholds_on(day, rows))


def as_plain(funding: YearFunding) -> dict[str, Any]:
    """The year in words and numbers that a file keeps: amounts as text, dates in ISO form."""
    year = funding.contract_year
    return {
        "grid": funding.grid.code,
        "size": funding.size,
        "contract_year": {
            "number": year.number,
            "start": year.start.isoformat(),
            "end": year.last_day.isoformat(),
        },
        "lines": [
            {
                "code": line.code.value,
                "part": line.part.value,
                "ceiling": plain_amount(line.ceiling),
                "due": plain_amount(line.due),
                "advance": plain_amount(line.advance),
                "balance": plain_amount(line.balance),
                "rule": line.rule,
            }
            for line in funding.lines
        ],
        "total_due": plain_amount(funding.total_due),
        "schedule": [
            {
                "date": payment.date.isoformat(),
                "label": payment.label,
                "amount": plain_amount(payment.amount),
            }
            for payment in funding.schedule
        ],
    }
