"""How committees sit, region by region, from a date on: committed files, read and never computed.

A session keeps the rule under which it was prepared.
"""

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "committees"


@dataclass(frozen=True, slots=True)
class CommitteeRule:
    """One file: quorum, ballot, tie."""

    code: str
    title: str
    effective_from: dt.date
    quorum_percent: int
    counts_represented: bool
    tie: str
    secret_ballot: bool
    certainty: str
    source: str
    region: str | None = None


@cache
def read_rules(folder: Path = FOLDER) -> tuple[CommitteeRule, ...]:
    """Every file, the national default first."""
    found = [CommitteeRule(**tomllib.loads(path.read_text("utf-8"))) for path in folder.glob("*")]
    return tuple(sorted(found, key=lambda rule: (rule.region or "", rule.effective_from)))


def rule_for(region_code: str, day: dt.date) -> CommitteeRule:
    """The rule in force in a region on a day, else the national one."""
    begun = [rule for rule in read_rules() if rule.effective_from <= day]
    own = [rule for rule in begun if rule.region == region_code]
    national = [rule for rule in read_rules() if rule.region is None]
    return (own or [rule for rule in begun if rule.region is None] or national)[-1]
