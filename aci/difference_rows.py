"""Pure: one row of a difference, its words, and how values of any shape are compared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from typing import Any

from foundation.dates import format_date
from foundation.money import format_euros
from foundation.numbers import format_number
from projects.comparison import Segment, words_of

Value = int | Decimal | dt.date | str | None


class Section(Enum):
    """The parts of a difference, in the order they are read; the value is the French title."""

    PARTIES = "Parties"
    TERRITORY = "Territoire et taille"
    COMMUNES_IN = "Communes qui entrent"
    COMMUNES_OUT = "Communes qui sortent"
    COMMUNES = "Communes comptées autrement"
    MISSIONS = "Missions"
    DATES = "Dates"
    INDICATORS = "Indicateurs"
    CLAUSES = "Clauses"
    RULES = "Règles de calcul"
    OTHER = "Autres éléments"
    AMOUNTS = "Montants"

    @property
    def is_counted(self) -> bool:
        """Whether its values are written under one another, as figures."""
        return self.name in {"TERRITORY", "COMMUNES_IN", "COMMUNES_OUT", "COMMUNES", "AMOUNTS"}


_OPPOSITES = {
    Section.COMMUNES_IN: Section.COMMUNES_OUT,
    Section.COMMUNES_OUT: Section.COMMUNES_IN,
}


class Change(Enum):
    """What happened to the thing of a row."""

    ADDED = "ajouté"
    REMOVED = "retiré"
    CHANGED = "modifié"


class Unit(Enum):
    """How a value is written; those that are counted have a difference."""

    TEXT = "text"
    NUMBER = "number"
    PEOPLE = "people"
    EUROS = "euros"
    DAY = "day"
    START = "start"
    PROSE = "prose"  # a text: its words that went and came are marked

    def write(self, value: Value) -> str:
        if value is None:
            return ""
        if isinstance(value, dt.date):
            return format_date(value)
        if self is Unit.EUROS:
            return format_euros(Decimal(str(value)))
        if self in _COUNTED:
            return format_number(int(str(value)))
        return str(value)


_COUNTED = {Unit.NUMBER, Unit.PEOPLE, Unit.EUROS}


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is not the same: its value before, its value after."""

    section: Section
    key: tuple[str, ...]
    label: str
    before: Value
    after: Value
    unit: Unit = Unit.TEXT
    level: str = "line"  # of amounts: « line », « envelope » or « total »
    group: str = ""  # of amounts: the contract year

    @property
    def change(self) -> Change:
        if self.before is None:
            return Change.ADDED
        return Change.REMOVED if self.after is None else Change.CHANGED

    @property
    def mirrored(self) -> Row:
        section = _OPPOSITES.get(self.section, self.section)
        return replace(self, section=section, before=self.after, after=self.before)

    @property
    def delta(self) -> int | Decimal | None:
        """After less before, of what is counted."""
        if self.unit not in _COUNTED:
            return None
        before, after = (Decimal(str(value or 0)) for value in (self.before, self.after))
        return after - before

    @property
    def is_prose(self) -> bool:
        return self.unit is Unit.PROSE

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The words of a text in their order: what stayed, what went out, what came in."""
        return words_of(str(self.before or ""), str(self.after or "")) if self.is_prose else ()

    @property
    def before_words(self) -> str:
        return self.unit.write(self.before)

    @property
    def after_words(self) -> str:
        return self.unit.write(self.after)

    @property
    def delta_words(self) -> str:
        """« +1 234 », « −56 »; empty for words and days."""
        delta = self.delta
        if delta is None:
            return ""
        return ("+" if delta > 0 else "") + self.unit.write(delta)


def ordered_union(first: Iterable[str], *others: Iterable[str]) -> list[str]:
    """The known names in their order, then the unknown ones by name: the same both ways."""
    known = list(first)
    return known + sorted({name for names in others for name in names} - set(known))


def other_rows(
    section: Section, key: tuple[str, ...], label: str, one: Any, other: Any
) -> Iterator[Row]:
    """Compare values of any shape, down to the first that differs."""
    if one == other:
        return
    if _is_tree(one) and _is_tree(other):
        for name in sorted(one.keys() | other.keys(), key=str):
            words = " : ".join(filter(None, (label, _named(name))))
            yield from other_rows(section, (*key, str(name)), words, one.get(name), other.get(name))
    elif _is_list(one) and _is_list(other):
        before, after = _by_key(one or []), _by_key(other or [])
        for name in [*after, *(name for name in before if name not in after)]:
            item = after.get(name, before.get(name))
            words = " : ".join(filter(None, (label, _title(item, name))))
            yield from other_rows(section, (*key, name), words, before.get(name), after.get(name))
    else:
        yield Row(section, key, label, _words(one), _words(other))


def _is_tree(value: Any) -> bool:
    return isinstance(value, Mapping)


def _is_list(value: Any) -> bool:
    return value is None or isinstance(value, list)


_KEYS = ("key", "code", "id", "slug", "number", "year", "anchor")
_TITLES = ("title", "label", "name", "heading")
_NAMES = {"euros": "valeur", "target": "cible", "tiers": "paliers", "text": "texte"}


def _named(name: Any) -> str:
    return "" if name in _TITLES else _NAMES.get(str(name), str(name))


def _by_key(items: list[Any]) -> dict[str, Any]:
    """Items under what names them; sentences under themselves; else under their place."""
    found: dict[str, Any] = {}
    for position, item in enumerate(items):
        name = str(item) if isinstance(item, str) else str(position)
        if isinstance(item, Mapping):
            name = next((str(item[key]) for key in _KEYS if key in item), name)
        found[name if name not in found else f"{name}/{position}"] = item
    return found


def _title(item: Any, name: str) -> str:
    if isinstance(item, Mapping):
        return next((str(item[key]) for key in _TITLES if item.get(key)), name)
    return ""


def _words(value: Any) -> str | None:
    """A value in one text; nothing for what is not there."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, Mapping):
        titled = [str(value[key]) for key in (*_TITLES, "text") if value.get(key)]
        return " – ".join(titled) or ", ".join(f"{key} {item}" for key, item in value.items())
    if isinstance(value, list):
        return ", ".join(filter(None, map(_words, value)))
    return str(value)
