"""The simulator: its address is the simulation, its figures are those of the rules."""

import csv
import io
import json
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from shapely.geometry import box

from aci.contract_funding import estimate_basis, stored_grids
from aci.simulator import Choices, SimulatedFunding, core_missions
from foundation import clock
from records.models import JournalEntry
from territories.actions import ChosenCommune, choose_communes, move
from territories.drafts.counted import count_draft
from territories.drafts.draft import Draft
from territories.models import (
    Baton,
    Commune,
    CommuneShape,
    Epci,
    Population,
    Stage,
)
from tests.aci.simulations import SIMULATOR, draft, draft_at, plain, touch
from tests.cast import Cast, Geography
from tests.queries import QueryCount

pytestmark = pytest.mark.django_db


class TestTheAddress:
    def test_empty_it_invites(self, client: Client, geography: Geography) -> None:
        assert "Aucune commune" in plain(client.get(SIMULATOR))

    def test_adding_removing_and_sharing_lead_to_the_next_address(
        self, client: Client, geography: Geography
    ) -> None:
        one = draft_at(client.get(SIMULATOR, {"ajouter": "62119"}))
        assert one == Draft({"62119": 10_000})
        two = draft_at(client.get(SIMULATOR, {"t": one.text, "ajouter": "62178"}))
        part = {"t": two.text, "commune": "62178", "part": "62,5 %"}
        three = draft_at(client.get(SIMULATOR, part))
        assert three.shares == {"62119": 10_000, "62178": 6250}
        assert draft_at(client.get(SIMULATOR, {"t": three.text, "retirer": "62119"})) == Draft(
            {"62178": 6250}
        )

    def test_a_whole_body_and_another_vintage(self, client: Client, geography: Geography) -> None:
        added = draft_at(client.get(SIMULATOR, {"epci": "200072460"}))
        assert set(added.shares) == {"62119", "62178", "62516", "62617"}
        older = draft_at(client.get(SIMULATOR, {"t": added.text, "millesime": "2017"}))
        assert older.vintage == 2017

    def test_the_settings_go_along(self, client: Client, geography: Geography) -> None:
        given = {"reglages": "1", "mission": ["QUALITE"], "signature": "2024-03-01"}
        answer = client.get(SIMULATOR, {"t": draft("62119"), "ajouter": "62178", **given})
        query = parse_qs(urlsplit(answer["Location"]).query)
        assert (query["mission"], query["signature"]) == (["QUALITE"], ["2024-03-01"])

    def test_nothing_is_written(self, client: Client, cast: Cast) -> None:
        before = JournalEntry.objects.count()
        client.get(SIMULATOR, {"t": draft("62119"), "ajouter": "62178"})
        client.post("/simulateur/coller/", {"t": "", "communes": "62119"})
        assert JournalEntry.objects.count() == before

    def test_from_a_public_cpts_itself_left_aside(self, client: Client, cast: Cast) -> None:
        found = draft_at(client.get(SIMULATOR, {"depuis": cast.rives.slug}))
        assert found == Draft({"62119": 10_000, "62178": 10_000}, 2023, cast.rives.slug)
        html = plain(client.get(SIMULATOR, {"t": found.text}))
        assert "Aucune autre CPTS ne couvre ces communes." in html
        link = reverse("territories:cpts", args=[cast.rives.slug])
        assert "Simuler une modification" in plain(client.get(link))

    def test_from_a_cpts_that_is_not_public(self, client: Client, cast: Cast) -> None:
        move(cast.rives, public=False)
        assert client.get(SIMULATOR, {"depuis": cast.rives.slug}).status_code == 404


class TestSearching:
    @pytest.mark.parametrize("text", ["bethune", "BÉTHUNE", "62119", "62400"])
    def test_names_without_accents_and_codes(
        self, client: Client, geography: Geography, text: str
    ) -> None:
        answer = client.get(SIMULATOR, {"q": text}, headers={"HX-Request": "true"})
        assert "<html" not in plain(answer)
        assert "Pas-de-Calais, 62119" in plain(answer)
        assert 'name="ajouter"' in plain(answer)

    def test_a_body_by_its_name_and_what_is_there_already(
        self, client: Client, geography: Geography
    ) -> None:
        Epci.objects.filter(pk="200072460").update(search_name="ca de bethune bruay")
        html = plain(client.get(SIMULATOR, {"t": draft("62119"), "q": "Béthune-Bruay"}))
        assert 'value="200072460"' in html
        assert "Déjà choisie" in html

    def test_nothing_found_says_what_to_do(self, client: Client, geography: Geography) -> None:
        html = plain(client.get(SIMULATOR, {"q": "atlantide\0"}))
        assert "Vérifiez l’orthographe" in html


