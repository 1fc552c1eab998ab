"""A page of a long list and how many rows there are, in one query."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, IntegerField, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

MAX_DIGITS = 6  # « ?page=1e9999999 » and the like are page 1, without work


class CountedPaginator(Paginator):  # type: ignore[type-arg]  # generic only in its stubs
    """A paginator that already knows its count."""

    def __init__(self, rows: list[Any], per_page: int, count: int) -> None:
        super().__init__(rows, per_page)
        self.count = count  # a cached property of the parent, known beforehand


def page_of(
    found: QuerySet[Any, Any],
    number: str | None,
    *,
    per_page: int = 25,
    shown: QuerySet[Any, Any] | None = None,
) -> Page[Any]:
    """The page `number` of the ordered queryset `found`, with its total, in one query.

    `shown` brings what the rows display (joins, counted columns): it is computed for the rows of
    the page only, never for those that OFFSET skips. Beyond the end, the last page is given.
    """
    wanted = _as_number(number)
    rows = _rows(found, shown, wanted, per_page)
    if not rows and wanted > 1:
        wanted = max(1, -(-found.count() // per_page))
        rows = _rows(found, shown, wanted, per_page)
    total = rows[0].rows_in_all if rows else 0
    return Page(rows, wanted, CountedPaginator(rows, per_page, total))


def _rows(
    found: QuerySet[Any, Any], shown: QuerySet[Any, Any] | None, number: int, per_page: int
) -> list[Any]:
    start = (number - 1) * per_page
    keys = found.values("pk")[start : start + per_page]
    total = (
        found.order_by()
        .annotate(everything=Value(1))
        .values("everything")
        .annotate(rows=Count("pk"))
        .values("rows")
    )
    model = found.model._default_manager
    base = shown if shown is not None else model.all()
    page = base.filter(pk__in=keys).annotate(
        rows_in_all=Coalesce(Subquery(total, output_field=IntegerField()), 0)
    )
    return list(page.order_by(*found.query.order_by))


def _as_number(text: str | None) -> int:
    if text and text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS:
        return max(1, int(text))
    return 1
