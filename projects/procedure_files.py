"""The regional procedures as they are committed: one dated file each, read and never computed."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "procedures"


@dataclass(frozen=True, slots=True)
class ProcedureFile:
    """One file; its fields bear the names of the columns of `Procedure`."""

    code: str
    title: str
    effective_from: dt.date
    decision_form: str
    letter_opinions: list[dict[str, str]]
    project_opinions: list[dict[str, str]]
    tacit_months: int
    completeness_days: int
    pieces_days: int
    opinion_days: int
    certainty: str
    source: str
    region: str | None = None
    decides_without_late_opinions: bool = False
    cpam_reads_opinions: bool = True


def read_procedures(folder: Path = FOLDER) -> list[ProcedureFile]:
    """Every file, the national default first."""
    found = []
    for path in folder.glob("*.toml"):
        with path.open("rb") as file:
            source = tomllib.load(file)
        found.append(ProcedureFile(**source.pop("delays"), **source))
    return sorted(found, key=lambda item: (item.region or "", item.effective_from))
