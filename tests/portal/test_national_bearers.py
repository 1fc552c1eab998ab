"""The bearers of the national set are those that `territories.actions.move` would have left."""

import pytest

from cpts_portal.national import turns
from cpts_portal.national.calendar import calendar_of
from foundation import clock
from territories.actions import found_cpts, move
from territories.models import Baton
from tests.cast import Geography, make_user

DELAYS = turns.Delays(("regional",), ("local", "regional"), 2, 15, 45)


@pytest.mark.parametrize("rank", [1, 90, 330, 700, 735, 760, 790, 815, 840])
def test_the_calendar_leaves_the_rows_of_the_acts(geography: Geography, rank: int) -> None:
    calendar, today = calendar_of(rank, clock.today()), clock.today()
    expected = turns.standing(calendar, DELAYS, today)
    taken = [*turns._of_filings(calendar, DELAYS), *turns._of_contracts(calendar, today)]
    taken.sort(key=lambda turn: turn.day)
    with clock.at(taken[0].day):
        cpts = found_cpts(
            name="CPTS rejouée",
            departement=geography.pas_de_calais,
            cpam_district=geography.artois,
            by=make_user("Nina Neuve"),
        )
    for turn in taken:
        with clock.at(turn.day):
            move(cpts, stage=turn.stage, baton=turn.baton)
    rows = cpts.baton_periods.order_by("starts_on").values_list("baton", "starts_on", "ends_on")
    assert list(rows) == [(one.baton, one.starts_on, one.ends_on) for one in expected.bearings]
    present = expected.bearings[-1]
    assert (present.baton, present.ends_on) == (Baton(cpts.baton), None)
