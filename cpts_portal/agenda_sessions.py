"""The committees in an agenda: one meeting for those who sit, one hearing for those who come."""

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from cpts_portal.agenda_days import AgendaDay, sequence_of
from foundation import clock
from foundation.numbers import NBSP
from territories.models import Cpts


def of_sessions(items: Iterable[Any], dossiers: dict[int, Cpts]) -> Iterator[AgendaDay]:
    """From the items of `AgendaItemQuerySet.announced_to`, in their order."""
    for session, group in groupby(items, key=lambda item: item.session):
        own = list(group)
        if own[0].sees_session:
            yield _meeting(session, own)
        else:
            yield from (_hearing(session, item, dossiers[item.filing.cpts_id]) for item in own)


def _meeting(session: Any, items: list[Any]) -> AgendaDay:
    count = "1 dossier" if len(items) == 1 else f"{len(items)}{NBSP}dossiers"
    ends = [item.slot_end for item in items if item.slot_end]
    return AgendaDay(
        f"seance-{session.uuid}",
        session.day,
        f"séance, {count}",
        session.body,
        session.get_absolute_url(),
        session.changed_at,
        sequence=sequence_of(session.changed_at),
        start=session.starts_at.astimezone(clock.PARIS),
        end=_instant(session, max(ends)) if ends else None,
        place=session.place or session.link,
        is_meeting=True,
    )


def _hearing(session: Any, item: Any, cpts: Cpts) -> AgendaDay:
    """Without the link: it is for those who sit."""
    slotted = item.slot_start is not None
    return AgendaDay(
        f"{cpts.reference}-seance-{session.uuid}-{item.number}",
        session.day,
        f"{'audition' if slotted else 'à l’ordre du jour'}, {session.body}",
        cpts.name,
        cpts.get_dossier_url(),
        session.changed_at,
        cpts.reference,
        sequence_of(session.changed_at),
        start=_instant(session, item.slot_start) if slotted else None,
        end=_instant(session, item.slot_end) if slotted else None,
        place=session.place if slotted else "",
        is_meeting=True,
    )


def _instant(session: Any, hour: dt.time) -> dt.datetime:
    return dt.datetime.combine(session.day, hour, clock.PARIS)
