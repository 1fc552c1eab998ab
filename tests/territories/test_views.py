"""Public pages: what anybody finds, and what stays hidden."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from foundation import clock
from territories.actions import ChosenCommune, choose_communes, found_cpts, move
from territories.areas import FRANCE
from territories.coverage import Tally, figures
from territories.models import Baton, Commune, Stage, TerritoryCommune
from territories.search import find_communes
from tests.cast import Cast, Geography
from tests.queries import QueryCount

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def text_of(response: Any) -> str:
    return str(response.content.decode().replace("\xa0", " ").replace("&nbsp;", " "))


def make_many(cast: Cast, count: int) -> None:
    for number in range(count):
        cpts = found_cpts(
            name=f"CPTS numéro {number:03}",
            departement=cast.geography.pas_de_calais,
            cpam_district=cast.geography.artois,
            by=cast.holder,
        )
        choose_communes(cpts, [ChosenCommune("62617")], by=cast.holder)
        move(cpts, stage=Stage.LETTER, baton=Baton.ARS, public=True)


class TestCommuneSearch:
    url = "/communes/"

    def test_without_text_it_explains(self, client: Client) -> None:
        response = client.get(self.url)
        assert response.status_code == 200
        assert "Écrivez au moins deux lettres" in text_of(response)

    def test_one_answer_leads_straight_to_the_commune(
        self, client: Client, geography: Geography
    ) -> None:
        response = client.get(self.url, {"q": "béthune"})
        assert response.status_code == 302
        assert response["Location"] == "/communes/62119/"

    def test_several_answers_are_listed_with_their_departement(
        self, client: Client, cast: Cast
    ) -> None:
        html = text_of(client.get(self.url, {"q": "62"}))
        assert "communes trouvées" in html
        assert "Pas-de-Calais" in html
        assert "CPTS Rives" in html

    def test_no_answer_says_what_to_try(self, client: Client, geography: Geography) -> None:
        assert "Aucune commune trouvée" in text_of(client.get(self.url, {"q": "atlantide"}))

    def test_htmx_gets_suggestions_only(self, client: Client, geography: Geography) -> None:
        response = client.get(self.url, {"q": "béthune"}, headers=HTMX)
        assert response.status_code == 200
        assert "<html" not in text_of(response)
        assert "/communes/62119/" in text_of(response)
        assert "HX-Request" in response["Vary"]

    @pytest.mark.parametrize("text", ["\0", "x" * 3000, "<script>", "1e9999999", "' OR 1=1 --"])
    def test_odd_texts_are_harmless(self, client: Client, geography: Geography, text: str) -> None:
        response = client.get(self.url, {"q": text})
        assert response.status_code == 200
        assert "<script>" not in text_of(response).replace('<script>"', "")

    def test_queries_do_not_grow(
        self, client: Client, cast: Cast, django_assert_num_queries: Any
    ) -> None:
        for number in range(40):
            Commune.objects.create(
                insee_code=f"628{number:02}",
                name=f"Rive {number}",
                search_name=f"rive {number}",
                departement=cast.geography.pas_de_calais,
            )
        with django_assert_num_queries(2):
            client.get(self.url, {"q": "rive"})

    def test_nothing_is_posted_here(self, client: Client) -> None:
        assert client.post(self.url).status_code == 405


class TestCommune:
    def test_it_says_its_cpts_people_ars_and_cpam(self, client: Client, cast: Cast) -> None:
        html = text_of(client.get("/communes/62119/"))
        assert "CPTS Rives" in html
        assert "25 224" in html
        assert "Source : INSEE" in html
        assert "ARS Hauts-de-France" in html
        assert "CPAM de l’Artois" in html
        assert "à confirmer" in html

    def test_it_says_when_there_is_none(self, client: Client, cast: Cast) -> None:
        html = text_of(client.get("/communes/62765/"))
        assert "Aucune CPTS ne couvre cette commune" in html

    def test_a_hidden_cpts_is_not_told(self, client: Client, cast: Cast) -> None:
        move(cast.rives, public=False)
        assert "CPTS Rives" not in text_of(client.get("/communes/62119/"))

    @pytest.mark.parametrize("stage", [Stage.ABANDONED, Stage.TERMINATED])
    def test_an_ended_cpts_covers_nobody(self, client: Client, cast: Cast, stage: Stage) -> None:
        for cpts in (cast.rives, cast.monts):
            move(cpts, stage=stage)
        assert "CPTS Rives" not in text_of(client.get("/communes/62119/"))
        assert find_communes("béthune", limit=5).answers[0].cpts == []
        assert figures(FRANCE, clock.today()).covered == Tally()

    @pytest.mark.parametrize("code", ["99999", "6211", "ABCDE", "%00"])
    def test_unknown_communes_are_not_found(
        self, client: Client, geography: Geography, code: str
    ) -> None:
        assert client.get(f"/communes/{code}/").status_code == 404

    def test_three_queries_once_its_map_is_kept(
        self, client: Client, cast: Cast, django_assert_num_queries: Any
    ) -> None:
        client.get("/communes/62119/")
        with django_assert_num_queries(3):
            client.get("/communes/62119/")


class TestList:
    url = "/cpts/"

    def names(self, client: Client, **query: str) -> list[str]:
        return [cpts.name for cpts in client.get(self.url, query).context["page"]]

    def test_everybody_sees_the_public_cpts_only(self, client: Client, cast: Cast) -> None:
        cast.monts.is_public = False
        cast.monts.save()
        assert self.names(client) == ["CPTS Rives"]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"q": "bruay"}, ["CPTS Rives"]),
            ({"q": "MONTS"}, ["CPTS Monts"]),
            ({"etape": "letter"}, ["CPTS Monts", "CPTS Rives"]),
            ({"etape": "contracted"}, []),
            ({"region": "32"}, ["CPTS Monts", "CPTS Rives"]),
            ({"region": "44"}, []),
            ({"departement": "62"}, ["CPTS Monts", "CPTS Rives"]),
            ({"departement": "67"}, []),
            ({"taille": "2"}, ["CPTS Rives"]),
            ({"tri": "population"}, ["CPTS Rives", "CPTS Monts"]),
            ({"taille": "1", "q": "lillers"}, ["CPTS Monts"]),
        ],
    )
    def test_filters(
        self, client: Client, cast: Cast, query: dict[str, str], found: list[str]
    ) -> None:
        assert self.names(client, **query) == found

    @pytest.mark.parametrize(
        "query",
        [
            {"etape": "emergence"},
            {"etape": "nothing"},
            {"taille": "1e9999999"},
            {"taille": "NaN"},
            {"tri": "name; drop table"},
            {"region": "\0"},
            {"q": "\0"},
            {"q": "x" * 5000},
            {"page": "1e9999999"},
            {"page": "-1"},
            {"page": "9" * 50},
            {"is_public": "False"},
            {"territory__population__gt": "0"},
        ],
    )
    def test_what_is_not_listed_is_ignored(
        self, client: Client, cast: Cast, query: dict[str, str]
    ) -> None:
        assert self.names(client, **query) == ["CPTS Monts", "CPTS Rives"]

    def test_pages_of_25_keep_the_filters(self, client: Client, cast: Cast) -> None:
        make_many(cast, 30)
        response = client.get(self.url, {"departement": "62", "page": "2"})
        assert len(response.context["page"].object_list) == 7
        assert response.context["page"].paginator.count == 32
        assert "departement=62&amp;page=1" in response.content.decode()

    def test_a_page_beyond_the_end_is_the_last(self, client: Client, cast: Cast) -> None:
        page = client.get(self.url, {"page": "99"}).context["page"]
        assert (page.number, page.paginator.count) == (1, 2)

    def test_nothing_found_says_what_to_do(self, client: Client, cast: Cast) -> None:
        html = text_of(client.get(self.url, {"q": "atlantide"}))
        assert "Aucune CPTS ne répond à ces critères" in html

    def test_htmx_gets_the_results_only(self, client: Client, cast: Cast) -> None:
        response = client.get(self.url, {"q": "rives"}, headers=HTMX)
        assert "<html" not in text_of(response)
        assert "CPTS Rives" in text_of(response)
        assert "CPTS Monts" not in text_of(response)

    @pytest.mark.parametrize("many", [0, 30])
    def test_one_query_and_three_when_signed_in_whatever_the_number(
        self, client: Client, cast: Cast, django_assert_num_queries: Any, many: int
    ) -> None:
        make_many(cast, many)
        with django_assert_num_queries(1):
            client.get(self.url, {"q": "62", "region": "32"})
        client.force_login(cast.holder, backend="territories.backends.SeatedBackend")
        with django_assert_num_queries(3):
            client.get(self.url, {"q": "cpts", "page": "2"} if many else {})


class TestCpts:
    def test_the_page_says_territory_stage_and_people_to_ask(
        self, client: Client, cast: Cast
    ) -> None:
        cast.rives.contact_email = "contact@rives.example.org"
        cast.rives.save()
        html = text_of(client.get(cast.rives.get_absolute_url()))
        assert "46 648" in html
        assert "Population municipale 2023, INSEE" in html
        assert "Lettre d’intention déposée" in html
        assert "contact@rives.example.org" in html
        assert reverse("members:apply", args=[cast.rives.slug]) in html
        assert "complété" not in html

    def test_a_completed_territory_says_which_communes(self, client: Client, cast: Cast) -> None:
        filled = TerritoryCommune.Certainty.FILLED
        chosen = [ChosenCommune("62119"), ChosenCommune("62178", filled)]
        choose_communes(cast.rives, chosen, by=cast.holder)
        html = text_of(client.get(cast.rives.get_absolute_url()))
        assert html.count('<span class="completed-mark">complété</span>') == 1
        assert "les documents publics ne nomment pas toutes les communes" in html

    @pytest.mark.parametrize("stage", [Stage.TERMINATED, Stage.ABANDONED])
    def test_one_does_not_join_what_has_ended(
        self, client: Client, cast: Cast, stage: Stage
    ) -> None:
        cast.rives.stage = stage
        cast.rives.save()
        html = text_of(client.get(cast.rives.get_absolute_url()))
        assert "Rejoindre" not in html

    def test_a_dossier_that_is_not_public_is_not_found(self, client: Client, cast: Cast) -> None:
        cast.rives.is_public = False
        cast.rives.save()
        assert client.get(cast.rives.get_absolute_url()).status_code == 404

    def test_three_queries(
        self, client: Client, cast: Cast, django_assert_num_queries: Any
    ) -> None:
        """The CPTS, its communes, and the CPTS it follows or that follow it."""
        with django_assert_num_queries(3):
            client.get(cast.rives.get_absolute_url())

    @pytest.mark.parametrize("stage", list(Stage))
    def test_six_queries_when_signed_in_whatever_the_stage(
        self, cast: Cast, sign_in: Any, stage: Stage
    ) -> None:
        move(cast.rives, stage=stage)
        client = sign_in(cast.president)
        with QueryCount() as count:
            client.get(cast.rives.get_absolute_url())
        assert count.number <= 6
