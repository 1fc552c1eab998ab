"""How a contract year cut by an amendment closes: its review, or the end of the contract in it.

Figures from the domain notes: the grid of avenant 2, tailles 1 and 2, a year of 365 days from
1 July 2024 to 30 June 2025, the size changes on 1 October 2024, after 92 days.
"""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aci.amended_funding import Span, reviewed, year_in_force
from aci.funding import YearFunding
from aci.funding_basis import FundingBasis
from aci.funding_lines import Achievement, Line, Retained, Share
from aci.funding_settings import Proration, UnscheduledCareRule
from aci.mission_codes import MissionCode, Part
from foundation.money import ZERO
from foundation.numbers import NBSP
from foundation.refusal import Refused
from tests.rules.funding_cases import ACCES_SOINS, AVENANT_2, PARCOURS, PREVENTION, QUALITE
from tests.rules.test_amended_funding import BASIS, EFFECT, LARGER, YEAR_2

NEXT = dt.date(2025, 7, 1)
ENDED = dt.date(2025, 4, 1)  # 274 days after the start of the year, 182 after the effect
FONCTIONNEMENT = MissionCode.FONCTIONNEMENT
FULL = Share(Decimal(1))
HALF = Share(Decimal("0.5"))
NOTHING = Share(Decimal(0))
Spans = list[tuple[dt.date | None, FundingBasis]]


def year_of(spans: Spans, *, ended_on: dt.date | None = None, number: int = 2) -> YearFunding:
    return year_in_force(
        [Span(since, replace(basis, ended_on=ended_on)) for since, basis in spans],
        number,
        grids=[AVENANT_2],
    )


def line_of(funding: YearFunding, code: MissionCode, part: Part = Part.FIXED) -> Line:
    return next(line for line in funding.lines if (line.code, line.part) == (code, part))


CUT: Spans = [(None, BASIS), (EFFECT, LARGER)]
EVERYTHING = dict.fromkeys((ACCES_SOINS, PARCOURS, PREVENTION), FULL)


# --- The review of the variable parts ----------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "found", "due"),
    [
        # 25 000 × 92/365 + 35 000 × 273/365 = 6 301,37 + 26 178,08
        (PARCOURS, FULL, "32479.45"),
        (PARCOURS, HALF, "16239.73"),  # half up
        (PARCOURS, NOTHING, "0.00"),
        # 20 000 × 92/365 + 27 500 × 273/365 = 5 041,10 + 20 568,49
        (ACCES_SOINS, FULL, "25609.59"),
        (ACCES_SOINS, Share(Decimal("0.75")), "19207.19"),
        (PREVENTION, Retained(Decimal("6000"), "Dialogue de gestion"), "6000.00"),
        (PREVENTION, Retained(Decimal("11869.87"), "Dialogue de gestion"), "11869.87"),
    ],
)
def test_the_review_of_a_year_cut_by_an_amendment(
    code: MissionCode, found: Achievement, due: str
) -> None:
    year = reviewed(year_of(CUT), {**EVERYTHING, code: found})
    line = line_of(year, code, Part.VARIABLE)
    assert (line.due, line.advance, line.balance) == (Decimal(due), ZERO, Decimal(due))
    assert line.balance_on == NEXT
    for kept in year_of(CUT).lines:  # nothing but this variable part moves
        if (kept.code, kept.part) != (code, Part.VARIABLE):
            assert line_of(year, kept.code, kept.part).due == kept.due


def test_the_rule_of_a_reviewed_line_says_what_was_achieved() -> None:
    found = {**EVERYTHING, PARCOURS: HALF, PREVENTION: Retained(Decimal(5), "Dialogue")}
    year = reviewed(year_of(CUT), found)
    rule = line_of(year, PARCOURS, Part.VARIABLE).rule.replace(NBSP, " ")
    assert "6 301,37 € (plafond annuel de 25 000,00 €)" in rule
    assert "Objectifs atteints à 50 %." in rule
    rule = line_of(year, PREVENTION, Part.VARIABLE).rule.replace(NBSP, " ")
    assert "5,00 € retenus (Dialogue), dans la limite de 11 869,87 €" in rule


