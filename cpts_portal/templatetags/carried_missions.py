"""The missions of a CPTS on its public page: those of its contract, else of its valid project."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import template

from aci.mission_codes import MissionCode
from aci.models import ContractMission
from aci.workflow import RUNNING, ContractState
from foundation import clock
from projects.models import HealthProject
from projects.workflow import State
from territories.models import Cpts, Stage

register = template.Library()


@dataclass(frozen=True, slots=True)
class CarriedMission:
    """One mission, and since when it is paid for."""

    label: str
    starts_on: dt.date | None = None

    @property
    def has_started(self) -> bool:
        return self.starts_on is not None and self.starts_on <= clock.today()


@register.inclusion_tag("portal/carried_missions.html")
def carried_missions(cpts: Cpts) -> dict[str, Any]:
    """{% carried_missions cpts %}: one query at most; nothing before the project is valid."""
    if cpts.stage in {Stage.CONTRACTED, Stage.EXPIRED}:
        return {"missions": _of_contract(cpts), "source": "contract", "cpts": cpts}
    if cpts.stage == Stage.VALIDATED:
        return {"missions": _of_project(cpts), "source": "project", "cpts": cpts}
    return {"missions": [], "source": "", "cpts": cpts}


def _of_contract(cpts: Cpts) -> list[CarriedMission]:
    signed = [*RUNNING, ContractState.EXPIRED]
    rows = list(
        ContractMission.objects.filter(
            contract__cpts=cpts, contract__state__in=signed, left_on=None
        )
        .select_related("contract")
        .order_by("-contract__number", "pk")
    )
    newest = [row for row in rows if row.contract_id == rows[0].contract_id]
    return [CarriedMission(row.label, row.starts_on) for row in newest]


def _of_project(cpts: Cpts) -> list[CarriedMission]:
    approved = HealthProject.objects.filter(cpts=cpts, state=State.APPROVED)
    project = approved.order_by("-number").first()
    codes = project.mission_codes if project else []
    return [CarriedMission(MissionCode(code).label) for code in codes]
