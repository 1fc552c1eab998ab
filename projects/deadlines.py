"""Pure: the legal clock of a projet de santé, from the complete file to the tacit validation."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from foundation.dates import add_months
from foundation.holidays import is_working_day, working_day_after, working_day_on_or_before

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

    def reminders_due(self, days_before: Iterable[int], today: dt.date) -> list[int]:
        """Which reminders have come, the last first; none while the clock stands or once it ended.

        A reminder falls on a working day: on a Saturday, a Sunday or a holiday it comes before.
        """
        due_on = self.due_on
        if due_on is None or today > due_on:
            return []
        if not is_working_day(today) and working_day_after(today) <= due_on:
            return []  # a late run waits for the office to open, unless it would be too late
        return sorted(days for days in days_before if reminder_day(due_on, days) <= today)

    def _due_with(self, paused_days: int) -> dt.date:
        return add_months(self.started_on, self.months) + paused_days * ONE_DAY


def reminder_day(due_on: dt.date, days_before: int) -> dt.date:
    """The working day on which the ARS is reminded of an end of delay."""
    return working_day_on_or_before(due_on - days_before * ONE_DAY)