class TestFigures:
    def test_people_size_and_distance(self, client: Client, geography: Geography) -> None:
        html = plain(client.get(SIMULATOR, {"t": draft("62119")}))
        assert "25 224" in html
        assert "14 776 habitants sous la taille 2" in html

    def test_sizes_that_differ_between_vintages(self, client: Client, geography: Geography) -> None:
        text = draft("62119", "62108", vintage=2017)  # 39 084, then 38 175
        Population.objects.filter(commune="62119", vintage=2017).update(municipal=26_000)
        html = plain(client.get(SIMULATOR, {"t": text}))
        assert "La taille dépend du millésime" in html
        assert "Taille 2 avec le millésime 2017, mais taille 1 avec 2022" in html

    def test_a_missing_figure_is_named_instead_of_a_number(
        self, client: Client, geography: Geography
    ) -> None:
        html = plain(client.get(SIMULATOR, {"t": draft("62119")}))
        assert "Pas de population 2018 pour Béthune." in html

    def test_the_amounts_are_those_of_the_rules(self, cast: Cast) -> None:
        """The same as the first contract year of a dossier estimated today."""
        territory = cast.rives.territory
        missions = core_missions(clock.today())
        assert len(missions) == 4
        basis = estimate_basis(
            territory, dict.fromkeys(missions, clock.today()), signed_on=clock.today()
        )
        year = basis.year(1, grids=stored_grids())
        drafted = count_draft(Draft(territory.shares, 2023))
        rows = {row.count.vintage: row for row in _funding(drafted).rows}
        assert rows[2023].total == year.total_due
        assert rows[2023].total == Decimal("292500.00")
        assert rows[2018].total is None

    def test_each_amount_has_its_source_and_the_grid_is_to_confirm(
        self, client: Client, geography: Geography
    ) -> None:
        html = plain(client.get(SIMULATOR, {"t": draft("62119", "62178")}))
        assert "Barème à confirmer" in html
        assert "Règle appliquée" in html
        assert "292 500,00 €" in html

    def test_a_mission_the_grid_did_not_know_is_said(
        self, client: Client, geography: Geography
    ) -> None:
        given = {"reglages": "1", "mission": ["CRISE"], "signature": "2020-01-01"}
        html = plain(client.get(SIMULATOR, {"t": draft("62119"), **given}))
        assert "Réponse aux crises sanitaires graves" in html
        assert "ne prévoit pas la mission" in html
        assert "Non calculé" in html

    @pytest.mark.parametrize("day", ["1999-01-01", "2999-01-01", "demain", "2026-02-30"])
    def test_a_day_that_cannot_be_is_said(
        self, client: Client, geography: Geography, day: str
    ) -> None:
        given = {"reglages": "1", "signature": day, "t": draft("62119")}
        html = plain(client.get(SIMULATOR, given))
        assert "Un point à corriger" in html
        assert "25 224" in html

    def test_a_territory_without_inhabitants(self, client: Client, geography: Geography) -> None:
        Population.objects.filter(commune="62119").update(municipal=0)
        html = plain(client.get(SIMULATOR, {"t": draft("62119")}))
        assert "Ces communes n’ont pas d’habitants : ni taille ni financement." in html

    def test_the_funding_alone_for_those_who_embed_it(
        self, client: Client, geography: Geography
    ) -> None:
        address = f"/simulateur/financement/?t={draft('62119', '62178')}"
        assert "<html" in plain(client.get(address))
        part = plain(client.get(address, headers={"HX-Request": "true"}))
        assert "<html" not in part
        assert "292 500,00 €" in part


class TestAround:
    def test_people_counted_twice(self, client: Client, cast: Cast) -> None:
        html = plain(client.get(SIMULATOR, {"t": draft("62119", "62516")}))
        assert "2 communes sont déjà couvertes" in html
        assert "35 417 habitants seraient comptés deux fois" in html

    def test_shares_that_fit_are_no_overlap(self, client: Client, cast: Cast) -> None:
        choose_communes(cast.monts, [ChosenCommune("62516", share=6000)], by=cast.monts_coordinator)
        html = plain(client.get(SIMULATOR, {"t": "62:516*4000~2023"}))
        assert "sans habitant compté deux fois" in html

    def test_pieces_only_where_neighbours_are_known(
        self, client: Client, geography: Geography
    ) -> None:
        text = draft("62119", "62178", "62108")
        assert "morceaux" not in plain(client.get(SIMULATOR, {"t": text}))
        touch("62119", "62178")
        assert "semble en 2 morceaux" in plain(client.get(SIMULATOR, {"t": text}))
        touch("62178", "62108")
        assert "morceaux" not in plain(client.get(SIMULATOR, {"t": text}))

    def test_the_cpts_whose_communes_touch(self, client: Client, cast: Cast) -> None:
        touch("62617", "62119")
        html = plain(client.get(SIMULATOR, {"t": draft("62617")}))
        assert "CPTS voisines" in html
        assert "par Béthune" in html


