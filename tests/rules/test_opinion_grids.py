"""The regional grids as committed, their totals; working days."""

import datetime as dt

import pytest

from foundation.working_days import easter, is_working_day
from projects.opinion_grid_files import OpinionGridFile, read_opinion_grids
from projects.scoring_grid import Criterion, Total, total_of

LINES = [Criterion("a", "A", weight=3), Criterion("b", "B"), Criterion("t", "T", kind="text")]


@pytest.mark.parametrize("grid", read_opinion_grids(), ids=lambda grid: grid.code)
def test_each_grid_can_be_answered(grid: OpinionGridFile) -> None:
    lines = [Criterion(**row) for row in grid.criteria]
    assert len({line.key for line in lines}) == len(lines)
    assert all(line.weight >= 1 and line.kind in {"score", "text"} for line in lines)
    assert sum(line.is_scored for line in lines) >= 3
    assert "[A]" in grid.source if grid.certainty == "assumption" else grid.source


def test_there_is_a_default_and_one_for_grand_est() -> None:
    assert [grid.region for grid in read_opinion_grids()][:2] == [None, "44"]


@pytest.mark.parametrize(
    "scores, total",
    [
        ({}, None),
        ({"t": {"comment": "Bien"}}, None),
        ({"a": {"score": 0}}, Total(0, 9, 1)),
        ({"a": {"score": 2}, "b": {"score": 3}}, Total(9, 12, 2)),
        ({"a": {"comment": "?"}, "b": {"score": 1}}, Total(1, 3, 1)),
    ],
)
def test_a_criterion_without_a_score_counts_nowhere(
    scores: dict[str, dict[str, object]], total: Total | None
) -> None:
    assert total_of(LINES, scores) == total


def test_the_percentage_of_a_total() -> None:
    assert Total(9, 12, 2).percent == 75


@pytest.mark.parametrize(
    "year, month, day", [(2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25)]
)
def test_easter(year: int, month: int, day: int) -> None:
    assert easter(year) == dt.date(year, month, day)


@pytest.mark.parametrize(
    "day, works",
    [
        ("2026-04-03", True),  # Good Friday works, Alsace-Moselle apart
        ("2026-04-06", False),  # Easter Monday
        ("2026-05-14", False),  # Ascension
        ("2026-05-25", False),  # Whit Monday
        ("2026-07-14", False),
        ("2026-11-26", True),
        ("2026-11-28", False),  # a Saturday
    ],
)
def test_working_days(day: str, works: bool) -> None:
    assert is_working_day(dt.date.fromisoformat(day)) is works
