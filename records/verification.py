"""Reads the whole journal again and names the first entry that does not fit its chain.

Heads and entries are read at one same instant, so that acts going on meanwhile are no break.
"""

from collections.abc import Mapping

from django.db import connection, transaction

from foundation import clock
from records.chains import End, Expected, Marks, Verdict, judge
from records.models import JournalEntry, JournalHead
from records.raw_entries import COLUMNS, copied, prepare, rows_of_lines, rows_of_values
from records.shares import cut, read_together


def verify(
    dossier: str = "", *, marks: Mapping[str, Marks] | None = None, processes: int = 1
) -> Verdict:
    """Read every chain, or that of one dossier, from its first entry to the head kept beside it.

    `marks` are what the anchors knew. Inside a transaction one process reads: no other would see
    what is not committed.
    """
    is_postgresql = connection.vendor == "postgresql"
    may_share = is_postgresql and not dossier and not connection.in_atomic_block
    with transaction.atomic():
        if may_share:
            _look_at_one_instant()
        expected = Expected(_heads(dossier), _marks_of(dossier, marks or {}))
        if may_share and len(shares := cut(expected, processes)) > 1:
            verdict = read_together(shares, connection.get_connection_params(), _snapshot())
        elif is_postgresql:
            verdict = _verify_lines(dossier, expected)
        else:
            verdict = _verify_values(dossier, expected)
        if not verdict.broken:  # anchored, and nothing is left of it: not even a head
            gone = {
                name: known for name, known in expected.marks.items() if name not in expected.heads
            }
            verdict.broken = judge((), Expected(marks=gone)).broken
        return verdict


def _look_at_one_instant() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _snapshot() -> str:
    """Lets other connections look at the same instant, until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        return str(cursor.fetchone()[0])


def _heads(dossier: str) -> dict[str, End]:
    """In the order in which the database sorts dossiers."""
    heads = JournalHead.objects.order_by("dossier").values_list("dossier", "number", "sha256")
    found = heads.filter(dossier=dossier) if dossier else heads
    return {name: (number, sha256) for name, number, sha256 in found.iterator(chunk_size=5000)}


def _marks_of(dossier: str, marks: Mapping[str, Marks]) -> Mapping[str, Marks]:
    if not dossier:
        return marks
    return {dossier: marks[dossier]} if dossier in marks else {}


def _verify_lines(dossier: str, expected: Expected) -> Verdict:
    where, parameters = ("WHERE dossier = %s", (dossier,)) if dossier else ("", ())
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('timezone'), current_setting('statement_timeout')")
        zone, timeout = cursor.fetchone()
        prepare(cursor.execute)
        with copied(cursor, where, parameters) as lines:
            verdict = judge(rows_of_lines(lines), expected)
        # Whoever called from inside a transaction goes on with the settings it had.
        cursor.execute(
            "SELECT set_config('timezone', %s, true), set_config('statement_timeout', %s, true)",
            [zone, timeout],
        )
        return verdict


def _verify_values(dossier: str, expected: Expected) -> Verdict:
    entries = JournalEntry.objects.order_by("dossier", "number").values_list(*COLUMNS)
    found = entries.filter(dossier=dossier) if dossier else entries
    return judge(rows_of_values(found.iterator(chunk_size=5000), clock.PARIS), expected)
