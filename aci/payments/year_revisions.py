"""A contract year computed again: a new revision beside the old one, and what it changes to pay."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from aci.amended_funding import reviewed, year_in_force
from aci.amendment_funding import amendments_within, spans_of
from aci.contract_funding import stored_grids
from aci.deadlines import contract_year
from aci.funding import ContractTerms, YearFunding, compute_year, everything_achieved
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


def revisions_of(contract: Contract, number: int) -> list[ContractYear]:
    """All the versions of a year, as it stands first. One query."""
    return list(contract.years.filter(number=number).order_by("-revision"))


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
    funding = _computed(year, reached, crisis_recognised=crisis_recognised, ended_on=ended_on)
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


def _computed(
    year: ContractYear,
    achieved: Mapping[MissionCode, Achievement],
    *,
    crisis_recognised: bool,
    ended_on: dt.date | None,
) -> YearFunding:
    """By the frozen inputs; by each version of the terms in a year that amendments cut."""
    inputs = year.inputs
    settings = FundingSettings.from_texts(inputs["settings"])
    contract = Contract.objects.select_related("grid", "territory").get(pk=year.contract_id)
    span = contract_year(contract.signature_day, year.number, settings)
    is_cut = bool(amendments_within(contract, span))
    since = inputs["unscheduled_care_since"]
    terms = ContractTerms(
        signed_on=dt.date.fromisoformat(inputs["signed_on"]),
        mission_starts={
            MissionCode(code): dt.date.fromisoformat(day)
            for code, day in inputs["missions"].items()
        },
        unscheduled_care_since=dt.date.fromisoformat(since) if since else None,
        ended_on=None if is_cut else ended_on,
    )
    last = compute_year(
        terms=terms,
        number=year.number,
        grid=grid_named(inputs["grid_used"]["code"], stored_grids()),
        size=year.size,
        achieved=everything_achieved(terms.mission_starts) if is_cut else achieved,
        crisis_recognised=crisis_recognised,
        settings=settings,
    )
    return _by_versions(contract, last, achieved, ended_on=ended_on) if is_cut else last


def _by_versions(
    contract: Contract,
    last: YearFunding,
    achieved: Mapping[MissionCode, Achievement],
    *,
    ended_on: dt.date | None,
) -> YearFunding:
    """`last`: the year by its last terms alone, for what only a review brings (a crisis)."""
    spans = [
        replace(span, basis=replace(span.basis, ended_on=ended_on)) for span in spans_of(contract)
    ]
    funding = year_in_force(spans, last.contract_year.number, grids=stored_grids())
    if ended_on is not None:  # what was achieved is left to the final review
        return funding
    crisis = [line for line in last.lines if line.code is MissionCode.CRISE]
    return reviewed(funding, achieved, crisis)


def _stored_achievement(year: ContractYear) -> dict[MissionCode, Achievement]:
    """What the last revision took as achieved: a share, or amounts that a review retained."""
    reason = year.inputs.get("review", "")
    return {
        MissionCode(code): Retained(Decimal(text), reason) if reason else Share(Decimal(text))
        for code, text in year.inputs["achieved"].items()
    }


def _as_text(value: Achievement) -> str:
    return str(value.fraction) if isinstance(value, Share) else plain_amount(value.amount)
