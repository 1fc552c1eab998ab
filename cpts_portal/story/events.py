"""Things that happen on a day. Played in order, so that the journal reads as a life."""

import datetime as dt
from collections.abc import Callable, Iterable

from foundation import clock

Event = tuple[dt.date, Callable[[], object]]


def play(events: Iterable[Event]) -> None:
    """Do what has already happened today or before, oldest first; the rest is the future."""
    today = clock.today()
    for day, act in sorted(events, key=lambda event: event[0]):
        if day <= today:
            with clock.at(day):
                act()