class TestComparing:
    def test_two_drafts_side_by_side(self, client: Client, geography: Geography) -> None:
        data = {"a": draft("62119", "62178"), "b": "62:119*5000516~2023"}
        html = plain(client.get("/simulateur/comparer/", data))
        for said in (
            "Seulement dans A : 1",
            "Seulement dans B : 1",
            "Dans les deux : 1",
            "46 648",
            "22 805",
            "−23 843",
            "−67 500,00 €",
            "entière puis 50 %",
        ):
            assert said in html, said

    def test_whole_addresses_may_be_pasted(self, client: Client, geography: Geography) -> None:
        page = f"http://testserver/simulateur/?t={draft('62119')}"
        html = plain(client.get("/simulateur/comparer/", {"a": page, "b": draft("62178")}))
        assert "Seulement dans A : 1" in html

    def test_what_is_wrong_is_said(self, client: Client, geography: Geography) -> None:
        html = plain(client.get("/simulateur/comparer/", {"a": "zzz", "b": draft("62999")}))
        assert "illisible" in html
        assert "Commune inconnue : 62999." in html

    def test_a_draft_kept_is_offered_to_compare(self, client: Client, geography: Geography) -> None:
        html = plain(client.get(SIMULATOR, {"t": draft("62119"), "a": draft("62178")}))
        assert "Comparer avec la simulation gardée" in html


class TestFiles:
    def test_csv_tells_each_vintage(self, client: Client, geography: Geography) -> None:
        answer = client.get("/simulateur/communes.csv", {"t": "62:119*5000~2023"})
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
        assert rows[0]["Code INSEE"] == "62119"
        assert rows[0]["Part"].replace("\xa0", " ") == "50 %"
        assert rows[0]["Population 2023"] == "12612"
        assert rows[0]["Population 2018"] == ""

    def test_geojson_draws_what_is_known_and_names_the_rest(
        self, client: Client, geography: Geography
    ) -> None:
        CommuneShape.objects.create(
            commune_id="62119",
            detailed=box(2, 50, 3, 51).wkb,
            coarse=box(2, 50, 3, 51).wkb,
            origin="official",
        )
        answer = client.get("/simulateur/communes.geojson", {"t": draft("62119", "62178")})
        content = json.loads(answer.content)
        assert answer["Content-Type"].startswith("application/geo+json")
        assert [item["id"] for item in content["features"]] == ["62119"]
        assert content["features"][0]["geometry"]["type"] == "Polygon"
        assert content["sans_contour"] == ["Bruay-la-Buissière"]


class TestUsing:
    @pytest.fixture(autouse=True)
    def in_hand(self, cast: Cast) -> None:
        move(cast.rives, stage=Stage.PROJECT, baton=Baton.HOLDER)

    def test_a_holder_brings_it_into_the_dossier(self, cast: Cast, sign_in: Any) -> None:
        client, text = sign_in(cast.holder), draft("62119", "62617")
        assert "Utiliser pour mon dossier" in plain(client.get(SIMULATOR, {"t": text}))
        assert "CPTS Rives" in plain(client.get("/simulateur/utiliser/", {"t": text}))
        data = {"t": text, "dossier": cast.rives.reference}
        client.post("/simulateur/utiliser/", data)
        assert cast.rives.territory.shares.keys() == {"62119", "62617"}

    def test_others_do_not(self, cast: Cast, sign_in: Any, client: Client) -> None:
        data = {"t": draft("62617"), "dossier": cast.rives.reference}
        writers = {"holder", "president", "coordinator"}
        for part, person in cast.people().items():
            if part not in writers:
                status = sign_in(person).post("/simulateur/utiliser/", data).status_code
                assert status in {403, 404}, part
        assert cast.rives.territory.shares.keys() == {"62119", "62178"}

    def test_not_while_others_hold_the_dossier(self, cast: Cast, sign_in: Any) -> None:
        move(cast.rives, baton=Baton.ARS)
        client = sign_in(cast.holder)
        page = plain(client.get("/simulateur/utiliser/", {"t": draft("62617")}))
        assert "entre d’autres mains" in page
        data = {"t": draft("62617"), "dossier": cast.rives.reference}
        client.post("/simulateur/utiliser/", data)
        assert cast.rives.territory.shares.keys() == {"62119", "62178"}


class TestBudget:
    PAGES = (
        "/simulateur/?t=62:119178516~2023",
        "/simulateur/?t=62:119178516~2023&q=saint",
        "/simulateur/financement/?t=62:119178516~2023",
        "/simulateur/comparer/?a=62:119178&b=62:516",
        "/simulateur/utiliser/?t=62:119178",
        "/simulateur/communes.csv?t=62:119178",
        "/simulateur/?t=62:999",
    )

    @pytest.mark.parametrize("address", PAGES)
    def test_six_queries_at_the_most_signed_in(
        self, cast: Cast, sign_in: Any, address: str
    ) -> None:
        touch("62119", "62617")
        client = sign_in(cast.holder)
        with QueryCount() as count:
            assert client.get(address).status_code == 200
        assert count.number <= 6

    def test_the_queries_do_not_grow_with_the_communes(self, client: Client, cast: Cast) -> None:
        numbers = set()
        for codes in (["62119"], list(Commune.objects.values_list("pk", flat=True))):
            with QueryCount() as count:
                client.get(SIMULATOR, {"t": draft(*codes)})
            numbers.add(count.number)
        assert len(numbers) == 1


def _funding(drafted: Any) -> SimulatedFunding:
    return SimulatedFunding(drafted, Choices.usual())
