"""A page of a list and its total in one query: the total comes with the rows."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet, Window

LARGEST_NUMBER = 100_000  # beyond, an OFFSET is an attack rather than a page


def page_of(rows: QuerySet[Any], number: str | None, size: int = 25) -> Page[Any]:
    """The asked page; a number that means nothing gives the first, one too far the last.

    Give an ordered queryset without heavy subqueries: the total is counted by a window over it.
    """
    wanted = _positive(number)
    found, total = _read(rows, wanted, size)
    if not found and wanted > 1:
        total = rows.count()
        wanted = max(1, -(-total // size))
        found, _ = _read(rows, wanted, size)
    paginator = Paginator(rows, size)
    paginator.count = total  # a cached property: no second query
    return Page(found, wanted, paginator)


def _read(rows: QuerySet[Any], number: int, size: int) -> tuple[list[Any], int]:
    start = (number - 1) * size
    found = list(rows.annotate(total_rows=Window(Count("*")))[start : start + size])
    return found, found[0].total_rows if found else 0


def _positive(number: str | None) -> int:
    if not number or not (number.isascii() and number.isdigit()) or len(number) > 6:
        return 1
    return min(max(int(number), 1), LARGEST_NUMBER)
