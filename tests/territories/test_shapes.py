"""Outlines in the database: drawn with the reference, read for maps, joined when communes merge."""

from pathlib import Path

import pytest
from shapely import box
from shapely.geometry.base import BaseGeometry

from territories.loading import load
from territories.models import Adjacency, Commune, CommuneShape
from territories.outlines import Outline
from territories.schematic import Place
from territories.shapes import (
    contours_version,
    draw_schematic,
    is_schematic,
    origin_of,
    replace_official,
    shapes_of,
    swallow,
)
from tests.cast import Geography
from tests.queries import QueryCount
from tests.territories.reference import table, write_reference

pytestmark = pytest.mark.django_db

BETHUNE, ESSARS, ANNEZIN, BEUVRY = "62119", "62310", "62035", "62126"


def place(code: str, west: float) -> Place:
    return Place(code, west + 0.5, 50.5, (west, 50, west + 1, 51))


def row_of_four() -> list[Place]:
    """Annezin, Béthune, Essars, Beuvry from west to east, each touching the next."""
    codes = (ANNEZIN, BETHUNE, ESSARS, BEUVRY)
    return [place(code, 1 + step) for step, code in enumerate(codes)]


@pytest.fixture
def communes(geography: Geography) -> None:
    for code in (ANNEZIN, BETHUNE, ESSARS, BEUVRY):
        Commune.objects.get_or_create(
            pk=code, defaults={"name": code, "departement": geography.pas_de_calais}
        )


def outline(shape: BaseGeometry) -> Outline:
    return Outline(shape, shape)


def neighbours_of(code: str) -> set[str]:
    return set(Adjacency.objects.filter(commune=code).values_list("neighbour", flat=True))


def test_the_reference_draws_the_schematic_map(tmp_path: Path) -> None:
    assert load(write_reference(tmp_path)).counts["contours approchés"] == 3
    assert set(shapes_of()) == {"2A004", "62108", "62119"}
    assert set(CommuneShape.objects.values_list("origin", flat=True)) == {"schematic"}


def test_loading_again_keeps_the_version_and_moving_a_centre_changes_it(tmp_path: Path) -> None:
    load(write_reference(tmp_path))
    version = contours_version()
    load(write_reference(tmp_path, regions=table("regions").replace("Corse", "La Corse")))
    assert contours_version() == version
    moved = table("commune_points").replace("2.6743,50.5496", "2.7743,50.5496")
    load(write_reference(tmp_path, commune_points=moved))
    assert contours_version() not in {version, ""}


@pytest.mark.usefixtures("communes")
class TestSchematic:
    def test_neighbours_stand_from_both_sides(self) -> None:
        draw_schematic(row_of_four())
        assert neighbours_of(BETHUNE) == {ANNEZIN, ESSARS}
        assert neighbours_of(ANNEZIN) == {BETHUNE}

    def test_official_outlines_are_never_replaced_by_a_sketch(self) -> None:
        draw_schematic(row_of_four())
        official = box(2, 50, 3, 51)
        replace_official(
            {BETHUNE: outline(official), BEUVRY: outline(box(3, 50, 4, 51))}, [(BETHUNE, BEUVRY)]
        )
        draw_schematic(row_of_four())
        assert shapes_of([BETHUNE])[BETHUNE].equals(official)
        assert neighbours_of(BETHUNE) == {ANNEZIN, ESSARS, BEUVRY}
        assert origin_of([ANNEZIN, BETHUNE]) == {ANNEZIN: "schematic", BETHUNE: "official"}

    def test_the_ground_of_a_vanished_commune_goes_to_its_successor(self) -> None:
        Commune.objects.filter(pk=ESSARS).update(successor=BETHUNE)
        draw_schematic(row_of_four())
        shapes = shapes_of()
        assert set(shapes) == {ANNEZIN, BETHUNE, BEUVRY}
        assert shapes[BETHUNE].area == pytest.approx(2)
        assert neighbours_of(BETHUNE) == {ANNEZIN, BEUVRY}

    def test_a_failed_drawing_leaves_yesterday_whole(self) -> None:
        draw_schematic(row_of_four())
        version = contours_version()
        with pytest.raises(Exception, match=r"."):
            draw_schematic([*row_of_four(), place("99999", 6), place("99998", float("nan"))])
        assert contours_version() == version
        assert len(shapes_of()) == 4


@pytest.mark.usefixtures("communes")
class TestReading:
    def test_an_arrondissement_shows_its_city(self, geography: Geography) -> None:
        Commune.objects.create(
            pk="62999",
            name="1er arrondissement",
            kind="ARM",
            parent_id=BETHUNE,
            departement=geography.pas_de_calais,
        )
        draw_schematic(row_of_four())
        with QueryCount() as count:
            shapes = shapes_of(["62999", ESSARS, "00000"])
        assert set(shapes) == {"62999", ESSARS}
        assert shapes["62999"].equals(shapes_of([BETHUNE])[BETHUNE])
        assert count.number == 3
        assert is_schematic(["62999"])

    def test_a_vanished_commune_shows_its_successor(self) -> None:
        Commune.objects.filter(pk=ESSARS).update(successor=BETHUNE)
        draw_schematic(row_of_four())
        assert shapes_of([ESSARS])[ESSARS].equals(shapes_of([BETHUNE])[BETHUNE])

    def test_both_details_are_kept(self) -> None:
        replace_official({BETHUNE: Outline(box(1, 50, 2, 51), box(1, 50, 3, 51))}, [])
        assert shapes_of([BETHUNE])[BETHUNE].area == 1
        assert shapes_of([BETHUNE], coarse=True)[BETHUNE].area == 2
        assert not is_schematic()

    def test_nothing_drawn_is_an_empty_map(self) -> None:
        assert shapes_of() == {}
        assert contours_version() == ""
        assert not is_schematic()


@pytest.mark.usefixtures("communes")
class TestMerging:
    def test_one_outline_and_the_neighbours_of_both(self) -> None:
        draw_schematic(row_of_four())
        version = contours_version()
        Commune.objects.filter(pk=ESSARS).update(successor=BETHUNE)
        swallow({ESSARS: BETHUNE})
        shapes = shapes_of()
        assert set(shapes) == {ANNEZIN, BETHUNE, BEUVRY}
        assert shapes[BETHUNE].area == pytest.approx(2)
        assert neighbours_of(BETHUNE) == {ANNEZIN, BEUVRY}
        assert neighbours_of(BEUVRY) == {BETHUNE}
        assert contours_version() != version

    def test_official_contours_of_today_hide_those_of_vanished_communes(self) -> None:
        draw_schematic(row_of_four())
        Commune.objects.filter(pk=ESSARS).update(successor=BETHUNE)
        replace_official({BETHUNE: outline(box(2, 50, 4, 51))}, [])
        assert set(origin_of([BETHUNE, ESSARS])) == {BETHUNE}
