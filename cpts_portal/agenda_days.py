"""One line of an agenda, whatever it tells."""

import datetime as dt
from dataclasses import dataclass

from foundation import clock

# Sequence numbers grow with the time of writing, in minutes from this instant.
FIRST_INSTANT = dt.datetime(2019, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class AgendaDay:
    """One day of a dossier or of a committee, with what it is; with its hour where it has one."""

    key: str
    day: dt.date
    label: str
    about: str
    path: str
    changed_at: dt.datetime
    reference: str = ""
    sequence: int = 0
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    place: str = ""
    is_meeting: bool = False  # once over, it is not late

    @property
    def hour(self) -> dt.time:
        """Whole days come before the meetings of the day."""
        return self.start.time() if self.start else dt.time()

    @property
    def is_late(self) -> bool:
        return self.day < clock.today() and not self.is_meeting


def sequence_of(changed_at: dt.datetime) -> int:
    """Grows with each change: minutes since before the portal was."""
    return max(0, int((changed_at - FIRST_INSTANT).total_seconds() // 60))
