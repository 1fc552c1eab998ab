"""A draft once counted: its communes, and what each vintage makes of them. One query.

A commune that vanished is replaced by the one of today, and that is said; what cannot be counted
is named instead of giving a wrong number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from foundation import clock
from foundation.numbers import NBSP
from foundation.search import search_key
from territories.aggregates import read_figures
from territories.drafts.draft import FIRST_VINTAGE, Draft
from territories.models import Commune, CommuneHistory
from territories.overview import YEARS_BEFORE_FORCE
from territories.shares import WHOLE, counted, format_share
from territories.sizes import NextSize, next_size, read_thresholds, size_of, thresholds_on

FOUND = 12  # communes shown for a search
WHOLE_BODIES = 3


@dataclass(frozen=True, slots=True)
class DraftedCommune:
    """A commune of a draft, with all its published figures."""

    code: str
    name: str
    departement: str
    departement_name: str
    share: int
    figures: dict[int, int]
    touching: frozenset[str]
    parent: str | None

    def people(self, vintage: int) -> int | None:
        """The inhabitants that the share counts; nothing where there is no figure."""
        municipal = self.figures.get(vintage)
        return None if municipal is None else counted(municipal, self.share)

    @property
    def share_label(self) -> str:
        """« 62,5 % »; empty for the whole."""
        return "" if self.share == WHOLE else format_share(self.share)


@dataclass(frozen=True, slots=True)
class VintageCount:
    """The communes counted in one vintage, or who lacks a figure."""

    vintage: int
    population: int | None
    size: int | None
    lacking: tuple[str, ...]
    is_kept: bool

    @property
    def in_force_from(self) -> dt.date:
        return dt.date(self.vintage + YEARS_BEFORE_FORCE, 1, 1)

    @property
    def problem(self) -> str:
        """Why there is no number; empty when there is one."""
        if self.lacking:
            shown = ", ".join(self.lacking[:3])
            others = len(self.lacking) - 3
            more = f" et {others} autre{'s' if others > 1 else ''}" if others > 0 else ""
            return f"Pas de population {self.vintage} pour {shown}{more}."
        if self.population == 0:
            return "Ces communes n’ont pas d’habitants : ni taille ni financement."
        return ""


@dataclass
class Drafted:
    """A draft and its communes, by name."""

    draft: Draft
    communes: list[DraftedCommune]
    found: list[Commune] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    search: str = ""

    @property
    def problem(self) -> str:
        """What must be corrected before anything is counted; empty when nothing must."""
        if self.unknown:
            word = "Commune inconnue" if len(self.unknown) == 1 else "Communes inconnues"
            return f"{word} : {', '.join(self.unknown[:10])}."
        by_code = {commune.code: commune.name for commune in self.communes}
        for commune in self.communes:
            if commune.parent in by_code:
                city = by_code[commune.parent]
                return f"{commune.name} fait partie de {city} : choisissez l’une ou l’autre."
        return ""

    @cached_property
    def vintages(self) -> list[int]:
        """The published ones, newest last."""
        newest = max((max(commune.figures, default=0) for commune in self.communes), default=0)
        in_force = clock.today().year - YEARS_BEFORE_FORCE
        return list(range(FIRST_VINTAGE, (newest or in_force) + 1))

    @property
    def vintage(self) -> int:
        """The one chosen, else the one in force."""
        in_force = clock.today().year - YEARS_BEFORE_FORCE
        return self.draft.vintage or min(in_force, self.vintages[-1])

    @cached_property
    def counts(self) -> list[VintageCount]:
        """One for each vintage; none while something must be corrected, or nothing is chosen."""
        if self.problem or not self.communes:
            return []
        vintages = sorted({*self.vintages, self.vintage})
        return [self._counted(vintage) for vintage in vintages]

    @property
    def kept(self) -> VintageCount | None:
        return next((count for count in self.counts if count.is_kept), None)

    @property
    def next_size(self) -> NextSize | None:
        """« 412 habitants sous la taille 3 »."""
        people = self.kept.population if self.kept else None
        return next_size(people, _thresholds()) if people else None

    @property
    def size_alert(self) -> str:
        """Said when the size depends on the vintage."""
        if self.kept is None or self.kept.size is None:
            return ""
        others = [row for row in self.counts if row.size not in {None, self.kept.size}]
        if not others:
            return ""
        said = " ; ".join(f"taille{NBSP}{row.size} avec {row.vintage}" for row in others)
        return f"Taille{NBSP}{self.kept.size} avec le millésime {self.kept.vintage}, mais {said}."

    @property
    def rows(self) -> list[tuple[DraftedCommune, int | None]]:
        """The communes with what they count in the vintage kept."""
        return [(commune, commune.people(self.vintage)) for commune in self.communes]

    @property
    def whole_epcis(self) -> list[Any]:
        return whole_bodies(self.found, self.search)

    @property
    def pieces(self) -> int:
        """In how many pieces the communes lie; 0 where nobody knows who touches whom.

        An island touches nobody: the number warns, it is no rule.
        """
        if not any(commune.touching for commune in self.communes):
            return 0
        left = {commune.code: commune.touching for commune in self.communes}
        pieces = 0
        while left:
            pieces += 1
            reached = [left.popitem()[1]]
            while reached:
                reached += [left.pop(code) for code in reached.pop() & left.keys()]
        return pieces

    def _counted(self, vintage: int) -> VintageCount:
        people = [(commune.name, commune.people(vintage)) for commune in self.communes]
        lacking = tuple(name for name, count in people if count is None)
        total = None if lacking else sum(count or 0 for _, count in people)
        size = size_of(total, _thresholds()) if total else None
        return VintageCount(vintage, total, size, lacking, is_kept=vintage == self.vintage)


def whole_bodies(found: Iterable[Commune], search: str) -> list[Any]:
    """The intercommunal bodies to offer whole: those named so, else that of the first commune."""
    key = search_key(search)
    bodies = list(dict.fromkeys(commune.epci for commune in found if commune.epci))
    named = [body for body in bodies if len(key) > 2 and key in body.search_name]
    return named[:WHOLE_BODIES] or bodies[:1]


def count_draft(draft: Draft, *, search: str = "") -> Drafted:
    """One query; three more when the draft names communes that are no longer."""
    rows = list(Commune.objects.in_draft(draft.shares, search, limit=FOUND).select_related("epci"))
    by_code = {row.pk: row for row in rows}
    successors = {
        row.pk: [row.successor_id] for row in rows if row.successor_id and row.pk in draft.shares
    }
    missing = draft.shares.keys() - by_code.keys()
    if not (missing or successors):
        return _drafted(draft, rows, search)
    successors |= _successors_of(missing)
    moved, notices = _moved(draft, successors, gone=missing)
    unknown = [_unknown(code, successors) for code in sorted(missing) if code not in moved.replaced]
    drafted = (
        count_draft(moved.draft, search=search) if notices else _drafted(moved.draft, rows, search)
    )
    drafted.notices = notices
    drafted.unknown = unknown
    return drafted


@dataclass(frozen=True, slots=True)
class _Moved:
    """The draft on the communes of today."""

    draft: Draft
    replaced: frozenset[str]


def _successors_of(codes: Iterable[str]) -> dict[str, list[str]]:
    """Vanished code → the communes that took its place."""
    found: dict[str, list[str]] = {}
    rows = CommuneHistory.objects.filter(old_code__in=list(codes)).order_by("current")
    for old, current in rows.values_list("old_code", "current"):
        found.setdefault(old, []).append(current)
    return found


def _moved(
    draft: Draft, successors: dict[str, list[str]], gone: AbstractSet[str]
) -> tuple[_Moved, list[str]]:
    """Replace what has exactly one successor, and say so; leave out what nobody knows."""
    single = {code: found[0] for code, found in successors.items() if len(found) == 1}
    names = dict(
        Commune.objects.filter(pk__in=single.values()).values_list("pk", "name") if single else ()
    )
    kept = {code: share for code, share in draft.shares.items() if code not in single}
    for code, successor in single.items():
        kept.setdefault(successor, draft.shares[code])
    known = {code: share for code, share in kept.items() if code not in gone}
    moved = Draft(known, draft.vintage, draft.besides)
    notices = [
        f"La commune {code} n’existe plus : {names[to]} ({to}) la remplace."
        for code, to in sorted(single.items())
    ]
    return _Moved(moved, frozenset(single)), notices


def _unknown(code: str, successors: dict[str, list[str]]) -> str:
    found = successors.get(code, [])
    return f"{code} (partagée entre {' et '.join(found)}, choisissez)" if found else code


def _is_named(row: Commune, search: str) -> bool:
    """Found by its own name or code, not by its intercommunal body."""
    key = search_key(search)
    return f" {key}" in f" {row.search_name}" or key.replace(" ", "").isdigit()


def _drafted(draft: Draft, rows: list[Commune], search: str) -> Drafted:
    chosen = [row for row in rows if row.pk in draft.shares]
    communes = sorted(
        (_commune(row, draft.shares[row.pk]) for row in chosen),
        key=lambda commune: (search_key(commune.name), commune.code),
    )
    found = sorted(
        (row for row in rows if getattr(row, "is_found", False)),
        key=lambda row: (not _is_named(row, search), -(row.population or 0), row.name, row.pk),
    )
    return Drafted(draft, communes, found, search=search)


def _commune(row: Any, share: int) -> DraftedCommune:
    return DraftedCommune(
        code=row.pk,
        name=row.name,
        departement=row.departement_id,
        departement_name=row.departement.name,
        share=share,
        figures=read_figures(row.figures),
        touching=frozenset((row.touching or "").split()),
        parent=row.parent_id,
    )


def _thresholds() -> Any:
    return thresholds_on(clock.today(), read_thresholds())
