"""Outlines: repaired, simplified together, and who touches whom."""

import numpy as np
import shapely
from shapely import LineString, Point, Polygon, box

from territories.outlines import merged, neighbours, polygonal, simplify_together


def wavy(west: float, points: int = 400) -> list[tuple[float, float]]:
    """A border from south to north that waves by a few metres."""
    return [(west + 0.0002 * (step % 2), 45 + step / points) for step in range(points + 1)]


def two_with_a_wavy_border() -> dict[str, Polygon]:
    border = wavy(2.0)
    return {
        "62001": Polygon([*border, (1.0, 46.0), (1.0, 45.0)]),
        "62002": Polygon([*border, (3.0, 46.0), (3.0, 45.0)]),
    }


class TestPolygonal:
    def test_a_valid_shape_is_left_as_it_is(self) -> None:
        square = box(0, 0, 1, 1)
        assert polygonal(square) is square

    def test_a_bow_tie_becomes_two_triangles(self) -> None:
        repaired = polygonal(Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]))
        assert repaired.is_valid
        assert shapely.get_num_geometries(repaired) == 2

    def test_lines_and_points_are_left_out(self) -> None:
        mixed = shapely.GeometryCollection([box(0, 0, 1, 1), LineString([(2, 2), (3, 3)])])
        assert polygonal(mixed).equals(box(0, 0, 1, 1))
        assert polygonal(Point(1, 1)).is_empty
        assert polygonal(None).is_empty


class TestSimplifyTogether:
    def test_neighbours_go_on_sharing_their_border(self) -> None:
        outlines = simplify_together(two_with_a_wavy_border())
        for detail in ("detailed", "coarse"):
            shapes = [getattr(outline, detail) for outline in outlines.values()]
            assert shapely.coverage_is_valid(shapes)
            assert shapely.get_num_coordinates(shapely.coverage_union_all(shapes)) < 12

    def test_the_coarse_one_is_the_lighter(self) -> None:
        hills = [(2 + 0.02 * np.sin(step / 6), 45 + step / 400) for step in range(401)]
        one = Polygon([*hills, (1.0, 46.0), (1.0, 45.0)])
        outline = simplify_together({"62001": one})["62001"]
        fine, rough = map(shapely.get_num_coordinates, (outline.detailed, outline.coarse))
        assert rough < fine < shapely.get_num_coordinates(one)

    def test_a_tiny_commune_does_not_vanish(self) -> None:
        rock = box(2, 46, 2.0001, 46.0001)
        assert not simplify_together({"29083": rock})["29083"].coarse.is_empty

    def test_nothing_gives_nothing(self) -> None:
        assert simplify_together({}) == {}
        assert neighbours({}) == set()


class TestNeighbours:
    def test_a_shared_border_makes_neighbours_and_a_corner_does_not(self) -> None:
        grid = {f"0{x}{y}": box(x, y, x + 1, y + 1) for x in range(2) for y in range(2)}
        assert neighbours(grid) == {
            ("000", "001"),
            ("000", "010"),
            ("001", "011"),
            ("010", "011"),
        }

    def test_outlines_drawn_apart_touch_when_they_overlap_a_little(self) -> None:
        assert neighbours({"b": box(0, 0, 1, 1), "a": box(0.99, 0, 2, 1)}) == {("a", "b")}

    def test_an_island_has_none(self) -> None:
        assert neighbours({"29155": box(0, 0, 1, 1), "29019": box(2, 0, 3, 1)}) == set()


class TestMerged:
    def test_a_territory_has_one_outline_without_slivers(self) -> None:
        whole = merged(two_with_a_wavy_border().values())
        assert whole.geom_type == "Polygon"
        assert len(whole.interiors) == 0

    def test_overlapping_shapes_merge_too(self) -> None:
        assert merged([box(0, 0, 2, 1), box(1, 0, 3, 1)]).equals(box(0, 0, 3, 1))

    def test_nothing_is_an_empty_outline(self) -> None:
        assert merged([]).is_empty
