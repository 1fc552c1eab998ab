"""A contract year in which an amendment takes effect: each day by its own terms, to the cent."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aci.amended_funding import Span, year_in_force
from aci.funding import YearFunding
from aci.funding_basis import FundingBasis
from aci.funding_settings import FundingSettings, Proration
from aci.mission_codes import MissionCode, Part
from foundation.numbers import NBSP
from tests.rules.funding_cases import ACCES_SOINS, AVENANT_2, PARCOURS, PREVENTION, QUALITE

SIGNED = dt.date(2023, 7, 1)
BASIS = FundingBasis(
    signed_on=SIGNED,
    mission_starts=dict.fromkeys((ACCES_SOINS, PARCOURS, PREVENTION), SIGNED),
    unscheduled_care_since=SIGNED,
    population=39_965,
    size=1,
    settings=FundingSettings(),
)
LARGER = replace(BASIS, population=40_777, size=2)
YEAR_2 = dt.date(2024, 7, 1)  # 365 days
EFFECT = dt.date(2024, 10, 1)  # 92 days later


def _year(*spans: tuple[dt.date | None, FundingBasis], number: int = 2) -> YearFunding:
    return year_in_force([Span(*span) for span in spans], number, grids=[AVENANT_2])


def _line(funding: YearFunding, code: MissionCode, part: Part = Part.FIXED) -> tuple[Decimal, ...]:
    line = next(line for line in funding.lines if (line.code, line.part) == (code, part))
    return line.due, line.advance, line.balance


def test_another_size_counts_from_its_day() -> None:
    year = _year((None, BASIS), (EFFECT, LARGER))
    # 92 days of 50 000 and 273 of 60 000; the advance of 75 % of 50 000 was paid on 1 July.
    assert _line(year, MissionCode.FONCTIONNEMENT) == (
        Decimal("12602.74") + Decimal("44876.71"),
        Decimal("37500.00"),
        Decimal("19979.45"),
    )
    assert year.size == 2
    rule = year.lines[0].rule.replace(NBSP, " ")
    assert "Année modifiée par avenant : du 1er juillet 2024 au 30 septembre 2024" in rule
    assert year.total_due == sum(payment.amount for payment in year.schedule)


def test_the_variable_part_is_shared_by_days() -> None:
    year = _year((None, BASIS), (EFFECT, LARGER))
    one = _line(_year((None, BASIS)), PARCOURS, Part.VARIABLE)[0]
    two = _line(_year((None, LARGER)), PARCOURS, Part.VARIABLE)[0]
    exact = (one * 92 + two * 273) / 365
    assert abs(_line(year, PARCOURS, Part.VARIABLE)[0] - exact) <= Decimal("0.01")


def test_an_amendment_on_an_anniversary_makes_a_whole_year() -> None:
    spans = (None, BASIS), (YEAR_2, LARGER)
    assert _year(*spans, number=2) == _year((None, LARGER), number=2)
    assert _year(*spans, number=1) == _year((None, BASIS), number=1)


def test_a_mission_added_is_counted_from_its_start() -> None:
    start = dt.date(2024, 12, 1)
    more = replace(BASIS, mission_starts={**BASIS.mission_starts, QUALITE: start})
    year, alone = _year((None, BASIS), (EFFECT, more)), _year((None, more))
    for part in (Part.FIXED, Part.VARIABLE):
        assert _line(year, QUALITE, part) == _line(alone, QUALITE, part)
    assert _line(year, PARCOURS) == _line(alone, PARCOURS)


def test_a_mission_removed_is_due_until_the_day_and_keeps_its_advance() -> None:
    kept = {code: day for code, day in BASIS.mission_starts.items() if code is not PARCOURS}
    year = _year((None, BASIS), (EFFECT, replace(BASIS, mission_starts=kept)))
    due, advance, balance = _line(year, PARCOURS)
    whole = _line(_year((None, BASIS)), PARCOURS)
    assert advance == whole[1]
    assert (due + balance * 0, balance) == (due, due - advance)
    assert balance < 0
    assert not [line for line in year.lines if (line.code, line.part) == (PARCOURS, Part.VARIABLE)]


def test_a_day_outside_the_year_does_not_cut_it() -> None:
    assert _year((None, BASIS), (dt.date(2026, 1, 1), LARGER)) == _year((None, BASIS))


@given(
    day=st.dates(dt.date(2023, 7, 2), dt.date(2028, 6, 30)),
    number=st.integers(1, 5),
    proration=st.sampled_from(Proration),
)
def test_terms_that_do_not_change_pay_the_same(
    day: dt.date, number: int, proration: Proration
) -> None:
    basis = replace(BASIS, settings=replace(BASIS.settings, proration=proration))
    cut = _year((None, basis), (day, basis), number=number)
    whole = _year((None, basis), number=number)
    for one, other in zip(cut.lines, whole.lines, strict=True):
        assert (one.code, one.part, one.advance) == (other.code, other.part, other.advance)
        assert one.due == other.due


@given(
    days=st.lists(st.dates(dt.date(2024, 7, 2), dt.date(2025, 6, 30)), min_size=1, max_size=3),
    sizes=st.lists(st.integers(1, 4), min_size=4, max_size=4),
)
def test_any_number_of_amendments_sums_to_the_cent(days: list[dt.date], sizes: list[int]) -> None:
    spans = [(None, BASIS)]
    spans += [
        (day, replace(BASIS, size=size)) for day, size in zip(sorted(days), sizes, strict=False)
    ]
    year = _year(*spans)
    assert year.total_advance + year.total_balance == year.total_due
    assert year.total_due == sum((row.amount for row in year.schedule), Decimal(0))
    low = _year((None, replace(BASIS, size=min([1, *sizes])))).total_due
    high = _year((None, replace(BASIS, size=max(sizes)))).total_due
    cents = Decimal("0.10")
    assert min(low, high) - cents <= year.total_due <= max(low, high) + cents


@pytest.mark.parametrize("number", [3, 4, 5])
def test_later_years_are_computed_by_the_new_terms(number: int) -> None:
    spans = (None, BASIS), (EFFECT, LARGER)
    assert _year(*spans, number=number) == _year((None, LARGER), number=number)