@pytest.mark.parametrize(
    ("found", "words"),
    [
        # More than the days under both ceilings, though less than the last ceiling, 35 000.
        ({PARCOURS: Retained(Decimal("32479.46"), "Dialogue")}, "32 479,45"),
        ({PARCOURS: Retained(Decimal("-0.01"), "Dialogue")}, "compris entre 0"),
        ({PARCOURS: None}, "« Parcours pluriprofessionnels » n’est pas renseignée"),
    ],
)
def test_what_the_review_of_a_cut_year_refuses(
    found: dict[MissionCode, Achievement | None], words: str
) -> None:
    named = {code: value for code, value in {**EVERYTHING, **found}.items() if value is not None}
    with pytest.raises(Refused) as refused:
        reviewed(year_of(CUT), named)
    assert words in refused.value.reason.replace(NBSP, " ")


def test_a_mission_added_in_the_year_is_reviewed_on_its_whole_variable_part() -> None:
    more = replace(BASIS, mission_starts={**BASIS.mission_starts, QUALITE: EFFECT})
    year = reviewed(year_of([(None, BASIS), (EFFECT, more)]), {**EVERYTHING, QUALITE: HALF})
    assert line_of(year, QUALITE, Part.VARIABLE).due == Decimal("3750.00")
    # 7 500 × 273/365: the fixed part is counted from its start.
    assert line_of(year, QUALITE).due == Decimal("5609.59")


# --- The end of the contract in the year -------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "due", "advance", "balance"),
    [
        # 50 000 × 92/365 + 60 000 × 182/365; 75 % of 50 000 was advanced on 1 July.
        (FONCTIONNEMENT, "42520.55", "37500.00", "5020.55"),
        # 60 000 × 92/365 + 75 000 × 182/365
        (ACCES_SOINS, "52520.55", "45000.00", "7520.55"),
        (PARCOURS, "23753.42", "18750.00", "5003.42"),
        (PREVENTION, "8753.43", "7500.00", "1253.43"),
    ],
)
def test_a_contract_that_ends_in_a_cut_year(
    code: MissionCode, due: str, advance: str, balance: str
) -> None:
    year = year_of(CUT, ended_on=ENDED)
    line = line_of(year, code)
    assert (line.due, line.advance, line.balance) == tuple(map(Decimal, (due, advance, balance)))
    assert line.balance_on == ENDED  # not the anniversary
    assert line.rule.replace(NBSP, " ").startswith("Fin du contrat le 1er avril 2025.")
    assert year.ended_on == ENDED
    # The variable parts are left to the final review.
    assert {line.part for line in year.lines} == {Part.FIXED}
    assert max(payment.date for payment in year.schedule) == ENDED


def test_a_smaller_size_then_an_early_end_leave_an_amount_to_recover() -> None:
    end = dt.date(2024, 12, 1)
    year = year_of([(None, LARGER), (EFFECT, BASIS)], ended_on=end)
    line = line_of(year, FONCTIONNEMENT)
    # 60 000 × 92/365 + 50 000 × 61/365 = 15 123,29 + 8 356,16; 45 000 was advanced.
    assert (line.due, line.balance) == (Decimal("23479.45"), Decimal("-21520.55"))
    assert "dont 21 520,55 € à récupérer." in line.rule.replace(NBSP, " ")


@pytest.mark.parametrize("effect", [ENDED, dt.date(2025, 5, 1)])
def test_an_amendment_after_the_end_changes_nothing(effect: dt.date) -> None:
    year = year_of([(None, BASIS), (effect, LARGER)], ended_on=ENDED)
    assert year == year_of([(None, BASIS)], ended_on=ENDED)


