"""Pure: the days of each dossier's life – letter, project, contracts – since the agreement of 2019.

Most contracts were signed from 2021 to 2023; the dossiers that are not that far are dated from the
day of loading, so that legal delays still run.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from aci.deadlines import contract_end
from cpts_portal.national.partition import HOW_MANY

ONE_DAY = dt.timedelta(days=1)
# No earlier dossier: sizes and procedures begin with the agreement's publication.
FIRST_DAY = dt.date(2019, 8, 26)


class Milestone(StrEnum):
    """What happens to a dossier, in this order."""

    FOUNDED = "founded"
    LETTER_FILED = "letter_filed"
    LETTER_COMPLETE = "letter_complete"
    LETTER_OPINION = "letter_opinion"
    LETTER_DECIDED = "letter_decided"
    PROJECT_OPENED = "project_opened"
    PROJECT_FILED = "project_filed"
    PROJECT_COMPLETE = "project_complete"
    PROJECT_OPINION = "project_opinion"
    PROJECT_DECIDED = "project_decided"
    DRAFTED = "drafted"
    ACCEPTED = "accepted"
    SIGNED = "signed"


_M = Milestone
# When each comes, in thousandths of the time from the founding to the signature.
RHYTHM = {
    _M.FOUNDED: 0,
    _M.LETTER_FILED: 110,
    _M.LETTER_COMPLETE: 140,
    _M.LETTER_OPINION: 200,
    _M.LETTER_DECIDED: 245,
    _M.PROJECT_OPENED: 270,
    _M.PROJECT_FILED: 640,
    _M.PROJECT_COMPLETE: 665,
    _M.PROJECT_OPINION: 740,
    _M.PROJECT_DECIDED: 785,
    _M.DRAFTED: 830,
    _M.ACCEPTED: 930,
    _M.SIGNED: 1000,
}
SHORTEST, LONGEST = 240, 400  # days from founding to signature: within the legal delays
# First contracts: how many are signed between which days.
SIGNATURES = (
    (10, dt.date(2019, 12, 9), dt.date(2019, 12, 20)),
    (50, dt.date(2020, 1, 13), dt.date(2020, 12, 18)),
    (110, dt.date(2021, 1, 11), dt.date(2021, 12, 17)),
    (195, dt.date(2022, 1, 10), dt.date(2022, 12, 16)),
    (235, dt.date(2023, 1, 9), dt.date(2023, 12, 22)),
    (75, dt.date(2024, 1, 8), dt.date(2024, 12, 20)),
    (35, dt.date(2025, 1, 13), dt.date(2025, 12, 19)),
    (10, dt.date(2026, 1, 12), dt.date(2026, 6, 26)),
)
# The others: how many wait after which milestone, since how many days.
WAITING = (
    (6, _M.LETTER_FILED, 1, 12),
    (12, _M.LETTER_COMPLETE, 4, 40),
    (8, _M.LETTER_OPINION, 3, 20),
    (38, _M.PROJECT_OPENED, 10, 280),
    (6, _M.PROJECT_FILED, 1, 12),
    (8, _M.PROJECT_COMPLETE, 3, 20),
    (6, _M.PROJECT_OPINION, 2, 14),
    (14, _M.PROJECT_DECIDED, 5, 90),
    (14, _M.DRAFTED, 3, 35),
    (8, _M.ACCEPTED, 2, 15),
)
# From the last day of a contract to the signature of the next one.
SOONEST_RENEWAL, LATEST_RENEWAL = 4, 130
DRAFTED_BEFORE_SIGNATURE, ACCEPTED_BEFORE_SIGNATURE = 60, 14


@dataclass(frozen=True, slots=True)
class ContractDays:
    """One contract: without a signature it is being negotiated."""

    number: int
    drafted: dt.date
    accepted: dt.date | None
    signed: dt.date | None

    @property
    def ends(self) -> dt.date | None:
        """The last day of a signed contract."""
        return contract_end(self.signed) if self.signed else None


@dataclass(frozen=True, slots=True)
class Calendar:
    """What has already happened to one dossier, and when."""

    days: dict[Milestone, dt.date]
    contracts: tuple[ContractDays, ...]

    def has(self, milestone: Milestone) -> bool:
        return milestone in self.days


def calendar_of(rank: int, today: dt.date) -> Calendar:
    """The life of the territory of this rank, up to today."""
    planned = _planned(rank, today)
    late = planned[Milestone.FOUNDED] - today  # loaded before 2026: the newest dossiers begin now
    if late >= 0 * ONE_DAY:
        planned = {key: day - late - 30 * ONE_DAY for key, day in planned.items()}
    days = {key: day for key, day in planned.items() if day <= today}
    return Calendar(days, tuple(_contracts(rank, days, today)))


def _planned(rank: int, today: dt.date) -> dict[Milestone, dt.date]:
    place = _places_in_line()[rank]
    for count, first, last in SIGNATURES:
        if place < count:
            signed = first + (last - first) * place // count
            return _days(rank, Milestone.SIGNED, signed)
        place -= count
    for count, milestone, newest, oldest in WAITING:
        if place < count:
            since = today - (newest + (oldest - newest) * place // count) * ONE_DAY
            return _days(rank, milestone, since)
        place -= count
    raise ValueError(f"The calendar says nothing of territory {rank}.")


def _days(rank: int, last: Milestone, day: dt.date) -> dict[Milestone, dt.date]:
    """Counted back from the day of the last milestone; Saturdays and Sundays are Fridays."""
    length = SHORTEST + _number(rank, "length") % (LONGEST - SHORTEST)
    length = min(length, (day - FIRST_DAY).days * 1000 // max(RHYTHM[last], 1))
    reached = [key for key in Milestone if RHYTHM[key] <= RHYTHM[last]]
    return {
        key: _weekday(day - length * (RHYTHM[last] - RHYTHM[key]) // 1000 * ONE_DAY)
        for key in reached
    }


def _contracts(rank: int, days: dict[Milestone, dt.date], today: dt.date) -> Iterator[ContractDays]:
    """The first contract, then its renewals, each signed some weeks after the end."""
    if Milestone.DRAFTED not in days:
        return
    contract: ContractDays | None = ContractDays(
        number=1,
        drafted=days[Milestone.DRAFTED],
        accepted=days.get(Milestone.ACCEPTED),
        signed=days.get(Milestone.SIGNED),
    )
    while contract is not None:
        yield contract
        contract = _renewal(rank, contract, today)


def _renewal(rank: int, before: ContractDays, today: dt.date) -> ContractDays | None:
    if before.ends is None:
        return None
    number = before.number + 1
    weeks_off = _number(rank, f"renewal {number}") % (LATEST_RENEWAL - SOONEST_RENEWAL)
    signed = _weekday(before.ends + (SOONEST_RENEWAL + weeks_off) * ONE_DAY)
    drafted = _weekday(signed - DRAFTED_BEFORE_SIGNATURE * ONE_DAY)
    accepted = _weekday(signed - ACCEPTED_BEFORE_SIGNATURE * ONE_DAY)
    if drafted > today:
        return None
    return ContractDays(
        number,
        drafted,
        accepted if accepted <= today else None,
        signed if signed <= today else None,
    )


@cache
def _places_in_line() -> dict[int, int]:
    """Rank → place in the order of the signatures: neighbours do not start together."""
    ranks = sorted(range(1, HOW_MANY + 1), key=lambda rank: (_number(rank, "place"), rank))
    return {rank: place for place, rank in enumerate(ranks)}


def _number(rank: int, subject: str) -> int:
    """A number that looks drawn and never changes."""
    return int.from_bytes(hashlib.sha256(f"{subject} {rank}".encode()).digest()[:6], "big")


def _weekday(day: dt.date) -> dt.date:
    return day - max(0, day.weekday() - 4) * ONE_DAY
