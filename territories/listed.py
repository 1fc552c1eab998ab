"""Many short values as one text, separated by spaces: an aggregate for both databases."""

from typing import Any

from django.db.models import Aggregate, TextField


class Listed(Aggregate):
    """`Listed("neighbour")` → « 62119 62178 », in no order; nothing for no row."""

    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, ' ')"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **context)
