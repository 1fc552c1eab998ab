"""The contract templates as they are committed: one dated file each."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aci.clauses.blocks import Block, read_blocks

FOLDER = Path(__file__).parent.parent / "contract_templates"


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """One file: its code, from when it serves, its blocks in order."""

    code: str
    effective_from: dt.date
    source: str
    requires_annex: bool
    blocks: tuple[Block, ...]


@cache
def read_templates() -> tuple[TemplateFile, ...]:
    """Every file, the oldest first."""
    found = []
    for path in FOLDER.glob("*.toml"):
        with path.open("rb") as file:
            content = tomllib.load(file)
        found.append(
            TemplateFile(
                code=content["code"],
                effective_from=content["effective_from"],
                source=content["source"],
                requires_annex=content.get("requires_annex", False),
                blocks=read_blocks(content["block"]),
            )
        )
    return tuple(sorted(found, key=lambda item: item.effective_from))
