"""Open data: the dictionary says what the files hold, nothing personal, and caches are served."""

import csv
import datetime as dt
import gzip
import json
from typing import Any

import brotli
import pytest
import shapely
from django.test import Client

from foundation import clock
from territories.actions import ChosenCommune, choose_communes, hand_over_territory, move
from territories.models import Commune, CommuneShape, Rendition, Stage, TerritoryCommune
from territories.open_data.files import CPTS_COLUMNS, FILES, LIMITS
from tests.cast import Cast
from tests.queries import QueryCount
from tests.territories.test_views import text_of

pytestmark = pytest.mark.django_db
PAGE = "/donnees/"


def rows_of(client: Client, name: str, **query: str) -> list[dict[str, str]]:
    response = client.get(f"{PAGE}{name}.csv", query)
    assert response.status_code == 200
    return list(csv.DictReader(response.content.decode().splitlines()))


def outlines_of(client: Client, **query: str) -> dict[str, Any]:
    content = json.loads(client.get(f"{PAGE}cpts.geojson", query).content)
    assert content["type"] == "FeatureCollection"
    return {feature["id"]: feature for feature in content["features"]}


def draw(code: str, west: int, origin: str = CommuneShape.Origin.OFFICIAL) -> None:
    """A square of one degree."""
    square = shapely.to_wkb(shapely.box(west, 50, west + 1, 51))
    CommuneShape.objects.create(commune_id=code, detailed=square, coarse=square, origin=origin)


class TestDictionary:
    @pytest.mark.parametrize("name", sorted(FILES))
    def test_headers_are_those_of_the_dictionary(
        self, client: Client, cast: Cast, name: str
    ) -> None:
        told = [row for row in rows_of(client, "dictionnaire") if row["fichier"] == f"{name}.csv"]
        header = client.get(f"{PAGE}{name}.csv").content.decode().splitlines()[0]
        assert header.split(",") == [row["colonne"] for row in told]
        assert all(row["description"].endswith(".") for row in told)

    def test_properties_are_those_of_the_dictionary(self, client: Client, cast: Cast) -> None:
        told = [row for row in rows_of(client, "dictionnaire") if row["fichier"] == "cpts.geojson"]
        feature = outlines_of(client)[cast.rives.slug]
        assert list(feature["properties"]) == [row["colonne"] for row in told]
        assert [row["colonne"] for row in told][-1] == LIMITS.name

    def test_the_page_holds_it_too(self, client: Client, cast: Cast) -> None:
        html = text_of(client.get(PAGE))
        assert "Licence Ouverte 2.0" in html
        for file in FILES.values():
            assert f'href="/donnees/{file.name}.csv"' in html
            for column in file.columns:
                assert column.name in html


class TestRows:
    def test_cpts(self, client: Client, cast: Cast) -> None:
        rows = {row["cpts"]: row for row in rows_of(client, "cpts")}
        rives = rows[cast.rives.slug]
        assert (rives["etape"], rives["communes"], rives["population"]) == ("letter", "2", "46648")
        assert (rives["departement"], rives["territoire_complete"]) == ("62", "false")

    def test_links(self, client: Client, cast: Cast) -> None:
        filled = TerritoryCommune.Certainty.FILLED
        chosen = [
            ChosenCommune("62119", share=6250, part="nord"),
            ChosenCommune("62178", certainty=filled),
        ]
        choose_communes(cast.rives, chosen, by=cast.holder)
        rows = [row for row in rows_of(client, "cpts-communes") if row["cpts"] == cast.rives.slug]
        assert [
            (row["commune"], row["part"], row["partie"], row["certitude"], row["complete"])
            for row in rows
        ] == [
            ("62119", "62.5", "nord", "named", "false"),
            ("62178", "100", "", "filled", "true"),
        ]

    def test_a_vanished_commune_says_what_it_became(self, client: Client, cast: Cast) -> None:
        Commune.objects.filter(pk="62178").update(successor="62617")
        rows = {row["commune"]: row for row in rows_of(client, "cpts-communes")}
        assert rows["62178"]["commune_actuelle"] == "62617"
        assert rows["62119"]["commune_actuelle"] == "62119"

    def test_coverage_by_departement_and_year(self, client: Client, cast: Cast) -> None:
        rows = [
            row for row in rows_of(client, "couverture-departements") if row["departement"] == "62"
        ]
        assert rows[0]["date"] == "2019-12-31"
        assert (rows[0]["communes_couvertes"], rows[-1]["communes_couvertes"]) == ("0", "3")
        assert rows[-1]["date"] == clock.today().isoformat()

    def test_another_day_has_its_own_stage_and_version(self, client: Client, cast: Cast) -> None:
        first = clock.today()
        hand_over_territory(cast.rives)
        with clock.at(first + dt.timedelta(days=10)):
            choose_communes(cast.rives, [ChosenCommune("62119")], by=cast.holder)
            move(cast.rives, stage=Stage.PROJECT)
        with clock.at(first + dt.timedelta(days=20)):
            now = {row["cpts"]: row for row in rows_of(client, "cpts")}[cast.rives.slug]
            then = {row["cpts"]: row for row in rows_of(client, "cpts", date=first.isoformat())}[
                cast.rives.slug
            ]
            links = rows_of(client, "cpts-communes", date=first.isoformat())
        assert (now["etape"], now["communes"]) == ("project", "1")
        assert (then["etape"], then["communes"]) == ("letter", "2")
        ended = {row["territoire_au"] for row in links if row["cpts"] == cast.rives.slug}
        assert ended == {(first + dt.timedelta(days=10)).isoformat()}
        before = (first - dt.timedelta(days=1)).isoformat()
        assert rows_of(client, "cpts", date=before) == []

    def test_what_is_not_public_or_has_ended_is_not_there(self, client: Client, cast: Cast) -> None:
        move(cast.rives, public=False)
        move(cast.monts, stage=Stage.TERMINATED)
        assert rows_of(client, "cpts") == rows_of(client, "cpts-communes") == []
        assert outlines_of(client) == {}

    @pytest.mark.parametrize("name", ["cpts.csv", "cpts-communes.csv", "cpts.geojson"])
    def test_nothing_personal(self, client: Client, cast: Cast, name: str) -> None:
        cast.rives.president_name = "Paule Présidente"
        cast.rives.contact_email = "contact@rives.example.org"
        cast.rives.save()
        content = client.get(f"{PAGE}{name}").content.decode()
        assert "Paule" not in content
        assert "@" not in content

    def test_a_name_that_a_spreadsheet_would_run_is_made_harmless(
        self, client: Client, cast: Cast
    ) -> None:
        cast.rives.name = "=1+1"
        cast.rives.save()
        assert "'=1+1" in {row["nom"] for row in rows_of(client, "cpts")}

    @pytest.mark.parametrize("day", ["x", "2018-12-31", "9999-12-31", "1e9", "2025-02-30", "\0"])
    @pytest.mark.parametrize("name", ["cpts.csv", "cpts.geojson"])
    def test_a_day_that_is_none_is_refused_in_a_sentence(
        self, client: Client, cast: Cast, day: str, name: str
    ) -> None:
        response = client.get(f"{PAGE}{name}", {"date": day})
        assert response.status_code == 400
        assert "AAAA-MM-JJ" in response.content.decode()

    def test_an_unknown_file_is_not_found(self, client: Client) -> None:
        assert client.get(f"{PAGE}autre.csv").status_code == 404


