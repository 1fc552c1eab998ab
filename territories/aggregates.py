"""Sums and lists of rows inside one query, for both databases, and how to read them back."""

from typing import Any

from django.apps import apps
from django.db.models import (
    Aggregate,
    BigIntegerField,
    CharField,
    JSONField,
    OuterRef,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat

from territories.shares import WHOLE


class Listed(Aggregate):
    """`Listed("neighbour")` → « 62119 62178 », in no order; nothing for no row."""

    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, ' ')"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **context)


def counted_people(municipal: Any, share: Any) -> Any:
    """`territories.shares.counted` as an expression: rounded half up, like each row of a territory.

    Integers on both databases; large, since 2 million inhabitants × 10 000 overflow the small kind.
    """
    return (Cast(municipal, BigIntegerField()) * share + WHOLE // 2) / WHOLE


def listed_by_commune(rows: Any, what: Any) -> Any:
    """One text for all the rows of a subquery."""
    grouped = rows.order_by().values("commune")
    return grouped.annotate(listed=Listed(what)).values("listed")


def listed_shares(territory: str) -> Any:
    """« 62119:10000 62516:6250 » of the territory that the outer row names, in the same query."""
    communes = apps.get_model("territories", "TerritoryCommune").objects
    own = communes.filter(territory=OuterRef(territory)).order_by().values("territory")
    share = Concat("commune", Value(":"), Cast("share", CharField()))
    return Subquery(own.annotate(listed=Listed(share)).values("listed"))


def read_shares(listed: str | None) -> dict[str, int]:
    """The other way round: code → share."""
    rows = (row.split(":") for row in (listed or "").split())
    return {code: int(share) for code, share in rows}


def read_figures(listed: str | None) -> dict[int, int]:
    """« 2016:24895 2017:… » → vintage → municipal population."""
    return {int(vintage): people for vintage, people in read_shares(listed).items()}


class ByKey(Aggregate):
    """Key → value, of a group of rows, as one JSON object."""

    function = "JSONB_OBJECT_AGG"
    output_field = JSONField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return super().as_sql(compiler, connection, function="JSON_GROUP_OBJECT", **context)


def listed_bearers(periods: Any) -> Subquery:
    """« holder:2024-03-01:2024-04-12 ars:2024-04-12: » of the CPTS of the outer row."""
    own = periods.filter(cpts=OuterRef("pk")).order_by().values("cpts")
    end = Coalesce(Cast("ends_on", CharField()), Value(""))
    colon = Value(":")
    period = Concat("baton", colon, Cast("starts_on", CharField()), colon, end)
    return Subquery(own.annotate(listed=Listed(period)).values("listed"))
