"""Counts the queries of a block, savepoints apart: the budgets of quality.md."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


class QueryCount(CaptureQueriesContext):
    """`with QueryCount() as count: …` then `count.number`."""

    def __init__(self) -> None:
        super().__init__(connection)

    @property
    def number(self) -> int:
        return len([query for query in self.captured_queries if not _is_frame(query)])


def _is_frame(query: dict[str, Any]) -> bool:
    words = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return query["sql"].lstrip().upper().startswith(words)
