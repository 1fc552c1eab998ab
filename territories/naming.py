"""Reads a pasted list of communes: names or INSEE codes, in any order, as people keep them.

« 62119 », « Béthune », « Béthune (62) », « Béthune 62,5 % »; one a line or separated. Nothing is
taken while one entry is not understood: each is said with its line.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from foundation.numbers import NBSP, format_number
from foundation.refusal import Refused
from foundation.search import search_key
from territories.drafts.draft import MAX_COMMUNES
from territories.models import Commune, CommuneHistory
from territories.shares import WHOLE, read_share

MAX_ENTRIES = MAX_COMMUNES
_SEPARATORS = re.compile(r"[;\t|]+|,(?!\d{1,2}\s*%)")
_CODE = re.compile(r"^(\d{5}|2[ABab]\d{3})(?!\d)")
_DEPARTEMENT = re.compile(r"\((\d{2,3}|2[ABab])\)\s*$")
_SHARE = re.compile(r"^(?P<name>.*?)[\s:]*(?P<share>(?<![\d.,])\d+(?:[.,]\d+)?\s*%)$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One commune as it was written, on which line, with its share if one was given."""

    line: int
    name: str
    share: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A commune that an entry may mean; `former` when found under a vanished name or code."""

    code: str
    name: str
    departement: str
    former: bool = False

    @property
    def label(self) -> str:
        """« Saint-Martin (32), 32389 »."""
        return f"{self.name} ({self.departement}), {self.code}"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A name that several communes bear: the person chooses. `position` is that of the entry."""

    position: int
    entry: Entry
    candidates: tuple[Candidate, ...]


@dataclass
class Resolved:
    """The communes recognised with their shares, and what was not, in the words of the person."""

    shares: dict[str, int] = field(default_factory=dict)
    with_share: set[str] = field(default_factory=set)  # a share was written
    doubts: list[Doubt] = field(default_factory=list)  # every shared name, chosen or not
    notices: list[str] = field(default_factory=list)
    unknown: list[Entry] = field(default_factory=list)
    ambiguous: list[Entry] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    has_lines: bool = False

    @property
    def codes(self) -> list[str]:
        return list(self.shares)

    @property
    def sentence(self) -> str:
        """What to correct, in one sentence each; empty when everything was recognised."""
        parts = []
        if self.unknown:
            parts.append(f"Commune inconnue : {self._listed(self.unknown)}.")
        if self.ambiguous:
            names = self._listed(self.ambiguous)
            parts.append(f"Plusieurs communes portent ce nom, choisissez laquelle : {names}.")
        return " ".join([*parts, *self.mistakes])

    def _listed(self, entries: list[Entry]) -> str:
        """The first ten are enough to understand."""
        shown = ", ".join(
            f"« {entry.name[:60]} »" + (f" (ligne {entry.line})" if self.has_lines else "")
            for entry in entries[:10]
        )
        others = len(entries) - 10
        return f"{shown} et {others} autre{'s' if others > 1 else ''}" if others > 0 else shown


def entries_of(text: str) -> list[Entry]:
    """What each line names; a share written apart belongs to what stands before it."""
    entries: list[Entry] = []
    for number, line in enumerate(text.splitlines(), 1):
        own: list[Entry] = []
        for piece in filter(None, map(str.strip, _SEPARATORS.split(line))):
            match = _SHARE.match(piece)
            name, share = (match["name"].strip(), match["share"]) if match else (piece, "")
            if not name and own:
                own[-1] = Entry(number, own[-1].name, share)
            else:
                own.append(Entry(number, name or piece, share))
        entries += own
    return entries


def resolve(text: str, *, departement: str, choices: Mapping[int, str] | None = None) -> Resolved:
    """Four queries whatever the length. A shared name is looked for in the département first.

    Codes and names that vanished in a merger lead to the commune of today, and it is said.
    `choices` gives the code chosen for the entry of that position.
    """
    entries = entries_of(text)
    resolved = Resolved(has_lines=any(entry.line > 1 for entry in entries))
    if len(entries) > MAX_ENTRIES:
        limit = f"{format_number(MAX_ENTRIES)}{NBSP}communes"
        resolved.mistakes.append(f"La liste dépasse {limit} : coupez-la en plusieurs.")
        return resolved
    by_code = _communes_by_code(entries)
    by_name = _communes_by_name(entries)
    named: list[tuple[Entry, Candidate]] = []
    for position, entry in enumerate(entries):
        wanted = _departement_of(entry.name) or departement
        found = by_code.get(_code_of(entry.name) or "") or _prefer(
            by_name.get(_name_of(entry.name), set()), wanted
        )
        one = _only(found, (choices or {}).get(position))
        if len(found) > 1:
            ordered = sorted(found, key=lambda item: (item.departement, item.code))
            resolved.doubts.append(Doubt(position, entry, tuple(ordered)))
        if one is not None:
            named.append((entry, one))
        else:
            (resolved.ambiguous if found else resolved.unknown).append(entry)
    _add_shares(resolved, named)
    return resolved


