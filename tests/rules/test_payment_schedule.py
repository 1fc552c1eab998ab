"""From a computed year to its lines to pay, and what a later revision adds: no database."""

import datetime as dt
from decimal import Decimal

import pytest

from aci.funding import YearFunding
from aci.funding_sheet import plain_sheet
from aci.mission_codes import MISSIONS, Part
from aci.payments.aids import aids_for, read_aids
from aci.payments.schedule import DueLine, KnownLine, due_lines, plan_of
from tests.rules.funding_cases import ACCES_SOINS, FONCTIONNEMENT, day, year_of

TODAY = dt.date(2026, 1, 1)


def lines_of(funding: YearFunding, *, reviewed: bool = False) -> tuple[DueLine, ...]:
    plain = plain_sheet(funding)
    return due_lines(plain["lines"], plain["schedule"], reviewed=reviewed)


def known(line: DueLine, *, ordered: bool, pk: int = 1, amount: Decimal | None = None) -> KnownLine:
    return KnownLine(
        pk, line.key, amount or line.amount, line.due_on, line.is_forecast, is_ordered=ordered
    )


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("ended_on", [None, "2023-10-01"])
def test_every_payment_of_the_schedule_is_one_line_and_the_sum_is_the_total(number, ended_on):
    funding = year_of(
        *MISSIONS,
        number=number if ended_on is None else 1,
        ended_on=day(ended_on) if ended_on else None,
        crisis_recognised=ended_on is None,
    )
    lines = lines_of(funding)
    assert [(line.due_on, line.amount, line.label) for line in lines] == [
        (payment.date, payment.amount, payment.label) for payment in funding.schedule
    ]
    assert sum(line.amount for line in lines) == funding.total_due
    assert len({line.key for line in lines}) == len(lines)


def test_a_variable_part_is_a_forecast_until_its_review():
    funding = year_of(ACCES_SOINS, number=2)
    assert {line.part for line in lines_of(funding) if line.is_forecast} == {Part.VARIABLE}
    assert not [line for line in lines_of(funding, reviewed=True) if line.is_forecast]


def test_a_first_revision_adds_every_line():
    lines = lines_of(year_of(ACCES_SOINS, number=2))
    plan = plan_of(lines, [], today=TODAY)
    assert (plan.added, plan.replaced, plan.regularised) == (lines, (), ())


def test_the_same_year_again_changes_nothing():
    lines = lines_of(year_of(ACCES_SOINS, number=2))
    rows = [known(line, ordered=pk % 2 == 0, pk=pk) for pk, line in enumerate(lines)]
    plan = plan_of(lines, rows, today=TODAY)
    assert (plan.added, plan.replaced, plan.regularised) == ((), (), ())


def test_what_no_order_holds_gives_way_and_what_is_ordered_stays():
    """Termination: 60 000 were advanced, 14 958.90 come back."""
    signed = day("2024-07-01")
    before = lines_of(year_of(size=2, signed_on=signed))
    after = lines_of(year_of(size=2, signed_on=signed, ended_on=day("2025-04-01")))
    plan = plan_of(after, [known(before[0], ordered=True)], today=TODAY)
    assert [(line.code, line.amount) for line in plan.added] == [
        (FONCTIONNEMENT, Decimal("-14958.90"))
    ]
    assert (plan.replaced, plan.regularised) == ((), ())


def test_a_difference_with_what_was_ordered_is_a_regularisation():
    (line,) = [line for line in lines_of(year_of(ACCES_SOINS, number=2)) if line.is_forecast]
    rows = [known(line, ordered=True, amount=line.amount + 1000)]
    plan = plan_of([line], rows, today=TODAY)
    (more,) = plan.regularised
    assert more.amount == -1000
    assert "trop-perçu à récupérer" in more.label
    assert more.due_on == max(TODAY, line.due_on)
    rows = [*rows, known(line, ordered=False, pk=2, amount=Decimal(-400))]
    again = plan_of([line], rows, today=TODAY)
    assert again.replaced == (2,)
    assert [one.amount for one in again.regularised] == [-1000]


def test_a_line_that_a_revision_no_longer_asks_for_is_taken_back():
    (line,) = [line for line in lines_of(year_of(ACCES_SOINS, number=2)) if line.is_forecast]
    plan = plan_of([], [known(line, ordered=True)], today=TODAY)
    assert [(one.amount, one.due_on) for one in plan.regularised] == [(-line.amount, TODAY)]
    assert plan_of([], [known(line, ordered=False)], today=TODAY).replaced == (1,)


@pytest.mark.parametrize(
    ("region", "usual"),
    [
        ("84", "15\u00a0000,00\u00a0€"),
        ("28", "10\u00a0000,00\u00a0€"),
        ("11", "30\u00a0000,00\u00a0€"),
    ],
)
def test_the_start_up_aid_of_a_region(region, usual):
    found = aids_for(region=region, size=2, signed_on=day("2020-01-01"), aids=read_aids())
    assert [(aid.code, aid.usual) for aid in found] == [("start_up", usual), ("exception", "")]


def test_proposals_never_adopted_are_off_and_to_confirm():
    off = [aid for aid in read_aids() if not aid.is_enabled]
    assert {aid.code for aid in off} == {"seed_credit", "letter_aid"}
    assert all(aid.to_confirm for aid in off)
    found = aids_for(region="32", size=1, signed_on=day("2020-01-01"), aids=read_aids())
    assert [aid.code for aid in found] == ["exception"]
