"""A contract year computed again: a new revision beside the old one, and what it changes to pay."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from aci.contract_funding import stored_grids
from aci.funding import ContractTerms, compute_year
from aci.funding_lines import Achievement, Retained, Share
from aci.funding_settings import FundingSettings
from aci.funding_sheet import plain_sheet
from aci.grid import grid_named
from aci.mission_codes import MissionCode
from aci.models import Contract, ContractYear
from aci.payments.planning import plan_year
from foundation import clock
from foundation.money import plain_amount


def last_revision(contract: Contract, number: int) -> ContractYear | None:
    """The year as it stands."""
    found: ContractYear | None = contract.years.filter(number=number).order_by("-revision").first()
    return found


def revise_year(
    year: ContractYear,
    *,
    achieved: Mapping[MissionCode, Achievement] | None = None,
    crisis_recognised: bool = False,
    ended_on: dt.date | None = None,
    facts: Mapping[str, object] | None = None,
) -> ContractYear:
    """Compute the year again from its own frozen inputs; only what is said here differs.

    Call it inside an act that holds the contract. `ended_on` closes the contract in that year
    (termination): what was advanced beyond becomes an amount to recover.
    """
    inputs = year.inputs
    reached = achieved if achieved is not None else _stored_achievement(year)
    funding = compute_year(
        terms=ContractTerms(
            signed_on=dt.date.fromisoformat(inputs["signed_on"]),
            mission_starts={
                MissionCode(code): dt.date.fromisoformat(day)
                for code, day in inputs["missions"].items()
            },
            unscheduled_care_since=(
                dt.date.fromisoformat(inputs["unscheduled_care_since"])
                if inputs["unscheduled_care_since"]
                else None
            ),
            ended_on=ended_on,
        ),
        number=year.number,
        grid=grid_named(year.inputs["grid_used"]["code"], stored_grids()),
        size=year.size,
        achieved=reached,
        crisis_recognised=crisis_recognised,
        settings=FundingSettings.from_texts(inputs["settings"]),
    )
    sheet = plain_sheet(funding)
    revised = ContractYear.objects.create(
        contract_id=year.contract_id,
        number=year.number,
        revision=year.revision + 1,
        start=year.start,
        end=year.end,
        grid_id=year.grid_id,
        population=year.population,
        size=year.size,
        inputs={
            **inputs,
            "grid_used": sheet["grid"],
            "achieved": {code.value: _as_text(value) for code, value in reached.items()},
            "crisis_recognised": crisis_recognised,
            "ended_on": ended_on.isoformat() if ended_on else None,
            **(facts or {}),
        },
        lines=sheet["lines"],
        schedule=sheet["schedule"],
        total_due=funding.total_due,
        computed_at=clock.now(),
    )
    plan_year(revised)
    return revised


def _stored_achievement(year: ContractYear) -> dict[MissionCode, Achievement]:
    """What the last revision took as achieved: a share, or amounts that a review retained."""
    reason = year.inputs.get("review", "")
    return {
        MissionCode(code): Retained(Decimal(text), reason) if reason else Share(Decimal(text))
        for code, text in year.inputs["achieved"].items()
    }


def _as_text(value: Achievement) -> str:
    return str(value.fraction) if isinstance(value, Share) else plain_amount(value.amount)