def _only(found: set[Candidate], chosen: str | None) -> Candidate | None:
    """The single commune meant, or the one chosen among several."""
    kept = [one for one in found if len(found) == 1 or one.code == chosen]
    return kept[0] if len(kept) == 1 else None


def _add_shares(resolved: Resolved, named: list[tuple[Entry, Candidate]]) -> None:
    """Each commune once; twice is a mistake, but for two parts that fit in the whole."""
    by_code: dict[str, list[tuple[Entry, Candidate]]] = defaultdict(list)
    for entry, commune in named:
        by_code[commune.code].append((entry, commune))
    for code, given in by_code.items():
        resolved.notices += [
            f"« {entry.name[:60]} » n’existe plus : {commune.name} ({commune.departement}) "
            "la remplace."
            for entry, commune in given
            if commune.former
        ]
        parts, mistake = _read_parts([entry for entry, _ in given])
        mistake = mistake or _too_many(given, parts)
        if mistake:
            resolved.mistakes.append(mistake)
            continue
        resolved.shares[code] = sum(parts) if parts else WHOLE
        if parts:
            resolved.with_share.add(code)


def _read_parts(entries: list[Entry]) -> tuple[list[int], str]:
    """The shares written, or the first one that is none, with its line."""
    parts = []
    for entry in entries:
        if not entry.share:
            continue
        try:
            parts.append(read_share(entry.share))
        except Refused as refused:
            return [], f"Ligne {entry.line} : {refused.reason[:1].lower()}{refused.reason[1:]}"
    return parts, ""


def _too_many(given: list[tuple[Entry, Candidate]], parts: list[int]) -> str:
    """A commune on two lines: a mistake unless its parts fit, or old communes merged in it."""
    lines = sorted({entry.line for entry, _ in given})
    name = given[0][1].name
    where = f"lignes {', '.join(map(str, lines[:-1]))} et {lines[-1]}" if len(lines) > 1 else ""
    if sum(parts) > WHOLE:
        return f"Les parts de {name} ({where or f'ligne {lines[0]}'}) dépassent 100{NBSP}%."
    all_parts = len(parts) == len(given)
    if len(lines) < 2 or all_parts or any(commune.former for _, commune in given):
        return ""
    return f"{name} est donnée {len(lines)} fois ({where}) : gardez une seule ligne."


def _communes_by_code(entries: Iterable[Entry]) -> dict[str, set[Candidate]]:
    codes = {code for code in (_code_of(entry.name) for entry in entries) if code}
    found: dict[str, set[Candidate]] = defaultdict(set)
    columns = ("pk", "name", "departement")
    today = Commune.objects.filter(insee_code__in=codes, successor=None)
    for code, name, place in today.values_list(*columns):
        found[code].add(Candidate(code, name, place))
    former = CommuneHistory.objects.filter(old_code__in=codes - found.keys())
    for old, *row in former.values_list("old_code", *(_current(column) for column in columns)):
        found[old].add(Candidate(row[0], row[1], row[2], former=True))
    return found


def _communes_by_name(entries: Iterable[Entry]) -> dict[str, set[Candidate]]:
    """Name without accents → communes, arrondissements left aside."""
    names = {_name_of(entry.name) for entry in entries if not _code_of(entry.name)}
    found: dict[str, set[Candidate]] = defaultdict(set)
    columns = ("pk", "name", "departement")
    today = Commune.objects.whole().filter(search_name__in=names)
    for name, *row in today.values_list("search_name", *columns):
        found[name].add(Candidate(*row))
    former = CommuneHistory.objects.filter(search_name__in=names - found.keys())
    for name, *row in former.values_list("search_name", *(_current(item) for item in columns)):
        found[name].add(Candidate(row[0], row[1], row[2], former=True))
    return found


def _current(column: str) -> str:
    return f"current__{column}"


def _prefer(found: set[Candidate], departement: str) -> set[Candidate]:
    """Those of the département when there are any, else all."""
    return {one for one in found if one.departement == departement} or found


def _code_of(text: str) -> str | None:
    match = _CODE.match(text)
    return match.group(1).upper() if match else None


def _name_of(text: str) -> str:
    return search_key(_DEPARTEMENT.sub("", text))


def _departement_of(text: str) -> str | None:
    match = _DEPARTEMENT.search(text)
    return match.group(1).upper() if match else None
