"""Reads a pasted list of communes: names or INSEE codes, in any order, as people keep them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from foundation.search import search_key
from territories.models import Commune, CommuneHistory

MAX_ENTRIES = 1000
_SEPARATORS = re.compile(r"[\n\r;,\t|]+")
_CODE = re.compile(r"^(\d{5}|2[ABab]\d{3})(?!\d)")
_DEPARTEMENT = re.compile(r"\((\d{2,3}|2[ABab])\)\s*$")


@dataclass
class Resolved:
    """The communes recognised, and what was not, in the words of the person."""

    codes: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """What to correct, in one sentence each; empty when everything was recognised."""
        parts = []
        if self.unknown:
            parts.append(f"Commune inconnue : {_listed(self.unknown)}.")
        if self.ambiguous:
            names = _listed(self.ambiguous)
            parts.append(f"Plusieurs communes portent ce nom, donnez le code INSEE : {names}.")
        return " ".join(parts)


def resolve(text: str, *, departement: str) -> Resolved:
    """Three queries whatever the length. A shared name is looked for in the département first.

    Codes and names that vanished in a merger lead to the commune of today.
    """
    entries = [entry.strip() for entry in _SEPARATORS.split(text) if entry.strip()]
    by_code = _communes_by_code(entries)
    by_name = _communes_by_name(entries)
    resolved = Resolved()
    for entry in dict.fromkeys(entries[:MAX_ENTRIES]):
        found = by_code.get(_code_of(entry) or "") or _prefer(
            by_name.get(_name_of(entry), set()), _departement_of(entry) or departement
        )
        if not found:
            resolved.unknown.append(entry)
        elif len(found) > 1:
            resolved.ambiguous.append(entry)
        else:
            resolved.codes.extend(code for code in found if code not in resolved.codes)
    return resolved


def _communes_by_code(entries: Iterable[str]) -> dict[str, set[str]]:
    codes = {code for code in map(_code_of, entries) if code}
    found: dict[str, set[str]] = defaultdict(set)
    for code in Commune.objects.filter(insee_code__in=codes).values_list("pk", flat=True):
        found[code].add(code)
    former = CommuneHistory.objects.filter(old_code__in=codes - found.keys())
    for old, current in former.values_list("old_code", "current"):
        found[old].add(current)
    return found


def _communes_by_name(entries: Iterable[str]) -> dict[str, set[tuple[str, str]]]:
    """Name without accents → (code, département), arrondissements left aside."""
    names = {_name_of(entry) for entry in entries if not _code_of(entry)}
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    today = Commune.objects.whole().filter(search_name__in=names)
    for name, code, place in today.values_list("search_name", "pk", "departement"):
        found[name].add((code, place))
    former = CommuneHistory.objects.filter(search_name__in=names - found.keys())
    for name, code, place in former.values_list("search_name", "current", "current__departement"):
        found[name].add((code, place))
    return found


def _prefer(found: set[tuple[str, str]], departement: str) -> set[str]:
    """Those of the département when there are any, else all."""
    near = {code for code, place in found if place == departement}
    return near or {code for code, _ in found}


def _code_of(entry: str) -> str | None:
    match = _CODE.match(entry)
    return match.group(1).upper() if match else None


def _name_of(entry: str) -> str:
    return search_key(_DEPARTEMENT.sub("", entry))


def _departement_of(entry: str) -> str | None:
    match = _DEPARTEMENT.search(entry)
    return match.group(1).upper() if match else None


def _listed(entries: list[str]) -> str:
    """The first ten are enough to understand."""
    shown = ", ".join(f"« {entry[:60]} »" for entry in entries[:10])
    others = len(entries) - 10
    return f"{shown} et {others} autre{'s' if others > 1 else ''}" if others > 0 else shown
