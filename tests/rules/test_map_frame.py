"""From degrees to the units of a drawing, and to path data as short as can be."""

import re

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Polygon, box

from territories.maps.frame import (
    MARGIN,
    TALLEST,
    WIDTH,
    centre_of,
    frame_of,
    land_of,
    line_data,
    path_data,
    simplified,
)

LILLE, AJACCIO = box(2.9, 50.5, 3.1, 50.7), box(8.6, 41.8, 8.8, 42.0)
POINTE_A_PITRE, MAMOUDZOU = box(-61.6, 16.2, -61.5, 16.3), box(45.1, -12.8, 45.2, -12.7)


def points_of(data: str) -> list[tuple[int, int]]:
    """Reads our own path data back, as a browser would: every point, in order."""
    found, x, y = [], 0, 0
    for piece in data.rstrip("z").split("z"):
        numbers = [int(number) for number in re.findall(r"-?\d+", piece)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            found.append((x, y))
        x, y = found[-len(numbers) // 2]
    return found


def test_a_commune_belongs_to_its_land() -> None:
    assert [land_of(code) for code in ("62119", "2A004", "97105", "97608")] == [
        "",
        "",
        "971",
        "976",
    ]


def test_corsica_is_in_its_place_and_islands_of_overseas_have_insets() -> None:
    frame = frame_of(
        {"59350": LILLE, "2A004": AJACCIO, "97120": POINTE_A_PITRE, "97608": MAMOUDZOU}
    )
    assert [panel.label for panel in frame.insets] == ["Guadeloupe", "Mayotte"]
    units = frame.project({"59350": LILLE, "2A004": AJACCIO, "97120": POINTE_A_PITRE})
    assert units["2A004"].centroid.x > units["59350"].centroid.x
    assert units["2A004"].centroid.y > units["59350"].centroid.y
    inset = frame.insets[0]
    assert box(
        inset.x - 1, inset.y - 1, inset.x + inset.width + 1, inset.y + inset.height + 1
    ).contains(units["97120"])
    # The insets stand below the mainland, within the sheet.
    assert inset.y > units["2A004"].bounds[3]
    assert inset.y + inset.height < frame.height


def test_an_overseas_departement_alone_fills_the_frame() -> None:
    frame = frame_of({"97120": POINTE_A_PITRE})
    assert frame.insets == []
    west, _, east, _ = frame.project({"97120": POINTE_A_PITRE})["97120"].bounds
    assert round(west) == MARGIN
    assert round(east) == frame.width - MARGIN


def test_lengths_are_equal_in_both_directions() -> None:
    """At 60° a degree of longitude is half a degree of latitude long."""
    frame = frame_of({"1": box(0, 59.5, 2, 60.5)})
    west, north, east, south = frame.project({"1": box(0, 59.5, 2, 60.5)})["1"].bounds
    assert abs((east - west) - (south - north)) < 1


def test_a_long_land_gets_a_narrower_frame() -> None:
    frame = frame_of({"1": box(0, 45, 0.1, 50)})
    assert frame.height <= TALLEST
    assert frame.width < WIDTH / 2


def test_nothing_to_show_is_an_empty_frame() -> None:
    assert frame_of({}).panels == {}


# --- Path data -------------------------------------------------------------------------------


def test_path_data_is_relative_whole_and_closed() -> None:
    assert path_data(Polygon([(10, 20), (13, 16), (18.2, 22.4)])) == "m10 20 3-4 5 6z"


def test_rings_follow_each_other_from_the_start_of_the_one_before() -> None:
    ring = Polygon(box(0, 0, 90, 90).exterior, [box(30, 30, 60, 60).exterior])
    assert points_of(path_data(ring))[4:] == [
        (round(x), round(y)) for x, y in ring.interiors[0].coords[:-1]
    ]


def test_a_speck_of_land_stays_visible() -> None:
    assert path_data(box(10.1, 10.1, 10.3, 10.3)) == "m10 10h2v2h-2z"


def test_lines_stay_open() -> None:
    assert line_data(LineString([(0, 0), (5, 5), (5.2, 5.1), (9, 2)])) == "m0 0 5 5 4-3"


@given(
    st.lists(
        st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=3, max_size=12, unique=True
    )
)
def test_path_data_says_the_very_points(points: list[tuple[int, int]]) -> None:
    hull = shapely.convex_hull(shapely.multipoints(points))
    if hull.geom_type != "Polygon":
        return
    expected = [(int(x), int(y)) for x, y in hull.exterior.coords[:-1]]
    assert points_of(path_data(hull)) == expected


# --- Simplification and labels ---------------------------------------------------------------


def test_neighbours_go_on_sharing_their_border() -> None:
    wave = [(50 + np.sin(y) * 0.1, y) for y in range(0, 101, 2)]
    left = Polygon([(0, 0), *wave, (0, 100)])
    right = Polygon([(100, 0), *wave, (100, 100)])
    one, other = simplified([left, right])
    assert len(one.exterior.coords) < len(left.exterior.coords) / 2
    assert one.intersection(other).area == 0
    assert abs(one.union(other).area - 10_000) < 1


def test_a_label_stands_in_the_widest_part() -> None:
    shape = MultiPolygon([box(0, 0, 10, 10), box(100, 100, 200, 200)])
    x, y, radius = centre_of(shape)
    assert abs(x - 150) <= 2
    assert abs(y - 150) <= 2
    assert radius > 45
