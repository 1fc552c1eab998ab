"""Missions of contracts in force that have not started by their deadline: an alert, no more."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from accounts.access import Permission
from aci.models import Contract, ContractMission
from aci.workflow import ContractState
from foundation import clock
from missions.workflow import ProgressState
from territories.models import Cpts
from territories.querysets import scope_filter


@dataclass(frozen=True, slots=True)
class LateStart:
    """One mission, and since when it should have started."""

    mission: ContractMission
    start_by: dt.date
    days: int

    @property
    def contract(self) -> Contract:
        return self.mission.contract

    @property
    def cpts(self) -> Cpts:
        return self.contract.cpts


def late_starts(
    user: Any, *, concerns: Callable[[Contract], bool], mission: str = ""
) -> list[LateStart]:
    """The longest delay first; the deadline is that of the rule in force at the signature."""
    today = clock.today()
    rows = ContractMission.objects.filter(
        scope_filter(user, Permission.FIGURES_SEE, "contract__cpts__"),
        contract__state=ContractState.IN_FORCE,
    ).exclude(progress__state__in=[ProgressState.STARTED, ProgressState.DEPLOYED])
    if mission:
        rows = rows.filter(code=mission)
    found = [
        _late(row, today)
        for row in _with_places(rows)
        if concerns(row.contract) and _is_late(row, today)
    ]
    return sorted(found, key=lambda late: (late.start_by, late.cpts.name, late.mission.pk))


def _with_places(rows: Any) -> Iterable[ContractMission]:
    found: Iterable[ContractMission] = rows.select_related(
        "contract__cpts__departement", "contract__cpts__region", "contract__cpts__cpam_district"
    )
    return found


def _is_late(row: ContractMission, today: dt.date) -> bool:
    start_by = row.deadlines.start_by
    return start_by is not None and start_by < today


def _late(row: ContractMission, today: dt.date) -> LateStart:
    start_by = row.deadlines.start_by or today
    return LateStart(row, start_by, (today - start_by).days)
