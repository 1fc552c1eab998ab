"""Pure: the legal clock of a projet de santé, from the complete file to the tacit validation."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from foundation.dates import add_months

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pause:
    """Pieces were asked for on `since`, the new submission came on `until` (`None`: not yet)."""

    since: dt.date
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class LegalClock:
    """Article L1434-12 CSP: `months` from the complete file, longer by the days of the pauses.

    Counted from date to date, weekends and holidays included, like any delay of the law.
    """

    started_on: dt.date
    months: int
    pauses: Sequence[Pause] = ()

    @property
    def is_paused(self) -> bool:
        return any(pause.until is None for pause in self.pauses)

    @property
    def paused_days(self) -> int:
        """Calendar days of the pauses that ended, from the request to the new submission."""
        return sum((pause.until - pause.since).days for pause in self.pauses if pause.until)

    @property
    def due_on(self) -> dt.date | None:
        """The last day on which the ARS may still object; unknown while the clock is stopped."""
        if self.is_paused:
            return None
        return self._due_with(self.paused_days)

    @property
    def tacit_on(self) -> dt.date | None:
        """The day whose first instant, 00:00 in Paris, makes the silence a validation."""
        return self.due_on + ONE_DAY if self.due_on else None

    def days_left(self, today: dt.date) -> int:
        """Days left to decide, today included; frozen at the day of the request while paused."""
        open_since = [pause.since for pause in self.pauses if pause.until is None]
        day = min([today, *open_since])
        return max(0, (self._due_with(self.paused_days) - day).days + 1)

    def _due_with(self, paused_days: int) -> dt.date:
        return add_months(self.started_on, self.months) + paused_days * ONE_DAY
