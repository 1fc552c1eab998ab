"""GeoJSON and TopoJSON of communes: read whole, or refused in one sentence."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely import box

from foundation.refusal import Refused
from territories.imports.contour_files import Contour, files_in, read_contours
from territories.outlines import neighbours

BETHUNE, ESSARS = box(2.6, 50.5, 2.7, 50.6), box(2.7, 50.5, 2.8, 50.6)


def geojson(*features: tuple[dict[str, Any], Any]) -> bytes:
    """Each feature: its own keys, and its shape or `None`."""
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    **keys,
                    "geometry": None if shape is None else json.loads(shapely.to_geojson(shape)),
                }
                for keys, shape in features
            ],
        }
    ).encode()


# Béthune and Essars side by side on a grid of hundredths of a degree; ~1 is the common border.
TOPOLOGY: dict[str, Any] = {
    "type": "Topology",
    "transform": {"scale": [0.01, 0.01], "translate": [2.6, 50.5]},
    "arcs": [
        [[10, 10], [-10, 0], [0, -10], [10, 0]],
        [[10, 0], [0, 10]],
        [[10, 10], [10, 0], [0, -10], [-10, 0]],
    ],
    "objects": {
        "communes": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "id": "62119", "arcs": [[0, 1]]},
                {"type": "MultiPolygon", "id": "62310", "arcs": [[[2, 1]]]},
            ],
        }
    },
}


def read(data: bytes) -> list[Contour]:
    return list(read_contours("communes.json", data))


def shapes(data: bytes) -> dict[str, Any]:
    return {contour.code: contour.shape for contour in read(data)}


class TestTopojson:
    def test_neighbours_share_the_same_points(self) -> None:
        found = shapes(json.dumps(TOPOLOGY).encode())
        assert found["62119"].symmetric_difference(BETHUNE).area < 1e-9
        assert found["62310"].symmetric_difference(ESSARS).area < 1e-9
        assert shapely.coverage_is_valid(list(found.values()))
        assert neighbours(found) == {("62119", "62310")}

    def test_an_arc_walked_backwards(self) -> None:
        turned = json.loads(json.dumps(TOPOLOGY))
        turned["arcs"][1] = [[10, 10], [0, -10]]
        members = turned["objects"]["communes"]["geometries"]
        members[0]["arcs"], members[1]["arcs"] = [[0, ~1]], [[[2, ~1]]]
        assert (
            shapes(json.dumps(turned).encode())["62119"].symmetric_difference(BETHUNE).area < 1e-9
        )

    def test_without_quantisation(self) -> None:
        plain = {
            **TOPOLOGY,
            "arcs": [[[2.6, 50.5], [2.7, 50.5], [2.7, 50.6], [2.6, 50.6], [2.6, 50.5]]],
            "objects": {"communes": {"type": "Polygon", "id": "62119", "arcs": [[0]]}},
        }
        del plain["transform"]
        assert shapes(json.dumps(plain).encode())["62119"].equals(BETHUNE)

    @pytest.mark.parametrize(
        "change",
        [
            {"arcs": []},
            {"arcs": [[["a", "b"]]]},
            {"arcs": None},
            {"objects": []},
            {"objects": {"communes": {"type": "GeometryCollection"}}},
            {"transform": {"scale": [1]}},
        ],
    )
    def test_a_broken_topology_is_foreign(self, change: dict[str, Any]) -> None:
        with pytest.raises(Refused, match="ni du GeoJSON ni du TopoJSON"):
            read(json.dumps({**TOPOLOGY, **change}).encode())

    def test_an_object_without_arcs_has_no_contour(self) -> None:
        empty = json.loads(json.dumps(TOPOLOGY))
        empty["objects"]["communes"]["geometries"][0] = {"type": None, "id": "62119"}
        first, second = read(json.dumps(empty).encode())
        assert first.problem == "« 62119 » n’a pas de contour"
        assert (second.number, second.problem) == (2, "")


class TestGeojson:
    @pytest.mark.parametrize(
        "keys",
        [
            {"id": "62119"},
            {"properties": {"code": "62119", "nom": "Béthune"}},
            {"properties": {"INSEE_COM": "62119"}, "id": "COMMUNE_0001"},
            {"properties": {"codgeo": 62119}},
            {"properties": {"insee": "62119", "code_epci": "200072460"}},
        ],
    )
    def test_the_code_as_publishers_write_it(self, keys: dict[str, Any]) -> None:
        assert shapes(geojson((keys, BETHUNE))) == {"62119": BETHUNE}

    def test_a_lost_zero_and_a_small_letter_are_put_back(self) -> None:
        ajaccio = box(8.6, 41.9, 8.7, 42)
        found = shapes(geojson(({"id": 1138}, BETHUNE), ({"id": "2a004"}, ajaccio)))
        assert set(found) == {"01138", "2A004"}

    def test_compressed_and_with_a_mark_of_order(self) -> None:
        data = gzip.compress(b"\xef\xbb\xbf" + geojson(({"id": "62119"}, BETHUNE)))
        assert shapes(data) == {"62119": BETHUNE}

    def test_a_bow_tie_is_repaired(self) -> None:
        tie = shapely.Polygon([(2.6, 50.5), (2.7, 50.6), (2.7, 50.5), (2.6, 50.6)])
        assert shapes(geojson(({"id": "62119"}, tie)))["62119"].is_valid

    @pytest.mark.parametrize(
        ("keys", "shape", "problem"),
        [
            ({}, BETHUNE, "le code de la commune manque"),
            ({"id": "62119"}, None, "n’a pas de contour"),
            ({"id": "62119"}, shapely.Point(2.6, 50.5), "n’a pas de contour"),
            ({"id": "62119"}, shapely.Polygon(), "n’a pas de contour"),
            ({"id": "62119"}, box(50.5, 2.6, 50.6, 2.7), "hors de France"),
            ({"id": "62119"}, box(650000, 6860000, 651000, 6861000), "hors de France"),
            ({"id": "97411"}, BETHUNE, "hors de France"),
        ],
    )
    def test_a_bad_object_is_numbered(self, keys: dict[str, Any], shape: Any, problem: str) -> None:
        _, bad = read(geojson(({"id": "62310"}, ESSARS), (keys, shape)))
        assert (bad.number, bad.shape) == (2, None)
        assert problem in bad.problem

    def test_saint_denis_lies_in_its_ocean(self) -> None:
        shape = box(55.4, -21, 55.5, -20.9)
        assert shapes(geojson(({"id": "97411"}, shape))) == {"97411": shape}


class TestUnreadable:
    WHOLE = geojson(({"id": "62119"}, BETHUNE))

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (WHOLE[:-30], "tronqué"),
            (gzip.compress(WHOLE)[:-30], "tronqué ou abîmé"),
            (b"insee_code,name\n62119,x\n", "tronqué"),
            (b"[1, 2]", "ni du GeoJSON ni du TopoJSON"),
            (b'{"type": "Feature"}', "ni du GeoJSON ni du TopoJSON"),
            (b'{"type": "FeatureCollection"}', "ni du GeoJSON ni du TopoJSON"),
            (b'{"type": "FeatureCollection", "features": [3]}', "ni du GeoJSON ni du TopoJSON"),
            (b'{"type": "FeatureCollection", "features": []}', "aucun contour"),
            (WHOLE.replace(b"Polygon", b"Pentagon"), "ni du GeoJSON ni du TopoJSON"),
            (WHOLE.replace(b"2.7", b'"x"'), "ni du GeoJSON ni du TopoJSON"),
            ("é".encode("latin-1"), "UTF-8"),
            (b"[" * 100_000, "tronqué"),
        ],
    )
    def test_said_in_one_sentence(self, data: bytes, reason: str) -> None:
        with pytest.raises(Refused, match=reason):
            read(data)

    def test_a_folder_gives_its_maps_by_name(self, tmp_path: Path) -> None:
        for name in ("b.topojson", "a.geojson.gz", "notes.txt"):
            (tmp_path / name).touch()
        assert [path.name for path in files_in(tmp_path)] == ["a.geojson.gz", "b.topojson"]
        (tmp_path / "empty").mkdir()
        with pytest.raises(Refused, match="ne contient ni GeoJSON ni TopoJSON"):
            files_in(tmp_path / "empty")
