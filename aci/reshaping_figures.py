"""What a merger or a split changes in numbers: people, sizes, the amount of a full year."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from aci.contract_funding import stored_grids
from aci.grid import Grid
from aci.mission_codes import MISSIONS, MissionCode
from aci.models import ContractMission, Reshaping
from aci.simulation import SimulationInput, simulate
from aci.workflow import RUNNING
from foundation.money import plain_amount
from foundation.refusal import Refused
from territories.actions import default_vintage
from territories.drafts.counted import count_draft
from territories.drafts.draft import Draft
from territories.models import Cpts
from territories.sizes import read_thresholds, size_of, thresholds_on

# The second: every mission runs the whole year, and no plan is written for the first time.
FULL_YEAR = 2


def figures_of(reshaping: Reshaping) -> dict[str, Any]:
    """Plain values, kept with what the parties read: the same page later says the same."""
    day = reshaping.effective_on
    grids = stored_grids()
    before = [part.known for part in reshaping.concerned]
    missions = _missions(before)
    union = set().union(*missions.values()) if missions else set()
    shares: dict[int | None, dict[str, int]] = defaultdict(dict)
    names: dict[str, str] = {}
    for row in reshaping.communes.select_related("commune"):
        shares[row.part_id][row.commune_id] = row.share
        names[row.commune_id] = row.commune.name
    return {
        "before": [_before(cpts, missions[cpts.pk], day, grids) for cpts in before],
        "after": [
            _after(part.name, part.position, shares[part.pk], union, day, grids)
            for part in reshaping.successors
        ],
        "left": sorted(names[code] for code in shares[None]),
        "missions": [code.label for code in MISSIONS if code in union],
    }


def _missions(predecessors: Iterable[Cpts]) -> defaultdict[int, set[MissionCode]]:
    """Those of the contracts in force, by CPTS."""
    rows = ContractMission.objects.filter(
        contract__cpts__in=[one.pk for one in predecessors],
        contract__state__in=RUNNING,
        contract__amends=None,
        left_on=None,
    )
    found: defaultdict[int, set[MissionCode]] = defaultdict(set)
    for cpts, code in rows.values_list("contract__cpts", "code"):
        found[cpts].add(MissionCode(code))
    return found


def _before(
    cpts: Cpts, missions: Iterable[MissionCode], day: dt.date, grids: tuple[Grid, ...]
) -> dict[str, Any]:
    territory = cpts.territory
    people = territory.population if territory else 0
    return {
        "name": cpts.name,
        "communes": territory.commune_count if territory else 0,
        "population": people,
        "vintage": territory.vintage if territory else None,
        "size": territory.size if territory else None,
        "amount": full_year(people, missions, day, grids),
    }


def _after(
    name: str,
    position: int,
    shares: Mapping[str, int],
    missions: Iterable[MissionCode],
    day: dt.date,
    grids: tuple[Grid, ...],
) -> dict[str, Any]:
    drafted = count_draft(Draft(shares, vintage=default_vintage(day)))
    people = (drafted.kept.population if drafted.kept else None) or 0
    return {
        "name": name,
        "position": position,
        "communes": len(shares),
        "names": [commune.name for commune in drafted.communes],
        "population": people,
        "vintage": drafted.vintage,
        "size": size_of(people, thresholds_on(day, read_thresholds())) if people else None,
        "pieces": drafted.pieces,
        "amount": full_year(people, missions, day, grids),
    }


def full_year(
    people: int, missions: Iterable[MissionCode], day: dt.date, grids: tuple[Grid, ...]
) -> str:
    """What these missions bring in a full year, everything achieved; empty without any."""
    starts = dict.fromkeys(missions, day)
    if not people or not starts:
        return ""
    inputs = SimulationInput(
        population=people, signed_on=day, mission_starts=starts, contract_year=FULL_YEAR
    )
    try:
        return plain_amount(simulate(inputs, grids=grids).total_due)
    except Refused:  # a grid without one of these missions: no number rather than a wrong one
        return ""
