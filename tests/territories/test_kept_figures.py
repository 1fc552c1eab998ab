"""Figures kept while nothing changes: the same as computed ones, in two queries."""

import datetime as dt

import pytest

from foundation import clock
from territories import coverage, kept_figures
from territories.actions import move
from territories.areas import FRANCE, Area, AreaKind
from territories.models import Rendition, Stage
from territories.renditions import forget_old
from tests.cast import Cast
from tests.queries import QueryCount

pytestmark = pytest.mark.django_db

REGION = Area(AreaKind.REGION, "32", "Hauts-de-France")


def test_they_are_those_that_are_computed(cast: Cast) -> None:
    today = clock.today()
    for _ in range(2):
        assert kept_figures.figures(FRANCE, today) == coverage.figures(FRANCE, today)
        assert kept_figures.figures_by_year(FRANCE) == coverage.figures_by_year(FRANCE, today)
        by_part = kept_figures.figures_by_part(REGION, today)
        assert by_part == coverage.figures_by_part(REGION, today)


def test_the_second_visitor_costs_two_small_queries(cast: Cast) -> None:
    kept_figures.figures_by_year(FRANCE)
    with QueryCount() as count:
        kept_figures.figures_by_year(FRANCE)
    assert count.number == 2


def test_an_act_is_seen_at_once(cast: Cast) -> None:
    today = clock.today()
    assert Stage.LETTER in kept_figures.figures(FRANCE, today).by_stage
    move(cast.rives, stage=Stage.CONTRACTED)
    move(cast.monts, stage=Stage.CONTRACTED)
    assert set(kept_figures.figures(FRANCE, today).by_stage) == {Stage.CONTRACTED}


def test_only_the_days_of_the_pages_are_kept(cast: Cast) -> None:
    for day in (dt.date(2023, 5, 4), dt.date(1999, 12, 31), clock.today() + dt.timedelta(days=9)):
        kept_figures.figures(FRANCE, day)
    assert Rendition.objects.count() == 0
    kept_figures.figures(FRANCE, dt.date(2023, 12, 31))
    assert Rendition.objects.count() == 1


def test_what_nobody_asks_for_any_more_is_forgotten(cast: Cast) -> None:
    kept_figures.figures(FRANCE, clock.today())
    forget_old()
    assert Rendition.objects.count() == 1
    with clock.at(clock.now() + dt.timedelta(days=31)):
        forget_old()
    assert Rendition.objects.count() == 0
