"""Pure: the dated delays of the end of a contract — observations, notice, renewal [A]."""

import csv
import datetime as dt
from dataclasses import dataclass
from functools import cache

from aci.grid_files import GRIDS_FOLDER
from foundation.dates import add_months, format_date
from foundation.numbers import NBSP
from foundation.refusal import Refused

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class EndingDelays:
    """The delays in force on a day, in months."""

    observation_months: int
    cpts_notice_months: int
    renewal_offered_months: int
    renewal_reminder_months: int

    def observations_until(self, notified_on: dt.date) -> dt.date:
        """The last day on which the other side may write its observations."""
        return add_months(notified_on, self.observation_months)

    def earliest_end(self, notified_on: dt.date, *, by_cpts: bool) -> dt.date:
        """The first day on which the contract may end: after the observations, and the notice."""
        heard = self.observations_until(notified_on) + ONE_DAY
        if not by_cpts:
            return heard
        return max(heard, add_months(notified_on, self.cpts_notice_months))

    def renewal_offered_from(self, ends_on: dt.date) -> dt.date:
        """From this day on, preparing the renewal is what the page offers."""
        return add_months(ends_on, -self.renewal_offered_months)

    def renewal_reminded_from(self, ends_on: dt.date) -> dt.date:
        """From this day on, the parties are reminded that nothing is prepared."""
        return add_months(ends_on, -self.renewal_reminder_months)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Said beside the acts that depend on them."""
        return (
            f"Observations{NBSP}: {self.observation_months}{NBSP}mois après la notification.",
            f"Préavis de la CPTS{NBSP}: {self.cpts_notice_months}{NBSP}mois.",
        )


@cache
def _rows() -> tuple[tuple[dt.date, str, int], ...]:
    with (GRIDS_FOLDER / "ending.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            (dt.date.fromisoformat(row["effective_from"]), row["setting"], int(row["value"]))
            for row in csv.DictReader(file)
        )


def delays_on(day: dt.date) -> EndingDelays:
    """Each delay takes its latest value not after the day."""
    begun = sorted(row for row in _rows() if row[0] <= day)
    if not begun:
        raise Refused(f"Aucun délai de fin de contrat n’est en vigueur le {format_date(day)}.")
    return EndingDelays(**{setting: value for _, setting, value in begun})
