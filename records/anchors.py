"""Daily anchors of the journal, outside the database: a chain alone does not see its tail cut off.

One line of JSON a day, appended to a file of the year and never rewritten. A line holds the heads
that moved since the line before, the digest of all the heads, and the digest of the line before:
read in order, the lines give back every head that was ever anchored.
"""

import fcntl
import hashlib
import json
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from foundation import clock
from records.chains import End
from records.models import JournalHead

logger = logging.getLogger(__name__)


class BrokenAnchors(Exception):
    """The file of anchors itself does not hold; the message says where, in French."""


@dataclass(slots=True)
class Anchored:
    """What the anchors know, once read in order."""

    day: str = ""
    sha256: str = ""  # of the last line
    count: int = 0
    heads: dict[str, End] = field(default_factory=dict)
    # dossier → number → digest and day: every head that was ever anchored.
    marks: dict[str, dict[int, tuple[str, str]]] = field(default_factory=dict)


def anchor() -> bool:
    """Write the line of the day, once; returns whether it was written."""
    day = clock.today().isoformat()
    with _alone():
        known = read()
        if known.day >= day:
            return False
        heads = _heads()
        line = _line_of(day, heads, known)
        _append(day[:4], line)
    logger.info("Journal anchored on %s: %s", day, _sha256(line))
    return True


def read() -> Anchored:
    """Every line, each checked against the one before and against the heads it gives."""
    known = Anchored()
    for path in sorted(_folder().glob("ancrages-*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            for rank, line in enumerate(lines, start=1):
                _take(known, line.rstrip("\n"), f"{path.name}, ligne {rank}")
    return known


def _take(known: Anchored, line: str, where: str) -> None:
    try:
        content: dict[str, Any] = json.loads(line)
        moved = {
            dossier: (int(head[0]), str(head[1])) for dossier, head in content["moved"].items()
        }
        day, previous, digest = content["day"], content["previous"], content["heads"]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        raise BrokenAnchors(f"{where} : elle est illisible.") from None
    if previous != known.sha256:
        raise BrokenAnchors(f"{where} : elle ne suit pas la précédente.")
    known.heads |= moved
    for dossier in content.get("gone", []):
        known.heads.pop(dossier, None)
    if digest != _digest_of(known.heads):
        raise BrokenAnchors(f"{where} : son contenu a changé.")
    for dossier, (number, sha256) in moved.items():
        # The first day counts: a head that came back to a number it had gone past is no new mark.
        known.marks.setdefault(dossier, {}).setdefault(number, (sha256, _french(day)))
    known.day, known.sha256, known.count = day, _sha256(line), known.count + 1


def _line_of(day: str, heads: Mapping[str, End], known: Anchored) -> str:
    moved = {dossier: head for dossier, head in heads.items() if known.heads.get(dossier) != head}
    content = {
        "day": day,
        "chains": len(heads),
        "entries": sum(number for number, _ in heads.values()),
        "heads": _digest_of(heads),
        "previous": known.sha256,
        "moved": moved,
    }
    gone = sorted(known.heads.keys() - heads.keys())
    if gone:
        content["gone"] = gone
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _heads() -> dict[str, End]:
    rows = JournalHead.objects.values_list("dossier", "number", "sha256")
    return {dossier: (number, sha256) for dossier, number, sha256 in rows}


def _digest_of(heads: Mapping[str, End]) -> str:
    """SHA-256 over the sorted heads, a line each."""
    return _sha256("".join(f"{name} {heads[name][0]} {heads[name][1]}\n" for name in sorted(heads)))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _french(day: str) -> str:
    year, month, number = day.split("-")
    return f"{number}/{month}/{year}"


# --- The file ---------------------------------------------------------------------------------


def _folder() -> Path:
    folder = Path(settings.ANCHOR_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _append(year: str, line: str) -> None:
    """At the end, on the disk before this returns; the folder too, since the file may be new."""
    folder = _folder()
    path = folder / f"ancrages-{year}.jsonl"
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
        file.flush()
        os.fsync(file.fileno())
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _alone() -> Iterator[None]:
    """Two workers at the same minute write one line."""
    with (_folder() / ".verrou").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
