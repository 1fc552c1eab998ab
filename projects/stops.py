"""The stops of the legal clock, brought by the query of the filing: the page asks nothing more."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Aggregate, JSONField, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat, JSONObject

from foundation import clock
from projects.deadlines import Pause


class JsonList(Aggregate):
    """All the rows of a group as one list."""

    function = "JSONB_AGG"
    output_field = JSONField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON_GROUP_ARRAY", **context)


@dataclass(frozen=True, slots=True)
class Stop:
    """Pieces were asked for on `since`, by whom and why; the answer came on `until`."""

    since: dt.date
    until: dt.date | None
    reason: str
    by: str
    role: str

    @property
    def pause(self) -> Pause:
        return Pause(self.since, self.until)

    @property
    def days(self) -> int:
        """Calendar days it lasted, or has lasted so far."""
        return ((self.until or clock.today()) - self.since).days


def told_stops(suspensions: Any) -> Subquery:
    """The suspensions of the outer filing as one column."""
    own = suspensions.filter(filing=OuterRef("pk")).order_by().values("filing")
    name = Concat("asked_by__first_name", Value(" "), "asked_by__last_name")
    row = JSONObject(
        id="pk",
        since=Cast("since", TextField()),
        until=Cast("until", TextField()),
        reason="reason",
        by=Coalesce(name, Value("")),
        role="asked_by_role",
    )
    return Subquery(own.annotate(told=JsonList(row)).values("told"))


def read_stops(told: str | Iterable[Mapping[str, Any]] | None) -> list[Stop]:
    """The other way round, in the order of the requests."""
    rows = json.loads(told) if isinstance(told, str) else (told or [])
    return [
        Stop(
            since=dt.date.fromisoformat(row["since"]),
            until=dt.date.fromisoformat(row["until"]) if row["until"] else None,
            reason=row["reason"],
            by=row["by"].strip(),
            role=row["role"],
        )
        for row in sorted(rows, key=lambda row: (row["since"], row["id"]))
    ]
