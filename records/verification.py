"""Reads the whole journal again and names the first entry that does not fit its chain."""

from collections.abc import Iterable
from dataclasses import dataclass

from records.journal import digest
from records.models import JournalEntry, JournalHead


@dataclass(frozen=True, slots=True)
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


def verify() -> Verdict:
    """Read every chain from its first entry to the head kept beside it."""
    verdict = Verdict()
    heads = {head.dossier: (head.number, head.sha256) for head in JournalHead.objects.iterator()}
    ends: dict[str, tuple[int, str]] = {}
    entries = JournalEntry.objects.order_by("dossier", "number").iterator(chunk_size=5000)
    verdict.broken = _read(entries, ends, verdict) or _cut_tail(ends, heads)
    verdict.dossiers = len(ends)
    return verdict


def _read(
    entries: Iterable[JournalEntry], ends: dict[str, tuple[int, str]], verdict: Verdict
) -> Break | None:
    for entry in entries:
        number, sha256 = ends.get(entry.dossier, (0, ""))
        if entry.number != number + 1:
            return Break(entry.dossier, number + 1, "elle manque.")
        if entry.previous_sha256 != sha256:
            return Break(entry.dossier, entry.number, "elle ne suit pas la précédente.")
        if entry.sha256 != digest(entry):
            return Break(entry.dossier, entry.number, "son contenu a changé.")
        ends[entry.dossier] = (entry.number, entry.sha256)
        verdict.entries += 1
    return None


def _cut_tail(ends: dict[str, tuple[int, str]], heads: dict[str, tuple[int, str]]) -> Break | None:
    """A chain cut at its end is whole in itself: only its head remembers how long it was."""
    for dossier in sorted({*ends, *heads}):
        end, head = ends.get(dossier, (0, "")), heads.get(dossier, (0, ""))
        if end[0] < head[0]:
            return Break(dossier, end[0] + 1, "la fin de la chaîne manque.")
        if end != head:
            return Break(dossier, end[0], "la tête de la chaîne ne lui correspond pas.")
    return None
