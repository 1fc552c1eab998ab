"""Writes many rows at once: COPY on PostgreSQL, prepared inserts elsewhere."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.apps import apps
from django.db import connection, models

SLICE = 20_000  # what Django's SQLite cursor keeps in memory while it inserts


def insert_rows(
    model: type[models.Model], fields: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> int:
    """Insert tuples in the order of `fields`, without building objects; returns how many.

    No default, no signal, no validation: the caller checked the rows and holds the transaction.
    """
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    column_of = {field.name: field.column for field in model._meta.concrete_fields}
    columns = ", ".join(quote(str(column_of[name])) for name in fields)
    if connection.vendor == "postgresql":
        return _copy(f"COPY {table} ({columns}) FROM STDIN", rows)
    marks = ", ".join(["%s"] * len(fields))
    # Table and columns come from the model, values are bound.
    statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608
    return _insert(statement, rows)


def insert_objects(model: type[models.Model], objects: Iterable[models.Model]) -> int:
    """Insert unsaved objects whose keys nobody needs; returns how many.

    As `bulk_create` without its return: long JSON and texts go through COPY several times faster.
    """
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    rows = (
        tuple(
            field.get_db_prep_save(getattr(one, field.attname), connection=connection)
            for field in fields
        )
        for one in objects
    )
    return insert_rows(model, [field.name for field in fields], rows)


def refresh_statistics() -> None:
    """Tell the planner what the tables of the portal hold, after many rows were written.

    Each table by its name: a bare ANALYZE also takes the catalogs that all databases of a cluster
    share, and keeps them until the transaction ends, which holds up every other load.
    """
    quote = connection.ops.quote_name
    tables = sorted({model._meta.db_table for model in apps.get_models(include_auto_created=True)})
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ANALYZE {', '.join(map(quote, tables))}")
        else:
            cursor.execute("ANALYZE")


def _copy(statement: str, rows: Iterable[tuple[Any, ...]]) -> int:
    count = 0
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def _insert(statement: str, rows: Iterable[tuple[Any, ...]]) -> int:
    count, waiting = 0, iter(rows)
    with connection.cursor() as cursor:
        while slice_ := list(islice(waiting, SLICE)):
            cursor.executemany(statement, slice_)
            count += len(slice_)
    return count
