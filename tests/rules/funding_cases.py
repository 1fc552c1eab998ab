"""Short ways to say a funding case, shared by the tests of money."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from aci.funding import ContractTerms, YearFunding, compute_year, everything_achieved
from aci.funding_lines import Line, Share
from aci.grid import Grid
from aci.grid_files import read_grids
from aci.mission_codes import MISSIONS, MissionCode, Part

GRIDS: dict[str, Grid] = {grid.code: grid for grid in read_grids()}
ACI_2019 = GRIDS["ACI_2019"]
AVENANT_2 = GRIDS["AVENANT_2"]

FONCTIONNEMENT = MissionCode.FONCTIONNEMENT
ACCES_SOINS = MissionCode.ACCES_SOINS
PARCOURS = MissionCode.PARCOURS
PREVENTION = MissionCode.PREVENTION
CRISE = MissionCode.CRISE
QUALITE = MissionCode.QUALITE
ACCOMPAGNEMENT = MissionCode.ACCOMPAGNEMENT

SOCLE_2019 = (ACCES_SOINS, PARCOURS, PREVENTION)
WITHOUT_CRISIS = tuple(mission for mission in MISSIONS if mission is not CRISE)

SIGNED = dt.date(2023, 7, 1)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def year_of(
    *missions: MissionCode,
    grid: Grid = AVENANT_2,
    size: int = 1,
    number: int = 1,
    signed_on: dt.date = SIGNED,
    starts: Mapping[MissionCode, dt.date] | None = None,
    achieved: Mapping[MissionCode, Any] | None = None,
    snp_since: dt.date | None = dt.date(2000, 1, 1),
    ended_on: dt.date | None = None,
    **more: Any,
) -> YearFunding:
    """A year whose missions start at signature and are achieved, unless the case says less."""
    all_starts = {**dict.fromkeys(missions, signed_on), **(starts or {})}
    return compute_year(
        terms=ContractTerms(signed_on, all_starts, snp_since, ended_on),
        number=number,
        grid=grid,
        size=size,
        achieved={**everything_achieved(all_starts), **(achieved or {})},
        **more,
    )


def nothing(*missions: MissionCode) -> dict[MissionCode, Share]:
    return dict.fromkeys(missions, Share(Decimal(0)))


def line_of(funding: YearFunding, code: MissionCode, part: Part = Part.FIXED) -> Line:
    """The one line of that part; fails when it is absent or doubled."""
    (found,) = [line for line in funding.lines if (line.code, line.part) == (code, part)]
    return found


def amounts(line: Line) -> tuple[str, str, str]:
    return str(line.due), str(line.advance), str(line.balance)
