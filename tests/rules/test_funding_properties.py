"""What holds for every contract: sums, bounds and proratas of the yearly amount."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from aci.deadlines import contract_year
from aci.funding import ContractTerms, YearFunding, compute_year, everything_achieved
from aci.funding_lines import Share
from aci.funding_settings import (
    FundingSettings,
    LeapAnniversary,
    Proration,
    UnscheduledCareRule,
)
from aci.mission_codes import MissionCode, Part
from tests.rules.funding_cases import ACI_2019, AVENANT_2, CRISE, WITHOUT_CRISIS

SIGNATURES = st.dates(dt.date(2019, 8, 25), dt.date(2040, 12, 31))
CENT = Decimal("0.01")
RATES = st.decimals(0, 1, places=2)


@st.composite
def cases(draw: st.DrawFn, *, ended: bool | None = None) -> dict[str, object]:
    """Any contract, in any of its years, with any missions, reviewed in any way."""
    settings = FundingSettings(
        advance_rate=draw(RATES),
        operating_first_advance_rate=draw(RATES),
        proration=draw(st.sampled_from(Proration)),
        variable_prorated_in_first_year=draw(st.booleans()),
        leap_anniversary=draw(st.sampled_from(LeapAnniversary)),
        unscheduled_care_rule=draw(st.sampled_from(UnscheduledCareRule)),
    )
    grid = draw(st.sampled_from([ACI_2019, AVENANT_2]))
    signed_on = draw(SIGNATURES)
    number = draw(st.integers(1, 5))
    year = contract_year(signed_on, number, settings)
    known = sorted(grid.missions - {MissionCode.FONCTIONNEMENT})
    days_after = st.integers(0, 2200).map(lambda days: signed_on + dt.timedelta(days=days))
    starts = draw(st.dictionaries(st.sampled_from(known), days_after))
    achieved = {
        mission: Share(draw(st.decimals(0, 1, places=4))) for mission in starts if mission != CRISE
    }
    ends = year.start + dt.timedelta(days=draw(st.integers(1, year.days - 1)))
    is_ended = draw(st.booleans()) if ended is None else ended
    return {
        "terms": ContractTerms(
            signed_on, starts, draw(st.none() | days_after), ends if is_ended else None
        ),
        "number": number,
        "grid": grid,
        "size": draw(st.integers(1, 4)),
        "achieved": achieved,
        "crisis_recognised": CRISE in starts and draw(st.booleans()),
        "settings": settings,
    }


def dues(funding: YearFunding) -> dict[tuple[MissionCode, Part], Decimal]:
    return {(line.code, line.part): line.due for line in funding.lines}


@given(cases())
def test_advance_and_balance_make_the_due_to_the_cent(case):
    funding = compute_year(**case)
    for line in funding.lines:
        assert line.advance + line.balance == line.due
        for amount in (line.due, line.advance, line.balance):
            assert amount == amount.quantize(CENT)


@given(cases())
def test_the_schedule_sums_to_the_total_and_follows_the_calendar(case):
    funding = compute_year(**case)
    assert sum(payment.amount for payment in funding.schedule) == funding.total_due
    assert sum(line.due for line in funding.lines) == funding.total_due
    dates = [payment.date for payment in funding.schedule]
    year = funding.contract_year
    assert dates == sorted(dates)
    assert all(year.start <= date <= year.next_anniversary for date in dates)


@given(cases())
def test_no_amount_is_above_its_envelope_nor_below_zero(case):
    funding = compute_year(**case)
    for line in funding.lines:
        assert 0 <= line.due <= line.ceiling
        assert 0 <= line.advance <= line.ceiling
    whole = sum(
        row.amount
        for (size, _, part), row in funding.grid.amounts.items()
        if size == funding.size and part is not Part.FIXED_OF_WHICH_SNP
    )
    assert funding.total_due <= whole


@given(cases())
def test_a_larger_size_never_earns_less(case):
    totals = [compute_year(**{**case, "size": size}).total_due for size in (1, 2, 3, 4)]
    assert totals == sorted(totals)


@given(cases(ended=False), RATES)
def test_achieving_more_never_earns_less(case, rate):
    less = {mission: Share(share.fraction * rate) for mission, share in case["achieved"].items()}
    assert compute_year(**{**case, "achieved": less}).total_due <= compute_year(**case).total_due


@given(cases(ended=True))
def test_only_a_contract_that_ends_early_recovers_money(case):
    whole = compute_year(**{**case, "terms": replace(case["terms"], ended_on=None)})
    assert all(line.balance >= 0 for line in whole.lines)
    cut = dues(compute_year(**case))
    assert all(due <= dues(whole)[key] for key, due in cut.items())


@given(SIGNATURES, st.integers(1, 5), st.integers(1, 4), st.data())
def test_the_days_before_and_after_a_split_make_the_whole_year(signed_on, number, size, data):
    """A year cut at a day: what ended that day and what started that day make the whole."""
    year = contract_year(signed_on, number)
    cut = year.start + dt.timedelta(days=data.draw(st.integers(1, year.days - 1)))

    def computed(start: dt.date, end: dt.date | None) -> dict[tuple[MissionCode, Part], Decimal]:
        starts = dict.fromkeys(WITHOUT_CRISIS, start)
        return dues(
            compute_year(
                terms=ContractTerms(signed_on, starts, signed_on, end),
                number=number,
                grid=AVENANT_2,
                size=size,
                achieved=everything_achieved(starts),
            )
        )

    whole, before, after = computed(signed_on, None), computed(signed_on, cut), computed(cut, None)
    for mission in WITHOUT_CRISIS:
        key = (mission, Part.FIXED)
        assert abs(before[key] + after[key] - whole[key]) <= CENT


@given(cases())
def test_every_line_and_payment_is_explained_in_french(case):
    funding = compute_year(**case)
    for line in funding.lines:
        assert line.rule.endswith(".")
        assert "\u202f" not in line.rule
        assert line.label.startswith(line.code.label)
    assert all(payment.label and payment.amount for payment in funding.schedule)


@given(cases())
def test_the_same_facts_give_the_same_amounts(case):
    assert compute_year(**case) == compute_year(**case)
