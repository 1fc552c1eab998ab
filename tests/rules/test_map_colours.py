"""Neighbouring CPTS never look alike, and a CPTS keeps its colour when others come and go."""

from hypothesis import given
from hypothesis import strategies as st

from territories.maps.colours import COLOURS, STAGES, colour_class, colours, stage_class
from territories.maps.picture import HUES, RAMP
from territories.models import Stage


def ring(size: int) -> dict[int, set[int]]:
    return {one: {(one - 1) % size, (one + 1) % size} for one in range(size)}


@given(st.integers(3, 200))
def test_neighbours_differ(size: int) -> None:
    neighbours = ring(size)
    found = colours(neighbours)
    assert all(found[one] != found[other] for one in neighbours for other in neighbours[one])


@given(st.sets(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=90))
def test_colours_are_the_same_each_time_and_of_the_style_sheet(pairs: set[tuple[int, int]]) -> None:
    neighbours: dict[int, set[int]] = {one: set() for one in range(31)}
    for one, other in pairs:
        if one != other:
            neighbours[one].add(other)
            neighbours[other].add(one)
    found = colours(neighbours)
    assert found == colours(dict(reversed(neighbours.items())))
    assert set(found.values()) <= set(range(1, COLOURS + 1))
    crowded = any(len(others) >= COLOURS for others in neighbours.values())
    assert crowded or all(
        found[one] != found[other] for one in neighbours for other in neighbours[one]
    )


def test_a_cpts_keeps_its_colour_when_a_distant_one_appears() -> None:
    before = colours({10: {11}, 11: {10}})
    after = colours({10: {11}, 11: {10}, 40: set()})
    assert before == {key: value for key, value in after.items() if key != 40}


def test_every_stage_that_covers_has_its_own_class() -> None:
    covering = [stage for stage in Stage if stage.value in STAGES]
    assert len({stage_class(stage) for stage in covering}) == len(STAGES)
    assert stage_class(Stage.EMERGENCE) == ""
    assert colour_class(3) == "c3"


def test_the_picture_has_a_colour_for_each_class() -> None:
    assert (len(HUES), len(RAMP)) == (COLOURS, len(STAGES))
