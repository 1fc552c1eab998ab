"""Pure: what changes in the words of the articles and in the annexes of indicators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from aci.clauses.blocks import Block, article_numbers, heading, numbered, read_blocks
from aci.clauses.variables import KNOWN
from aci.difference_rows import Row, Section, Unit, Value
from aci.indicator_rules import AnnexLine, Direction, Method, read_line, tier_bounds
from foundation import written_text
from foundation.numbers import format_number
from foundation.typography import typeset

Plain = Mapping[str, Any]
# What a line of the annex says besides its bounds and its euros, and how it is written.
_DIRECTIONS = {Direction.HIGHER: "plus haut est mieux", Direction.LOWER: "plus bas est mieux"}
_METHODS = {
    Method.TIERS: "par paliers",
    Method.ALL_OR_NOTHING: "tout ou rien",
    Method.PROPORTIONAL: "au prorata",
}


def clause_rows(one: Iterable[Plain], other: Iterable[Plain]) -> Iterator[Row]:
    """Article by article: its title, its words; an article that comes or goes is told whole."""
    before, after = _clauses(one), _clauses(other)
    for key in [*after, *(key for key in before if key not in after)]:
        old, new = before.get(key), after.get(key)
        label = _label(old, new)
        if old and new and old.title != new.title:
            titles = old.title, new.title
            yield Row(Section.CLAUSES, (key, "title"), f"{label} : titre", *titles, Unit.PROSE)
        if not (old and new and old.words == new.words):
            words = old.words if old else None, new.words if new else None
            yield Row(Section.CLAUSES, (key,), label, *words, Unit.PROSE)


class _Clause:
    """A block as the difference reads it: variables under the name of what they print."""

    def __init__(self, block: Block, number: int, numbers: Mapping[str, str]) -> None:
        self.title = block.title
        self.heading = heading(block, number)
        said = {name: f"[{label}]" for name, label in KNOWN.items()}
        self.words = typeset(written_text.to_plain(block.body, {**said, **numbers}))


def _clauses(plain: Iterable[Plain]) -> dict[str, _Clause]:
    blocks = read_blocks(plain)
    numbers = article_numbers(blocks)
    return {block.key: _Clause(block, number, numbers) for block, number in numbered(blocks)}


def plain_words(plain: Iterable[Plain]) -> dict[str, str]:
    """Each block in words alone, as the difference reads it."""
    return {key: clause.words for key, clause in _clauses(plain).items()}


def _label(old: _Clause | None, new: _Clause | None) -> str:
    """« Article 3 – Missions »; by its titles alone when it has another place."""
    if old is None or new is None:
        known = old or new
        return known.heading if known else ""
    if old.heading == new.heading:
        return new.heading
    return " / ".join(sorted({old.title, new.title}))


def indicator_rows(one: Sequence[Plain], other: Sequence[Plain]) -> Iterator[Row]:
    """Contract year by contract year, indicator by indicator, tier by tier."""
    before, after = _annexes(one), _annexes(other)
    for year in sorted(before.keys() | after.keys()):
        old, new = before.get(year, {}), after.get(year, {})
        for code in [*new, *(code for code in old if code not in new)]:
            yield from _indicator_rows(year, old.get(code), new.get(code))


def _annexes(plain: Sequence[Plain]) -> dict[int, dict[str, AnnexLine]]:
    return {
        annex["year"]: {line["code"]: read_line(line) for line in annex["lines"]} for annex in plain
    }


def _indicator_rows(year: int, old: AnnexLine | None, new: AnnexLine | None) -> Iterator[Row]:
    known = new or old
    if known is None:
        return
    group = f"Année de contrat {year}"
    name = f"{known.mission.label} : {known.label}"
    if old is None or new is None:
        goals = old.goal if old else None, new.goal if new else None
        yield Row(
            Section.INDICATORS, (str(year), known.code), name, *goals, Unit.TEXT, "line", group
        )
        return
    name = " / ".join(sorted({f"{line.mission.label} : {line.label}" for line in (old, new)}))
    for part, words, unit, before, after in _parts(old, new):
        if before != after:
            key = (str(year), known.code, part)
            label = f"{name}, {words}" if words else name
            yield Row(Section.INDICATORS, key, label, before, after, unit, "line", group)


def _parts(old: AnnexLine, new: AnnexLine) -> Iterator[tuple[str, str, Unit, Value, Value]]:
    """Each thing that an indicator says: its key, its words, its value on both sides."""
    one, other = old.rule, new.rule
    yield "label", "intitulé", Unit.TEXT, old.label, new.label
    yield "mission", "mission", Unit.TEXT, old.mission.label, new.mission.label
    yield "unit", "unité", Unit.TEXT, old.unit, new.unit
    yield "direction", "sens", Unit.TEXT, _DIRECTIONS[one.direction], _DIRECTIONS[other.direction]
    yield "method", "calcul", Unit.TEXT, _METHODS[one.method], _METHODS[other.method]
    yield "baseline", "point de départ", Unit.TEXT, _number(one.baseline), _number(other.baseline)
    yield "target", "cible", Unit.TEXT, _number(one.target), _number(other.target)
    yield "euros", "valeur", Unit.EUROS, _euros(old), _euros(new)
    before, after = _tiers(old), _tiers(new)
    for bounds in [*after, *(bounds for bounds in before if bounds not in after)]:
        yield bounds, f"palier {bounds}", Unit.EUROS, before.get(bounds), after.get(bounds)


def _euros(line: AnnexLine) -> Decimal | None:
    """What the whole target pays; with tiers, each tier has its own row."""
    return None if line.rule.method is Method.TIERS else line.rule.euros


def _tiers(line: AnnexLine) -> dict[str, Decimal]:
    return {tier_bounds(line.rule, tier): tier.euros for tier in line.rule.ordered_tiers}


def _number(value: Decimal | None) -> str | None:
    return None if value is None else format_number(value)
