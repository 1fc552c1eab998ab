"""The schematic map: neighbours share their border, islands stand alone, overseas is apart."""

from functools import cache

import numpy as np
import shapely

from territories.reference_files import Reference
from territories.schematic import Drawing, Place, draw, read_places


def grid(width: int = 4) -> list[Place]:
    """Square communes of a tenth of a degree, side by side."""
    return [
        square(f"62{x}{y:02}", 2 + x / 10, 50 + y / 10) for x in range(width) for y in range(width)
    ]


def square(code: str, lon: float, lat: float) -> Place:
    """A commune of a tenth of a degree around its centre."""
    west, south = round(lon - 0.05, 4), round(lat - 0.05, 4)
    return Place(code, lon, lat, (west, south, round(west + 0.1, 4), round(south + 0.1, 4)))


def around(drawing: Drawing, code: str) -> set[str]:
    return {one for pair in drawing.neighbours if code in pair for one in pair} - {code}


class TestDrawing:
    def test_cells_cover_the_boxes_without_overlap_or_gap(self) -> None:
        shapes = list(draw(grid()).shapes.values())
        assert len(shapes) == 16
        assert shapely.coverage_is_valid(shapes)
        whole = shapely.coverage_union_all(shapes)
        assert whole.geom_type == "Polygon"
        assert abs(whole.area - 0.16) < 1e-9

    def test_each_commune_holds_its_centre(self) -> None:
        shapes = draw(grid()).shapes
        assert all(
            shapes[place.code].covers(shapely.Point(place.lon, place.lat)) for place in grid()
        )

    def test_communes_whose_boxes_do_not_touch_are_no_neighbours(self) -> None:
        island = square("29155", 1.0, 50.1)
        drawing = draw([*grid(), island])
        assert around(drawing, "29155") == set()
        assert around(drawing, "62000") >= {"62100", "62001"}

    def test_one_commune_alone_is_its_box(self) -> None:
        place = Place("97502", -56.2, 46.8, (-56.3, 46.7, -56.1, 46.9))
        assert draw([place]).shapes["97502"].equals(shapely.box(-56.3, 46.7, -56.1, 46.9))

    def test_two_communes_with_one_centre_do_not_break_the_map(self) -> None:
        twice = [*grid(), Place("62999", 2.0, 50.0)]
        drawn = draw(twice).shapes
        assert shapely.coverage_is_valid(list(drawn.values()))
        assert len(drawn) >= 16

    def test_no_commune_gives_an_empty_map(self) -> None:
        assert draw([]).shapes == {}


@cache
def france() -> Drawing:
    return draw(read_places(Reference().rows("commune_points.csv.gz")))


class TestFrance:
    """The committed centres."""

    def test_nearly_every_commune_is_drawn_and_borders_are_shared(self) -> None:
        shapes = np.array(list(france().shapes.values()))
        assert len(shapes) == 34863
        assert shapely.is_valid(shapes).all()
        assert shapely.coverage_is_valid(shapes)

    def test_ouessant_has_no_neighbour_and_bethune_has_several(self) -> None:
        assert around(france(), "29155") == set()
        assert around(france(), "62119") >= {"62035", "62310"}  # Annezin, Essars

    def test_overseas_and_corsica_are_where_they_lie(self) -> None:
        west, south, _, _ = france().shapes["97411"].bounds  # Saint-Denis de La Réunion
        assert 55 < west < 56 and -22 < south < -20
        assert france().shapes["2A004"].bounds[1] < 42

    def test_a_limit_of_departement_is_a_border_like_another(self) -> None:
        """The 60 communes of Saint-Dizier lie in Haute-Marne and in Marne."""
        assert {code[:2] for code in around(france(), "52534")} == {"51", "52"}  # Villiers-en-Lieu
