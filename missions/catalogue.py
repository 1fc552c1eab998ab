"""Pure: reads the dated catalogues of indicators of `missions/indicators/`, without a database."""

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from aci.mission_codes import MissionCode
from missions.scoring import Direction, Method, Tier
from missions.scoring import Indicator as Rule

CATALOGUES_FOLDER = Path(__file__).parent / "indicators"


@dataclass(frozen=True, slots=True)
class CatalogueIndicator:
    """An indicator as the file writes it, with the rule that scores it."""

    code: str
    mission: MissionCode
    definition: str
    unit: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A dated list of indicators, and how sure it is."""

    code: str
    effective_from: dt.date
    is_confirmed: bool
    source: str
    indicators: tuple[CatalogueIndicator, ...]


def read_catalogues(folder: Path = CATALOGUES_FOLDER) -> tuple[Catalogue, ...]:
    """Every file of the folder, oldest name first."""
    return tuple(read_catalogue(path) for path in sorted(folder.glob("*.toml")))


def read_catalogue(path: Path) -> Catalogue:
    """One file. An indicator that cannot be scored is refused while it is read."""
    with path.open("rb") as file:
        content = tomllib.load(file, parse_float=Decimal)
    return Catalogue(
        code=content["catalogue"],
        effective_from=content["effective_from"],
        is_confirmed=content["status"] == "confirmed",
        source=content["source"],
        indicators=tuple(_indicator(row) for row in content["indicator"]),
    )


def _indicator(row: Mapping[str, Any]) -> CatalogueIndicator:
    return CatalogueIndicator(
        code=row["code"],
        mission=MissionCode(row["mission"]),
        definition=row["definition"],
        unit=row["unit"],
        rule=Rule(
            label=row["label"],
            direction=Direction(row["direction"]),
            method=Method(row["method"]),
            euros=Decimal(row.get("euros", 0)),
            target=_decimal(row.get("target")),
            baseline=_decimal(row.get("baseline")),
            tiers=tuple(_tier(tier) for tier in row.get("tiers", ())),
        ),
    )


def _tier(row: Mapping[str, Any]) -> Tier:
    return Tier(
        worst=Decimal(row["worst"]),
        best=_decimal(row.get("best")),
        euros=Decimal(row["euros"]),
    )


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)
