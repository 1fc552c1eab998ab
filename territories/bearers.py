"""Pure: how many days each party has held a dossier, from the dated rows of its baton."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

# The life of a contract and a closed dossier are nobody's delay.
NO_DELAY = frozenset({"coordinator", "nobody"})


@dataclass(frozen=True, slots=True)
class Held:
    """A bearer from one day to another, excluded; without end, still today."""

    bearer: str
    starts_on: dt.date
    ends_on: dt.date | None = None

    def days(self, today: dt.date) -> int:
        """Never negative: what begins after the day asked for counts nothing."""
        last = today if self.ends_on is None else min(self.ends_on, today)
        return max(0, (last - self.starts_on).days)


def read_held(listed: str | None) -> list[Held]:
    """« holder:2024-03-01:2024-04-12 ars:2024-04-12: » → periods, in the order of the days."""
    found = []
    for row in (listed or "").split():
        bearer, start, end = row.split(":")
        ends_on = dt.date.fromisoformat(end) if end else None
        found.append(Held(bearer, dt.date.fromisoformat(start), ends_on))
    return sorted(found, key=lambda held: held.starts_on)


def days_by_bearer(periods: Iterable[Held], today: dt.date) -> dict[str, int]:
    """Bearer → days in all, each day counted once, in the order of first bearing."""
    found: dict[str, int] = {}
    for held in sorted(periods, key=lambda held: held.starts_on):
        found[held.bearer] = found.get(held.bearer, 0) + held.days(today)
    return found


def days_waited(periods: Iterable[Held], today: dt.date) -> dict[str, int]:
    """The same for those who had something to do, whose delay it is."""
    days = days_by_bearer(periods, today)
    return {bearer: count for bearer, count in days.items() if bearer not in NO_DELAY}
