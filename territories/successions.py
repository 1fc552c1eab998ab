"""Pure: what the page of a CPTS says of those that came before it and after it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Told:
    """« Fusionnée le … avec … dans … »: which sentence, on which day, with which CPTS."""

    kind: str
    since: dt.date
    is_past: bool  # what came before this CPTS; else what took its place
    others: tuple[Any, ...]  # that shared its fate
    linked: tuple[Any, ...]  # those it became, or those it comes from


def told_of(cpts: Any, rows: Iterable[Any]) -> list[Told]:
    """From the rows of `around`: first where it comes from, then what it has become."""
    rows = list(rows)
    before = [row for row in rows if row.successor_id == cpts.pk]
    after = [row for row in rows if row.predecessor_id == cpts.pk]
    told = []
    if before:
        first = before[0]
        told.append(Told(first.kind, first.since, True, (), tuple(r.predecessor for r in before)))
    if after:
        first = after[0]
        became = {row.successor_id for row in after}
        others = {
            row.predecessor_id: row.predecessor
            for row in rows
            if row.successor_id in became and row.predecessor_id != cpts.pk
        }
        told.append(
            Told(
                first.kind,
                first.since,
                False,
                tuple(others.values()),
                tuple(row.successor for row in after),
            )
        )
    return told
