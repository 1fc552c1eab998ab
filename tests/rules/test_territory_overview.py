"""What the vintages say of a size: alert, distance up, distance down. No database."""

import datetime as dt

import pytest

from territories.models import Territory
from territories.overview import Overview, overview_of

# Bugey Sud with its inferred communes: its size flips at 40 000 with the vintage.
BUGEY = {2016: 39944, 2017: 39965, 2018: 40058, 2023: 40556}
DAY = dt.date(2026, 11, 21)


def overview(vintage: int, populations: dict[int, int]) -> Overview:
    people = populations[vintage]
    size = 1 + (people >= 40000) + (people >= 80000) + (people > 175000)
    return overview_of(Territory(vintage=vintage, population=people, size=size), populations, DAY)


def test_each_vintage_has_its_size_and_difference() -> None:
    rows = overview(2018, BUGEY).figures
    assert [(row.vintage, row.size, row.difference) for row in rows] == [
        (2016, 1, -114),
        (2017, 1, -93),
        (2018, 2, 0),
        (2023, 2, 498),
    ]
    assert [row.vintage for row in rows if row.is_kept] == [2018]
    assert rows[-1].in_force_from == dt.date(2026, 1, 1)


def test_the_newest_vintage_gives_an_alert_only_when_it_changes_the_size() -> None:
    alert = overview(2017, BUGEY).size_alert
    assert alert is not None
    assert (alert.vintage, alert.size) == (2023, 2)
    assert overview(2018, BUGEY).size_alert is None


@pytest.mark.parametrize(
    ("people", "above", "missing"),
    [
        (39944, "", 56),
        (40000, "0 habitant au-dessus du seuil de la taille 2", 40000),
        (40001, "1 habitant au-dessus du seuil de la taille 2", 39999),
        (175001, "0 habitant au-dessus du seuil de la taille 4", None),
    ],
)
def test_distances_to_the_thresholds(people: int, above: str, missing: int | None) -> None:
    view = overview(2023, {2023: people})
    assert view.above_threshold.replace("\xa0", " ") == above
    assert (view.next_size.missing if view.next_size else None) == missing


def test_without_people_there_is_no_distance() -> None:
    empty = overview_of(Territory(vintage=2023, population=0, size=None), {}, DAY)
    assert empty.next_size is None
    assert empty.figures == []
    assert empty.size_alert is None
