"""Pure: reads the dated files of `aci/grids/` — grids, deadlines, settings — without a database."""

import csv
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from aci.deadlines import MissionRule
from aci.funding_settings import FundingSettings
from aci.grid import Grid, GridAmount, GridStatus
from aci.mission_codes import MissionCode, MissionKind, Part
from foundation.dates import format_date
from foundation.refusal import Refused

GRIDS_FOLDER = Path(__file__).parent / "grids"


@cache
def read_grids(folder: Path = GRIDS_FOLDER) -> tuple[Grid, ...]:
    """Every version listed in `versions.csv`, with the amounts of its own file."""
    return tuple(
        Grid.build(
            code=row["grid"],
            label=row["label"],
            effective_from=dt.date.fromisoformat(row["effective_from"]),
            source=row["source"],
            status=GridStatus(row["status"]),
            amounts=read_amounts(folder / row["amounts_file"]),
        )
        for row in _rows(folder / "versions.csv")
    )


def read_amounts(path: Path) -> tuple[GridAmount, ...]:
    """The lines of one grid: size, mission, part, amount_eur, certainty."""
    return tuple(
        GridAmount(
            size=int(row["size"]),
            mission=MissionCode(row["mission"]),
            part=Part(row["part"]),
            amount=Decimal(row["amount_eur"]),
            certainty=row["certainty"],
        )
        for row in _rows(path)
    )


@cache
def read_mission_rules(folder: Path = GRIDS_FOLDER) -> tuple[MissionRule, ...]:
    """The kind and the deadlines of every mission, every date together."""
    return tuple(
        MissionRule(
            effective_from=dt.date.fromisoformat(row["effective_from"]),
            mission=MissionCode(row["mission"]),
            kind=MissionKind(row["kind"]),
            start_within_months=_months(row["start_within_months"]),
            deployed_within_months=_months(row["deployed_within_months"]),
            certainty=row["certainty"],
            source=row["source"],
        )
        for row in _rows(folder / "mission_deadlines.csv")
    )


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting from a date on, with how sure it is and where it comes from."""

    effective_from: dt.date
    setting: str
    value: str
    certainty: str
    source: str


@cache
def read_setting_rows(folder: Path = GRIDS_FOLDER) -> tuple[SettingRow, ...]:
    """Every setting, every date together."""
    return tuple(
        SettingRow(
            effective_from=dt.date.fromisoformat(row["effective_from"]),
            setting=row["setting"],
            value=row["value"],
            certainty=row["certainty"],
            source=row["source"],
        )
        for row in _rows(folder / "settings.csv")
    )


def settings_on(day: dt.date, rows: Iterable[SettingRow]) -> FundingSettings:
    """The settings in force on a day: each takes its latest value not after it."""
    begun = sorted(
        (row for row in rows if row.effective_from <= day), key=lambda row: row.effective_from
    )
    if not begun:
        raise Refused(f"Aucune règle de paiement n’est en vigueur le {format_date(day)}.")
    return FundingSettings.from_texts({row.setting: row.value for row in begun})


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _months(text: str) -> int | None:
    return int(text) if text else None
