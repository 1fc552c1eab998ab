"""The portal's only source of time: dated histories are replayed through the real actions."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")

_replayed: ContextVar[dt.datetime | None] = ContextVar("replayed", default=None)


def now() -> dt.datetime:
    """The present instant, aware, in Paris time; inside `at(...)` the replayed one."""
    return _replayed.get() or dt.datetime.now(PARIS)  # noqa: TID251  (the one allowed place)


def real_now() -> dt.datetime:
    """The present instant even while a history is replayed: when a row was really written."""
    return dt.datetime.now(PARIS)  # noqa: TID251  (never the replayed time)


def today() -> dt.date:
    """The present day in Paris: legal delays are counted in that zone."""
    return now().astimezone(PARIS).date()


@contextmanager
def at(moment: dt.datetime | dt.date) -> Iterator[None]:
    """Replay a past (or future) instant. A bare date means nine in the morning, Paris."""
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime.combine(moment, dt.time(9), PARIS)
    token = _replayed.set(moment)
    try:
        yield
    finally:
        _replayed.reset(token)
