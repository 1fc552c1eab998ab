"""The regional grids of opinions as they are committed: one dated file each."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "opinion_grids"


@dataclass(frozen=True, slots=True)
class OpinionGridFile:
    """One file; its fields bear the names of the columns of `OpinionGrid`."""

    code: str
    title: str
    effective_from: dt.date
    criteria: list[dict[str, Any]]
    certainty: str
    source: str
    requires_scores: bool = False
    region: str | None = None


def read_opinion_grids(folder: Path = FOLDER) -> list[OpinionGridFile]:
    """Every file, the national default first."""
    found = []
    for path in folder.glob("*.toml"):
        with path.open("rb") as file:
            found.append(OpinionGridFile(**tomllib.load(file)))
    return sorted(found, key=lambda item: (item.region or "", item.effective_from))
