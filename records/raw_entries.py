"""Reads the journal as raw columns, much faster than as objects, and spells each entry again.

PostgreSQL sends lines by COPY. Most are spelled by filling a template; one that holds a character
to escape, or that does not give the digest it bears, is spelled by `records.spelling`: only that
spelling decides. Knows no framework: a process of its own reads its part with psycopg alone.
"""

import hashlib
import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from records.spelling import sha256_of, spell_data

# One entry as the chain sees it: dossier, number, digest before, digest borne, digest found.
Row = tuple[str, int, str, str, str]

# In the order of the spelling, then the digest borne.
COLUMNS = (
    "actor_id",
    "actor_name",
    "actor_role",
    "at",
    "data",
    "dossier",
    "number",
    "previous_sha256",
    "reason",
    "sentence",
    "from_state",
    "to_state",
    "subject_type",
    "subject_id",
    "verb",
    "sha256",
)
# `to_json` writes the instant in ISO form, in the time zone of the session.
_SELECTED = ", ".join("to_json(at)" if name == "at" else name for name in COLUMNS)
_AT, _DATA, _DOSSIER, _NUMBER, _PREVIOUS = 3, 4, 5, 6, 7
_TEMPLATE = (
    b'{"actor":[%b,"%b","%b"],"at":%b,"data":%b,"dossier":"%b","number":%b,"previous":"%b",'
    b'"reason":"%b","sentence":"%b","states":["%b","%b"],"subject":["%b","%b"],"verb":"%b"}'
)
_INSTANT = len('"2026-01-31T09:00:00+01:00"')
_FINE_INSTANT = len('"2026-01-31T09:00:00.000001+01:00"')
_ZONE = len('+01:00"')
_REMEMBERED = 20_000  # spellings of `data` kept: the same few come back all the time
_ESCAPES = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


def rows_of_lines(lines: Iterable[bytes]) -> Iterator[Row]:
    """From the lines of COPY."""
    spelled = {b"{}": b"{}"}
    for line in map(bytes, lines):
        fields = line[:-1].split(b"\t")
        borne = fields.pop().decode()
        if len(fields[_AT]) not in {_INSTANT, _FINE_INSTANT}:
            fields[_AT] = _six_decimals(fields[_AT])
        found = None
        if _is_plain(line, fields[_DATA]):
            found = _quickly(fields, spelled)
        if found != borne:
            found = _carefully(fields)
        yield (
            fields[_DOSSIER].decode(),
            int(fields[_NUMBER]),
            fields[_PREVIOUS].decode(),
            borne,
            found,
        )


def rows_of_values(values: Iterable[tuple[Any, ...]], zone: Any) -> Iterator[Row]:
    """From the columns as Django reads them on any other database."""
    for *fields, borne in values:
        fields[_AT] = fields[_AT].astimezone(zone).isoformat()
        yield (
            fields[_DOSSIER],
            fields[_NUMBER],
            fields[_PREVIOUS],
            borne,
            sha256_of(*fields),
        )


def _is_plain(line: bytes, data: bytes) -> bool:
    """Nothing to escape: COPY escaped nothing, and every quote stands in the data or the date."""
    return b"\\" not in line and line.count(b'"') == data.count(b'"') + 2


def _quickly(fields: list[bytes], spelled: dict[bytes, bytes]) -> str:
    data = fields[_DATA]
    canonical = spelled.get(data)
    if canonical is None:
        canonical = spell_data(json.loads(data)).encode()
        if len(spelled) < _REMEMBERED:
            spelled[data] = canonical
    fields[_DATA] = canonical
    text = _TEMPLATE % tuple(fields)
    fields[_DATA] = data
    return hashlib.sha256(text).hexdigest()


def _carefully(fields: list[bytes]) -> str:
    """The spelling that decides."""
    texts: list[Any] = [_unescaped(field).decode() for field in fields]
    texts[0] = int(texts[0])
    texts[_AT] = json.loads(texts[_AT])
    texts[_DATA] = json.loads(texts[_DATA])
    texts[_NUMBER] = int(texts[_NUMBER])
    return sha256_of(*texts)


def _six_decimals(at: bytes) -> bytes:
    """PostgreSQL leaves out the zeros at the end of a fraction; Python writes all six digits."""
    return at[:-_ZONE].ljust(_FINE_INSTANT - _ZONE, b"0") + at[-_ZONE:]


def _unescaped(field: bytes) -> bytes:
    if b"\\" not in field:
        return field
    return re.sub(rb"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), field)


@contextmanager
def copied(cursor: Any, where: str, parameters: tuple[str, ...]) -> Iterator[Iterable[bytes]]:
    """The lines of a part of the journal; the session's time zone must be Paris.

    A reader that stops at a break leaves lines behind: they are let pass, for the connection to
    serve again.
    """
    select = f"SELECT {_SELECTED} FROM records_journalentry {where} ORDER BY dossier, number"  # noqa: S608  (names of this file, bound values)
    with cursor.copy(f"COPY ({select}) TO STDOUT", parameters) as lines:
        yield lines
        deque(lines, maxlen=0)


def prepare(execute: Callable[[str], Any]) -> None:
    """Settings of the transaction that reads: instants of Paris, and all the time it takes."""
    execute("SET LOCAL timezone TO 'Europe/Paris'")
    execute("SET LOCAL statement_timeout TO 0")
