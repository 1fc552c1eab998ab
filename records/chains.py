"""Judges chains of the journal from their raw rows: names the first entry that does not fit."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

from records.raw_entries import Row

# Of one dossier: number of its last entry, and digest of it.
End = tuple[int, str]
NOTHING: End = (0, "")
# Of one dossier: digests that an anchor knew, with the day of the anchor.
Marks = Mapping[int, tuple[str, str]]


@dataclass(frozen=True, slots=True, order=True)
class Break:
    """Where a chain no longer holds, and how it shows."""

    dossier: str
    number: int
    reason: str

    @property
    def sentence(self) -> str:
        """« 62-7K3M9Q, entrée n° 4 : … »."""
        return f"{self.dossier}, entrée n° {self.number} : {self.reason}"


@dataclass(slots=True)
class Verdict:
    """How much was read, and the first break if there is one."""

    entries: int = 0
    dossiers: int = 0
    broken: Break | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known of the chains beside their entries: heads in the database, anchors outside."""

    heads: Mapping[str, End] = field(default_factory=dict)
    marks: Mapping[str, Marks] = field(default_factory=dict)


def judge(rows: Iterable[Row], expected: Expected) -> Verdict:
    """Judge each chain in turn, then those that left nothing but their head or their anchor."""
    verdict = Verdict()
    missing = {*expected.heads, *expected.marks}
    for dossier, chain in groupby(rows, key=itemgetter(0)):
        missing.discard(dossier)
        verdict.dossiers += 1
        verdict.broken = _judge_chain(dossier, chain, expected, verdict)
        if verdict.broken:
            return verdict
    gone = (_cut_tail(dossier, NOTHING, expected) for dossier in sorted(missing))
    verdict.broken = next(filter(None, gone), None)
    return verdict


def _judge_chain(
    dossier: str, rows: Iterator[Row], expected: Expected, verdict: Verdict
) -> Break | None:
    marks = expected.marks.get(dossier, {})
    number, end = 0, ""
    for _, position, previous, borne, found in rows:
        number += 1
        if position != number:
            return Break(dossier, number, "elle manque.")
        if previous != end:
            return Break(dossier, number, "elle ne suit pas la précédente.")
        if borne != found:
            return Break(dossier, number, "son contenu a changé.")
        if number in marks and marks[number][0] != borne:
            return Break(
                dossier, number, f"ce n’est plus celle de l’ancrage du {marks[number][1]}."
            )
        end = borne
    verdict.entries += number
    return _cut_tail(dossier, (number, end), expected)


def _cut_tail(dossier: str, end: End, expected: Expected) -> Break | None:
    """A chain cut at its end is whole in itself: its head, or an anchor, knows how long it was."""
    head = expected.heads.get(dossier, NOTHING)
    if end[0] < head[0]:
        return Break(dossier, end[0] + 1, "la fin de la chaîne manque.")
    marks = expected.marks.get(dossier, {})
    beyond = [number for number in marks if number > end[0]]
    if beyond:
        last = max(beyond)
        reason = f"la fin de la chaîne manque ; l’ancrage du {marks[last][1]} la connaissait"
        return Break(dossier, end[0] + 1, f"{reason} jusqu’au n° {last}.")
    if end != head:
        return Break(dossier, end[0], "la tête de la chaîne ne lui correspond pas.")
    return None