class TestOutlines:
    def test_communes_are_merged_into_one(self, client: Client, cast: Cast) -> None:
        draw("62119", 2)
        draw("62178", 3)
        features = outlines_of(client)
        rives = features[cast.rives.slug]
        assert shapely.from_geojson(json.dumps(rives["geometry"])).equals(shapely.box(2, 50, 4, 51))
        assert rives["properties"]["limites"] == "officielles"
        assert features[cast.monts.slug]["geometry"] is None
        assert features[cast.monts.slug]["properties"]["limites"] == "absentes"

    def test_one_approximate_outline_makes_the_whole_approximate(
        self, client: Client, cast: Cast
    ) -> None:
        draw("62119", 2)
        draw("62178", 3, CommuneShape.Origin.SCHEMATIC)
        assert outlines_of(client)[cast.rives.slug]["properties"]["limites"] == "approchées"

    def test_an_arrondissement_without_outline_has_that_of_its_city(
        self, client: Client, cast: Cast
    ) -> None:
        Commune.objects.filter(pk="62516").update(parent="62119")
        draw("62119", 2)
        assert outlines_of(client)[cast.monts.slug]["geometry"] is not None


class TestCaches:
    @pytest.mark.parametrize("name", ["cpts.csv", "cpts.geojson"])
    def test_an_answer_already_known_is_not_sent_again(
        self, client: Client, cast: Cast, name: str
    ) -> None:
        first = client.get(f"{PAGE}{name}")
        assert first["Cache-Control"] == "public, max-age=3600"
        assert first["Access-Control-Allow-Origin"] == "*"
        again = client.get(f"{PAGE}{name}", headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        move(cast.rives, stage=Stage.PROJECT)
        changed = client.get(f"{PAGE}{name}", headers={"If-None-Match": first["ETag"]})
        assert changed.status_code == 200

    def test_it_is_made_once(self, client: Client, cast: Cast) -> None:
        client.get(f"{PAGE}cpts.csv")
        with QueryCount() as count:
            client.get(f"{PAGE}cpts.csv")
        assert count.number == 1

    def test_other_days_fill_no_table(self, client: Client, cast: Cast) -> None:
        client.get(f"{PAGE}cpts.csv", {"date": "2024-12-31"})
        kept = Rendition.objects.count()
        response = client.get(f"{PAGE}cpts.csv", {"date": "2024-12-30"})
        assert response.has_header("ETag")
        assert (kept, Rendition.objects.count()) == (1, 1)

    @pytest.mark.parametrize(
        ("encoding", "opened"),
        [("br", brotli.decompress), ("gzip", gzip.decompress), ("identity", bytes)],
    )
    def test_it_is_compressed_as_the_visitor_accepts(
        self, client: Client, cast: Cast, encoding: str, opened: Any
    ) -> None:
        plain = client.get(f"{PAGE}cpts.csv").content
        response = client.get(f"{PAGE}cpts.csv", headers={"Accept-Encoding": encoding})
        assert opened(response.content) == plain

    @pytest.mark.parametrize("name", ["", "cpts.csv", "cpts-communes.csv", "cpts.geojson"])
    def test_few_queries_when_signed_in(self, cast: Cast, sign_in: Any, name: str) -> None:
        client = sign_in(cast.president)
        with QueryCount() as count:
            client.get(f"{PAGE}{name}")
        assert count.number <= (6 if not name else 8), "a file is made once, then kept"


def test_the_columns_of_outlines_begin_as_those_of_cpts() -> None:
    assert FILES["cpts"].columns == CPTS_COLUMNS
