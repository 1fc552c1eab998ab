"""The letters as they are committed: one dated file each, the beginning of every history."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "letters"


@dataclass(frozen=True, slots=True)
class LetterFile:
    """One file; its fields bear the names of the columns of `LetterTemplate`."""

    code: str
    kind: str
    effective_from: dt.date
    subject: str
    body: str
    region: str | None = None


@cache
def read_letters() -> tuple[LetterFile, ...]:
    """Every file, the national defaults first."""
    found = []
    for path in FOLDER.glob("*.toml"):
        with path.open("rb") as file:
            source = tomllib.load(file)
        source["body"] = source["body"].strip()
        found.append(LetterFile(**source))
    return tuple(sorted(found, key=lambda item: (item.region or "", item.kind)))
