"""Pure: what changes in the yearly amounts, by envelope and by line, to the cent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from aci.difference_rows import Row, Section, Unit, ordered_union
from aci.mission_codes import MissionCode, Part

AMOUNT_LEVELS = ("total", "envelope", "line")
_CODES = [code.value for code in MissionCode]
_PARTS = [part.value for part in Part]

Sheet = Mapping[str, Any]
Dues = dict[str, dict[str, Decimal]]  # envelope → part → due


def amount_rows(one: Sequence[Sheet], other: Sequence[Sheet]) -> Iterator[Row]:
    """Year by year where both sides print the same years, else their last whole years."""
    for before, after in _pairs(one, other):
        yield from _year_rows(before, after)


def _pairs(one: Sequence[Sheet], other: Sequence[Sheet]) -> list[tuple[Sheet, Sheet]]:
    before = {sheet["contract_year"]["number"]: sheet for sheet in one}
    after = {sheet["contract_year"]["number"]: sheet for sheet in other}
    common = sorted(before.keys() & after.keys())
    if common or not (before and after):
        return [(before[number], after[number]) for number in common]
    return [(before[max(before)], after[max(after)])]


def _year_rows(one: Sheet, other: Sheet) -> Iterator[Row]:
    before, after = _dues(one), _dues(other)
    if before == after:
        return
    group = _group(one, other)
    number = _number(one, other)
    yield _row((number,), "Total de l’année", "total", group, _total(before), _total(after))
    for code in ordered_union(_CODES, before, after):
        old, new = before.get(code), after.get(code)
        if old == new:
            continue
        label = MissionCode(code).label
        yield _row((number, code), label, "envelope", group, _sum(old), _sum(new))
        for part in ordered_union(_PARTS, old or {}, new or {}):
            values = (old or {}).get(part), (new or {}).get(part)
            if values[0] != values[1]:
                words = f"{label}, {Part(part).label}"
                yield _row((number, code, part), words, "line", group, *values)


def _row(
    key: tuple[str, ...],
    label: str,
    level: str,
    group: str,
    before: Decimal | None,
    after: Decimal | None,
) -> Row:
    return Row(Section.AMOUNTS, key, label, before, after, Unit.EUROS, level, group)


def _dues(sheet: Sheet) -> Dues:
    dues: Dues = {}
    for line in sheet["lines"]:
        dues.setdefault(line["code"], {})[line["part"]] = Decimal(line["due"])
    return dues


def _sum(parts: Mapping[str, Decimal] | None) -> Decimal | None:
    return None if parts is None else sum(parts.values(), Decimal("0.00"))


def _total(dues: Dues) -> Decimal:
    return sum((due for parts in dues.values() for due in parts.values()), Decimal("0.00"))


def _number(one: Sheet, other: Sheet) -> str:
    numbers = sorted({sheet["contract_year"]["number"] for sheet in (one, other)})
    return "-".join(map(str, numbers))


def _group(one: Sheet, other: Sheet) -> str:
    """« Année de contrat 3 »; of two different years, both are named."""
    numbers = sorted({sheet["contract_year"]["number"] for sheet in (one, other)})
    if len(numbers) == 1:
        return f"Année de contrat {numbers[0]}"
    return f"Années de contrat {numbers[0]} et {numbers[1]}, chacune entière"
