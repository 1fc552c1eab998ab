"""Cuts the journal in parts of whole chains, and reads each in a process of its own.

Knows no framework: a process starts with psycopg alone, and looks at the very instant that the
first one looks at.
"""

from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice, pairwise
from multiprocessing import get_context
from typing import Any

import psycopg

from records.chains import End, Expected, Verdict, judge
from records.raw_entries import copied, prepare, rows_of_lines

# Starting a process costs more than reading so few entries.
WORTH_A_PROCESS = 60_000
# What Django adds to the parameters of a connection, of no use to a process that only reads.
_DJANGO_ONLY = ("cursor_factory", "context")


@dataclass(frozen=True, slots=True)
class Share:
    """Whole chains from one dossier up to another; without bound at both ends of the journal."""

    start: str
    end: str
    expected: Expected

    @property
    def condition(self) -> tuple[str, tuple[str, ...]]:
        bounds = [("dossier >= %s", self.start), ("dossier < %s", self.end)]
        kept = [(condition, bound) for condition, bound in bounds if bound]
        where = f"WHERE {' AND '.join(condition for condition, _ in kept)}" if kept else ""
        return where, tuple(bound for _, bound in kept)


def cut(expected: Expected, processes: int) -> list[Share]:
    """Parts of about as many entries; the heads come in the order of the database."""
    wanted = sum(number for number, _ in expected.heads.values())
    parts = max(1, min(processes, wanted // WORTH_A_PROCESS))
    starts, passed = [0], 0
    for rank, (number, _) in enumerate(expected.heads.values()):
        if passed >= wanted * len(starts) / parts:
            starts.append(rank)
        passed += number
    dossiers = [*expected.heads, ""]
    ranks = [*starts, len(expected.heads)]
    return [
        Share(dossiers[low] if low else "", dossiers[high], _known_of(expected, low, high))
        for low, high in pairwise(ranks)
    ]


def read_together(shares: list[Share], parameters: Mapping[str, Any], snapshot: str) -> Verdict:
    """One process per part; the first break in the order of the journal."""
    known = {name: value for name, value in parameters.items() if name not in _DJANGO_ONLY}
    with ProcessPoolExecutor(len(shares), mp_context=get_context("spawn")) as pool:
        reading = [pool.submit(_read, share, known, snapshot) for share in shares]
        verdicts = [one.result() for one in reading]
    return Verdict(
        entries=sum(verdict.entries for verdict in verdicts),
        dossiers=sum(verdict.dossiers for verdict in verdicts),
        broken=next((verdict.broken for verdict in verdicts if verdict.broken), None),
    )


def _known_of(expected: Expected, low: int, high: int) -> Expected:
    heads: dict[str, End] = dict(islice(expected.heads.items(), low, high))
    marks = {dossier: expected.marks[dossier] for dossier in heads if dossier in expected.marks}
    return Expected(heads, marks)


def _read(share: Share, parameters: Mapping[str, Any], snapshot: str) -> Verdict:
    with psycopg.connect(**parameters) as connection, connection.cursor() as cursor:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        cursor.execute(psycopg.sql.SQL("SET TRANSACTION SNAPSHOT {}").format(snapshot))
        prepare(cursor.execute)
        with copied(cursor, *share.condition) as lines:
            return judge(rows_of_lines(lines), share.expected)
