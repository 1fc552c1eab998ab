"""Official outlines: whole or not at all, with the neighbours that their borders tell."""

import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.management import CommandError, call_command
from shapely import box
from shapely.geometry.base import BaseGeometry

from territories.models import Adjacency, Commune, CommuneShape
from territories.shapes import contours_version, is_schematic, origin_of, shapes_of
from tests.territories.real_places import load_places

pytestmark = pytest.mark.django_db

LAMBRES, CULOZ, BEON, AJACCIO = "62486", "01138", "01039", "2A004"
OUESSANT, MOLENE, SAINT_DENIS = "29155", "29084", "97411"
PARIS, PARIS_13, PARIS_14 = "75056", "75113", "75114"
PLACES = (LAMBRES, CULOZ, AJACCIO, OUESSANT, SAINT_DENIS, PARIS, PARIS_13, PARIS_14)

# Schematic squares where these places really lie.
SHAPES: dict[str, BaseGeometry] = {
    LAMBRES: box(2.3, 50.6, 2.4, 50.7),
    CULOZ: box(5.7, 45.8, 5.8, 45.9),
    BEON: box(5.8, 45.8, 5.9, 45.9),
    AJACCIO: box(8.6, 41.9, 8.7, 42.0),
    OUESSANT: box(-5.14, 48.43, -5.03, 48.48),
    SAINT_DENIS: box(55.4, -21.0, 55.5, -20.9),
    PARIS: box(2.2, 48.8, 2.4, 48.9),
    PARIS_13: box(2.3, 48.8, 2.4, 48.9),
    PARIS_14: box(2.2, 48.8, 2.3, 48.9),
}


def collection(shapes: dict[str, BaseGeometry]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"code": code},
                "geometry": json.loads(shapely.to_geojson(shape)),
            }
            for code, shape in shapes.items()
        ],
    }


@pytest.fixture
def places(tmp_path: Path) -> None:
    folder = tmp_path / "reference"
    folder.mkdir()
    load_places(folder, PLACES)


@pytest.fixture
def bring(tmp_path: Path) -> Any:
    """`bring({code: shape}, …)`: one file for each group."""

    def _bring(*groups: dict[str, BaseGeometry], **options: Any) -> None:
        paths = []
        for number, group in enumerate(groups):
            path = tmp_path / f"communes-{number}.geojson"
            path.write_text(json.dumps(collection(group)), encoding="utf-8")
            paths.append(str(path))
        call_command("import_contours", *paths, **options)

    return _bring


def neighbours_of(code: str) -> set[str]:
    return set(Adjacency.objects.filter(commune=code).values_list("neighbour", flat=True))


def some(*codes: str) -> dict[str, BaseGeometry]:
    return {code: SHAPES[code] for code in codes}


