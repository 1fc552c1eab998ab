"""Pure: what is signed and what holds for the missions of a contract."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from aci.indicator_rules import AnnexLine
from aci.mission_codes import MissionCode


@dataclass(frozen=True, slots=True)
class Hold:
    """A mission, or the whole contract, on hold."""

    mission: MissionCode | None
    starts_on: dt.date
    reason: str

    def concerns(self, mission: MissionCode) -> bool:
        return self.mission in (None, mission)


@dataclass(frozen=True, slots=True)
class SignedAnnex:
    """The indicators signed for one contract year, and the text that carries them."""

    reference: str
    lines: tuple[AnnexLine, ...]

    def of(self, mission: MissionCode) -> tuple[AnnexLine, ...]:
        return tuple(line for line in self.lines if line.mission is mission)


@dataclass(frozen=True, slots=True)
class Standing:
    """By contract year: the annex of the contract, or of its last amendment in force that year."""

    annexes: Mapping[int, SignedAnnex] = field(default_factory=dict)
    holds: tuple[Hold, ...] = ()
