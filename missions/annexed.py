"""Pure: what the signed annex of a contract year says comes before the national catalogue."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from aci.deadlines import ContractYear
from aci.indicator_rules import AnnexLine
from missions.cards import IndicatorCard, Measure, amount_text

Annexes = Mapping[int, Sequence[AnnexLine]]
# An indicator of one contract serves by its annexes, never by the dates of a catalogue.
NEVER = dt.date.max


def with_annexes(
    cards: Sequence[IndicatorCard], annexes: Annexes, years: Sequence[ContractYear]
) -> list[IndicatorCard]:
    """The cards of the catalogue, corrected by the annexes; then what the annexes alone name.

    A mission that the annex of a year does not name keeps the catalogue for that year.
    """
    if not annexes:
        return list(cards)
    lines = _lines_by_owner(cards, annexes, years)
    found = [_corrected(card, lines.pop(card.pk, {}), annexes, years) for card in cards]
    known = {card.code for card in cards}
    for code in _codes(annexes, years):
        if code not in known:
            found.append(_own(code, annexes, years))
    return [card for card in found if card.measures or any(card.serves(year) for year in years)]


def _lines_by_owner(
    cards: Sequence[IndicatorCard], annexes: Annexes, years: Sequence[ContractYear]
) -> dict[int | None, dict[int, AnnexLine]]:
    """Each line beside the version of its indicator that serves its year, else the newest one."""
    by_code: dict[str, list[IndicatorCard]] = {}
    for card in cards:
        by_code.setdefault(card.code, []).append(card)
    owned: dict[int | None, dict[int, AnnexLine]] = {}
    for year in years:
        for line in annexes.get(year.number, ()):
            versions = by_code.get(line.code, [])
            serving = [card for card in versions if card.is_in_force(year)]
            for card in (serving or versions)[-1:]:
                owned.setdefault(card.pk, {})[year.number] = line
    return owned


def _corrected(
    card: IndicatorCard,
    lines: dict[int, AnnexLine],
    annexes: Annexes,
    years: Sequence[ContractYear],
) -> IndicatorCard:
    said = frozenset(
        number for number, all_ in annexes.items() if any(ln.mission is card.mission for ln in all_)
    )
    card = replace(card, annexed=lines, annexed_years=said)
    current = lines.get(years[-1].number)
    if current is None:
        return card
    rule = current.rule
    return replace(
        card,
        label=rule.label,
        unit=current.unit,
        direction=rule.direction,
        method=rule.method,
        target=rule.target,
        baseline=rule.baseline,
        euros=rule.euros,
        tiers=rule.tiers,
        is_annexed=True,
        measures=tuple(_said(measure, lines, current) for measure in card.measures),
    )


def _said(measure: Measure, lines: Mapping[int, AnnexLine], current: AnnexLine) -> Measure:
    unit = lines.get(measure.year, current).unit
    return replace(measure, text=amount_text(measure.value, unit))


def _codes(annexes: Annexes, years: Sequence[ContractYear]) -> list[str]:
    """In the order of the annexes, each once."""
    return list(dict.fromkeys(line.code for year in years for line in annexes.get(year.number, ())))


def _own(code: str, annexes: Annexes, years: Sequence[ContractYear]) -> IndicatorCard:
    """A line that no measure has yet."""
    lines = {
        year.number: line
        for year in years
        for line in annexes.get(year.number, ())
        if line.code == code
    }
    last = lines[max(lines)]
    rule = last.rule
    card = IndicatorCard(
        pk=None,
        code=code,
        mission=last.mission,
        label=rule.label,
        definition="",
        unit=last.unit,
        direction=rule.direction,
        method=rule.method,
        target=rule.target,
        baseline=rule.baseline,
        euros=rule.euros,
        is_confirmed=True,
        effective_from=NEVER,
        effective_to=None,
        measures=(),
        tiers=rule.tiers,
    )
    return _corrected(card, lines, annexes, years)