@pytest.mark.usefixtures("places")
class TestOutlines:
    def test_official_outlines_take_the_place_of_the_sketch(self, bring: Any) -> None:
        version = contours_version()
        assert is_schematic()
        bring(SHAPES)
        assert not is_schematic()
        assert contours_version() != version
        assert shapes_of([AJACCIO])[AJACCIO].equals(SHAPES[AJACCIO])
        assert shapes_of([SAINT_DENIS], coarse=True)[SAINT_DENIS].equals(SHAPES[SAINT_DENIS])

    def test_a_merged_commune_has_the_ground_of_both(self, bring: Any) -> None:
        bring(some(CULOZ, BEON))
        assert shapes_of([CULOZ])[CULOZ].equals(box(5.7, 45.8, 5.9, 45.9))
        assert BEON not in shapes_of()

    def test_communes_that_the_file_does_not_hold_keep_theirs(
        self, bring: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bring(some(LAMBRES))
        assert origin_of([LAMBRES, OUESSANT]) == {LAMBRES: "official", OUESSANT: "schematic"}
        assert "gardent leur contour" in capsys.readouterr().out

    def test_paris_whole_and_by_arrondissement(self, bring: Any) -> None:
        assert shapes_of([PARIS_13])[PARIS_13].equals(shapes_of([PARIS])[PARIS])
        bring(some(PARIS), some(PARIS_13, PARIS_14))
        assert shapes_of([PARIS_13])[PARIS_13].equals(SHAPES[PARIS_13])
        assert neighbours_of(PARIS_13) == {PARIS_14}
        assert neighbours_of(PARIS) == set()

    def test_ouessant_has_no_neighbour(self, bring: Any) -> None:
        bring(SHAPES)
        assert neighbours_of(OUESSANT) == set()
        assert OUESSANT in shapes_of()

    def test_a_new_file_makes_new_neighbours_for_its_communes_only(self, bring: Any) -> None:
        Adjacency.objects.create(commune_id=LAMBRES, neighbour_id=OUESSANT)
        Adjacency.objects.create(commune_id=LAMBRES, neighbour_id=AJACCIO)
        bring({**some(LAMBRES), AJACCIO: box(8.6, 41.9, 8.7, 42.0)})
        assert neighbours_of(LAMBRES) == {OUESSANT}

    def test_collectivities_outside_the_portal_are_passed_over(self, bring: Any) -> None:
        bring({**some(LAMBRES), "97502": box(-56.3, 46.7, -56.1, 46.9)})
        assert set(origin_of(PLACES)) >= {LAMBRES}

    def test_twice_changes_nothing_and_says_so(
        self, bring: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bring(SHAPES)
        assert "8 contours officiels enregistrés" in capsys.readouterr().out
        version = contours_version()
        bring(SHAPES)
        assert "Rien à modifier" in capsys.readouterr().out
        assert contours_version() == version

    def test_a_dry_run_writes_nothing(self, bring: Any, capsys: pytest.CaptureFixture[str]) -> None:
        version = contours_version()
        bring(SHAPES, dry_run=True)
        assert "8 contours officiels enregistrés" in capsys.readouterr().out
        assert contours_version() == version
        assert is_schematic()


@pytest.mark.usefixtures("places")
class TestRefused:
    def refused(self, bring: Any, *groups: dict[str, BaseGeometry]) -> None:
        before = contours_version()
        with pytest.raises(CommandError, match="1 ligne rejetée : rien n’a été modifié"):
            bring(*groups)
        assert contours_version() == before
        assert not CommuneShape.objects.filter(origin="official").exists()

    def test_an_object_is_named_by_its_number(
        self, bring: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.refused(bring, {**some(LAMBRES), "62999": SHAPES[CULOZ]})
        assert (
            "communes-0.geojson, objet 2 : commune inconnue : « 62999 »" in capsys.readouterr().err
        )

    def test_a_code_in_two_files(self, bring: Any, capsys: pytest.CaptureFixture[str]) -> None:
        self.refused(bring, some(LAMBRES, CULOZ), some(CULOZ))
        assert "communes-1.geojson, objet 1 : « 01138 » figure deux fois" in capsys.readouterr().err

    def test_metres_instead_of_degrees(
        self, bring: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.refused(bring, {LAMBRES: box(650000, 7060000, 651000, 7061000)})
        assert "hors de France" in capsys.readouterr().err

    def test_a_file_of_departements_is_foreign(self, bring: Any) -> None:
        self.refused(bring, {"62": SHAPES[LAMBRES]})

    def test_a_truncated_or_absent_file(self, tmp_path: Path) -> None:
        cut = tmp_path / "cut.geojson"
        cut.write_text(json.dumps(collection(SHAPES))[:-40], encoding="utf-8")
        for path, reason in [(cut, "tronqué"), (tmp_path / "absent.json", "introuvable")]:
            with pytest.raises(CommandError, match=reason):
                call_command("import_contours", str(path))

    def test_only_communes_from_elsewhere(self, bring: Any) -> None:
        with pytest.raises(CommandError, match="aucune commune du portail"):
            bring({"97502": box(-56.3, 46.7, -56.1, 46.9)})


@pytest.mark.usefixtures("places")
def test_an_address_is_fetched_when_the_operator_gives_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = json.dumps(collection(some(LAMBRES))).encode()
    monkeypatch.setattr(
        "territories.imports.contours.fetch", lambda address: (address.rsplit("/", 1)[-1], data)
    )
    call_command("import_contours", "https://exemple.fr/communes.geojson")
    assert origin_of([LAMBRES]) == {LAMBRES: "official"}
    assert Commune.objects.get(pk=LAMBRES).name == "Lambres-lez-Aire"
