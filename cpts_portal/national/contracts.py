"""Writes the contracts, their missions and accords, the years opened so far and their payments."""

import datetime as dt
from collections.abc import Iterator, Sequence

from django.db.models import prefetch_related_objects

from aci.actions import load_contract_templates, next_deadline
from aci.contract_funding import basis_of, stored_grids
from aci.deadlines import contract_years, mission_rule
from aci.funding_settings import FundingSettings
from aci.funding_sheet import plain_sheet
from aci.grid import Grid
from aci.grid_files import read_mission_rules, read_setting_rows, settings_on
from aci.mission_codes import MissionCode
from aci.models import (
    Contract,
    ContractAcceptance,
    ContractMission,
    ContractTemplate,
    ContractYear,
    FundingGrid,
    PaymentLine,
)
from aci.payments.planning import rows_of
from aci.workflow import ContractState
from cpts_portal.national.calendar import ContractDays
from cpts_portal.national.dossiers import Dossier, at_nine
from foundation import clock
from foundation.bulk import insert_objects
from territories.models import Stage

BATCH = 250
# Days from the signature of a first contract to the start of each mission.
STARTS = {
    MissionCode.ACCES_SOINS: 75,
    MissionCode.PARCOURS: 210,
    MissionCode.PREVENTION: 270,
    MissionCode.CRISE: 120,
}


def write_contracts(dossiers: Sequence[Dossier]) -> None:
    """First contracts, then their renewals, each linked to the one before."""
    load_contract_templates()
    templates = list(ContractTemplate.objects.order_by("effective_from", "version"))
    longest = max(len(dossier.calendar.contracts) for dossier in dossiers)
    for rank in range(longest):
        found = [dossier for dossier in dossiers if len(dossier.calendar.contracts) > rank]
        for dossier in found:
            days = dossier.calendar.contracts[rank]
            contract = _contract(dossier, days)
            contract.template = _template_on(days.drafted, templates)
            dossier.contracts.append((days, contract))
        Contract.objects.bulk_create(
            [dossier.contracts[rank][1] for dossier in found], batch_size=BATCH
        )
    pairs = [(dossier, *pair) for dossier in dossiers for pair in dossier.contracts]
    insert_objects(
        ContractMission, (row for _, days, contract in pairs for row in _missions(days, contract))
    )
    insert_objects(
        ContractAcceptance,
        (row for dossier, days, contract in pairs for row in _accords(dossier, days, contract)),
    )
    prefetch_related_objects([contract for _, _, contract in pairs], "missions")
    for dossier in dossiers:
        _note_deadline(dossier)


def write_years(dossiers: Sequence[Dossier]) -> int:
    """Each year by the real funding rules, with what it asks to pay; returns how many years."""
    grids = stored_grids()
    rows = dict(FundingGrid.objects.in_bulk(field_name="code"))
    years = (
        year
        for dossier in dossiers
        for _, contract in dossier.contracts
        if contract.is_signed
        for year in _years(contract, grids, rows)
    )
    count = insert_objects(ContractYear, years)
    signed = [one.pk for dossier in dossiers for _, one in dossier.contracts if one.is_signed]
    for first in range(0, len(signed), BATCH):
        written = ContractYear.objects.filter(contract__in=signed[first : first + BATCH])
        # Read before they are written: COPY lets nothing else through the connection.
        lines = [line for year in written.order_by("pk") for line in rows_of(year)]
        insert_objects(PaymentLine, lines)
    return count


def _contract(dossier: Dossier, days: ContractDays) -> Contract:
    previous = dossier.contracts[-1][1] if dossier.contracts else None
    signed = days.signed
    planned = signed or (days.accepted or days.drafted) + dt.timedelta(days=45)
    return Contract(
        cpts=dossier.cpts,
        number=days.number,
        reference=f"ACI-{dossier.identity.reference}-{days.number}",
        state=_state(days),
        health_project=dossier.project,
        territory=dossier.territory if signed else None,
        previous=previous,
        planned_signature_on=planned,
        unscheduled_care_since=_unscheduled_care(planned, previous),
        funding_settings=_settings(signed).as_texts() if signed else {},
        signed_on=signed,
        ends_on=days.ends,
        created_at=at_nine(days.drafted),
    )


def _template_on(day: dt.date, templates: Sequence[ContractTemplate]) -> ContractTemplate | None:
    """The clauses in force on the day the contract was prepared."""
    return next((one for one in reversed(templates) if one.effective_from <= day), None)


def _state(days: ContractDays) -> ContractState:
    if days.ends is None:
        return ContractState.NEGOTIATION
    return ContractState.EXPIRED if days.ends < clock.today() else ContractState.IN_FORCE


def _settings(day: dt.date) -> FundingSettings:
    return settings_on(day, read_setting_rows())


def _unscheduled_care(planned: dt.date, previous: Contract | None) -> dt.date | None:
    """Organised with the mission « Accès aux soins »; a renewal goes on."""
    if previous:
        return previous.unscheduled_care_since
    return planned + dt.timedelta(days=STARTS[MissionCode.ACCES_SOINS])


def _missions(days: ContractDays, contract: Contract) -> Iterator[ContractMission]:
    """The core missions of the agreement as it stands on the day of the signature."""
    day = contract.signature_day
    for code, after in STARTS.items():
        if mission_rule(code, day, read_mission_rules()):
            wait = after if days.number == 1 else 0  # a renewal goes on with all of them
            yield ContractMission(
                contract=contract, code=code, starts_on=day + dt.timedelta(days=wait)
            )


def _accords(
    dossier: Dossier, days: ContractDays, contract: Contract
) -> Iterator[ContractAcceptance]:
    if days.accepted is None:
        return
    for party, (person, _) in dossier.speakers.items():
        yield ContractAcceptance(
            contract=contract,
            party=party,
            version=1,
            territory_mark=contract.territory_mark,
            by=person,
            name=person.get_full_name(),
            at=at_nine(days.accepted),
        )


def _note_deadline(dossier: Dossier) -> None:
    """The next day on which the contract in force expects something."""
    in_force = [one for _, one in dossier.contracts if one.state == ContractState.IN_FORCE]
    if dossier.cpts.stage == Stage.CONTRACTED and in_force:
        day, label = next_deadline(in_force[-1]) or (None, "")
        dossier.cpts.next_deadline, dossier.cpts.next_deadline_label = day, label


def _years(
    contract: Contract, grids: tuple[Grid, ...], rows: dict[str, FundingGrid]
) -> Iterator[ContractYear]:
    basis = basis_of(contract)
    for year in contract_years(basis.signed_on, basis.settings):
        if year.start > clock.today():
            return
        funding = basis.year(year.number, grids=grids)
        sheet = plain_sheet(funding)
        yield ContractYear(
            contract=contract,
            number=year.number,
            start=year.start,
            end=year.last_day,
            grid=rows[funding.grid.code],
            population=basis.population,
            size=basis.size,
            inputs={**basis.as_plain(), "grid_used": sheet["grid"]},
            lines=sheet["lines"],
            schedule=sheet["schedule"],
            total_due=funding.total_due,
            computed_at=at_nine(year.start),
        )
