"""From the rows of a contract and of the grids to the pure funding rules."""

import datetime as dt
from collections.abc import Mapping
from itertools import groupby

from aci.funding_basis import FundingBasis
from aci.funding_settings import FundingSettings
from aci.grid import Grid, GridAmount, GridStatus
from aci.grid_files import read_grids, read_setting_rows, settings_on
from aci.mission_codes import MissionCode, Part
from aci.models import Contract, FundingGridAmount
from foundation.refusal import Refused
from territories.models import Territory


def stored_grids() -> tuple[Grid, ...]:
    """Every grid of the database, as the funding rules read them. One query."""
    rows = FundingGridAmount.objects.select_related("grid").order_by("grid__effective_from", "pk")
    grids = tuple(
        Grid.build(
            code=grid.code,
            label=grid.label,
            effective_from=grid.effective_from,
            source=grid.confirmed_reference or grid.source,
            status=GridStatus(grid.status),
            amounts=[
                GridAmount(
                    size=row.size,
                    mission=MissionCode(row.mission),
                    part=Part(row.part),
                    amount=row.amount,
                    certainty=row.certainty,
                )
                for row in amounts
            ],
        )
        for grid, amounts in groupby(rows, key=lambda row: row.grid)
    )
    return grids or read_grids()  # nobody loaded them yet: those of the repository


def basis_of(contract: Contract) -> FundingBasis:
    """What a contract is paid from: the real signature, or the planned one."""
    starts = {
        mission.mission: mission.start_day
        for mission in contract.missions.all()
        if mission.left_on is None
    }
    return _basis(contract, starts, contract.territory_in_use)


def estimate_basis(
    territory: Territory, missions: Mapping[MissionCode, dt.date], *, signed_on: dt.date
) -> FundingBasis:
    """An estimate before any contract: everything starts as the dossier foresees it today."""
    return FundingBasis(
        signed_on=signed_on,
        mission_starts=missions,
        unscheduled_care_since=signed_on,
        population=territory.population,
        size=size_in_use(territory),
        settings=settings_on(signed_on, read_setting_rows()),
    )


def size_in_use(territory: Territory) -> int:
    """The size counted with the communes; without inhabitants there is none."""
    if territory.size is None:
        raise Refused("Le territoire n’a pas d’habitants : choisissez d’abord ses communes.")
    return territory.size


def refuse_unpayable(contract: Contract, missions: Mapping[MissionCode, dt.date | None]) -> None:
    """Refuse terms that the grids in force could not pay, while they can still be changed."""
    day = contract.signature_day
    starts = {mission: start or day for mission, start in missions.items()}
    basis = _basis(contract, starts, contract.territory_in_use)
    grids = stored_grids()
    for year in basis.years:
        basis.year(year.number, grids=grids)


def settings_of(contract: Contract) -> FundingSettings:
    """The settings kept at the signature; before it, those of the planned day."""
    if contract.is_signed:
        return FundingSettings.from_texts(contract.funding_settings)
    return settings_on(contract.signature_day, read_setting_rows())


def _basis(
    contract: Contract, starts: Mapping[MissionCode, dt.date], territory: Territory
) -> FundingBasis:
    return FundingBasis(
        signed_on=contract.signature_day,
        mission_starts=starts,
        unscheduled_care_since=contract.unscheduled_care_since,
        population=territory.population,
        size=size_in_use(territory),
        settings=settings_of(contract),
        grid_code=contract.grid.code if contract.grid else None,
        ended_on=contract.terminated_on,
    )