def test_a_mission_that_an_amendment_brings_after_the_end_gives_no_line() -> None:
    more = replace(BASIS, mission_starts={**BASIS.mission_starts, QUALITE: dt.date(2025, 5, 1)})
    year = year_of([(None, BASIS), (EFFECT, more)], ended_on=ENDED)
    assert QUALITE not in {line.code for line in year.lines}


# --- Unscheduled care organised by the amendment -----------------------------------------------


def test_unscheduled_care_pays_from_the_effect_only() -> None:
    """By the rule of the year's end, the days before the amendment are paid without it."""
    rule = replace(BASIS.settings, unscheduled_care_rule=UnscheduledCareRule.YEAR_END)
    without = replace(BASIS, unscheduled_care_since=None, settings=rule)
    organised = replace(without, unscheduled_care_since=EFFECT)
    line = line_of(year_of([(None, without), (EFFECT, organised)]), ACCES_SOINS)
    # 25 000 × 92/365 + 60 000 × 273/365 = 6 301,37 + 44 876,71
    assert line.due == Decimal("51178.08")


# --- Whatever the days -------------------------------------------------------------------------

DAYS = st.dates(YEAR_2 + dt.timedelta(days=1), NEXT - dt.timedelta(days=1))
BASES = st.sampled_from(
    [
        replace(
            BASIS,
            size=size,
            mission_starts={**BASIS.mission_starts, **extra},
            unscheduled_care_since=care,
        )
        for size in (1, 2, 4)
        for extra in ({}, {QUALITE: dt.date(2025, 1, 15)})
        for care in (None, BASIS.signed_on, EFFECT)
    ]
)
AMENDED = st.tuples(BASES, st.lists(st.tuples(DAYS, BASES), max_size=3)).map(
    lambda drawn: [(None, drawn[0]), *sorted(drawn[1], key=lambda item: item[0])]
)


@given(spans=AMENDED, ended_on=st.none() | DAYS)
def test_the_parts_sum_to_the_total_and_no_line_is_negative(
    spans: Spans, ended_on: dt.date | None
) -> None:
    year = year_of(spans, ended_on=ended_on)
    assert sum((line.due for line in year.lines), ZERO) == year.total_due
    assert year.total_advance + year.total_balance == year.total_due
    assert sum((payment.amount for payment in year.schedule), ZERO) == year.total_due
    for line in year.lines:
        assert line.due >= 0
        assert line.advance >= 0
        shares = getattr(line.basis, "shares", ())
        assert all(share.due >= 0 for share in shares)
        assert not shares or sum((share.due for share in shares), ZERO) == line.due


@given(
    days=st.lists(DAYS, min_size=1, max_size=4),
    ended_on=st.none() | DAYS,
    number=st.integers(1, 5),
    proration=st.sampled_from(Proration),
)
def test_amendments_that_change_nothing_change_no_amount(
    days: list[dt.date], ended_on: dt.date | None, number: int, proration: Proration
) -> None:
    basis = replace(BASIS, settings=replace(BASIS.settings, proration=proration))
    if number != 2:
        ended_on = None
    shifted = [day.replace(year=day.year + number - 2) for day in sorted(days)]
    cut = year_of(
        [(None, basis), *((day, basis) for day in shifted)], ended_on=ended_on, number=number
    )
    whole = year_of([(None, basis)], ended_on=ended_on, number=number)

    def amounts(year: YearFunding) -> list[tuple[object, ...]]:
        return [
            (line.code, line.part, line.ceiling, line.due, line.advance, line.balance_on)
            for line in year.lines
        ]

    assert amounts(cut) == amounts(whole)
    assert cut.schedule == whole.schedule


@given(spans=AMENDED, fraction=st.decimals(0, 1, places=2))
def test_a_review_never_pays_more_than_was_foreseen(spans: Spans, fraction: Decimal) -> None:
    foreseen = year_of(spans)
    found = {line.code: Share(fraction) for line in foreseen.lines if line.part is Part.VARIABLE}
    year = reviewed(foreseen, found)
    assert ZERO <= year.total_due <= foreseen.total_due
    assert (fraction == 1) <= (year.total_due == foreseen.total_due)
