"""The room of the territory: who reads it, who changes it, and what it costs in queries."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from territories.actions import (
    ChosenCommune,
    choose_communes,
    freeze_territory,
    move,
)
from territories.models import Baton, Cpts, Stage
from tests.cast import Cast
from tests.territories.test_views import text_of

pytestmark = pytest.mark.django_db

READERS = {
    "holder",
    "president",
    "office",
    "coordinator",
    "nurse",
    "ars_reviewer",
    "ars_delegation",
    "ars_director",
    "cpam_officer",
    "cpam_director",
    "committee_member",
}
WRITERS = {"holder", "president", "coordinator"}


@pytest.fixture
def draft(cast: Cast) -> Cpts:
    move(cast.rives, stage=Stage.PROJECT, baton=Baton.HOLDER)
    return cast.rives


def url(cpts: Cpts, name: str = "dossier_territory", *more: str) -> str:
    return reverse(f"territories:{name}", args=[cpts.reference, *more])


class TestReading:
    def test_each_of_the_cast_reads_or_finds_nothing(
        self, draft: Cpts, cast: Cast, sign_in: Any
    ) -> None:
        for name, person in cast.people().items():
            status = sign_in(person).get(url(draft)).status_code
            if name in READERS:
                assert status == 200, name
            else:
                assert status in {403, 404}, name

    def test_a_stranger_is_asked_to_sign_in(self, draft: Cpts, client: Client) -> None:
        response = client.get(url(draft))
        assert response.status_code == 302
        assert reverse("accounts:sign_in") in response["Location"]

    def test_people_size_thresholds_and_vintages_are_shown(
        self, draft: Cpts, cast: Cast, sign_in: Any
    ) -> None:
        html = text_of(sign_in(cast.ars_reviewer).get(url(draft)))
        assert "46 648" in html
        assert "6 648 habitants au-dessus du seuil de la taille 2" in html
        assert "habitants manquent" in html
        for vintage in ("2017", "2022", "2023"):
            assert vintage in html
        assert "Modifier le territoire" not in html

    def test_the_newest_vintage_warns_when_it_changes_the_size(
        self, cast: Cast, sign_in: Any
    ) -> None:
        move(cast.monts, baton=Baton.HOLDER)
        choose_communes(
            cast.monts,
            [ChosenCommune(code) for code in ("62516", "62108", "62765")],
            by=cast.monts_coordinator,
            vintage=2017,
        )
        territory = cast.monts.territory
        territory.size = 2  # as if the signed vintage had given another size
        territory.save()
        html = text_of(sign_in(cast.monts_coordinator).get(url(cast.monts)))
        assert "La taille dépend du millésime" in html
        assert "la taille serait 1 au lieu de 2" in " ".join(html.split())

    def test_the_queries_do_not_grow_with_the_communes(
        self, draft: Cpts, cast: Cast, sign_in: Any, django_assert_num_queries: Any
    ) -> None:
        client = sign_in(cast.holder)
        for communes in (["62119"], ["62119", "62178", "62516", "62617", "62108", "67482"]):
            choose_communes(draft, [ChosenCommune(code) for code in communes], by=cast.holder)
            with django_assert_num_queries(5):
                client.get(url(draft))


class TestEditing:
    def test_only_writers_enter(self, draft: Cpts, cast: Cast, sign_in: Any) -> None:
        for name, person in cast.people().items():
            status = sign_in(person).get(url(draft, "edit_territory")).status_code
            assert (status == 200) == (name in WRITERS), name
            if name not in WRITERS:
                assert status in {403, 404}, name

    @pytest.mark.parametrize(
        ("name", "more", "data"),
        [
            ("add_commune", ["62617"], {}),
            ("add_epci", ["200072460"], {}),
            ("remove_commune", ["62178"], {}),
            ("paste_communes", [], {"communes": "62617"}),
            ("choose_vintage", [], {"vintage": "2022", "reason": "x"}),
        ],
    )
    def test_the_others_change_nothing(
        self,
        draft: Cpts,
        cast: Cast,
        sign_in: Any,
        name: str,
        more: list[str],
        data: dict[str, str],
    ) -> None:
        before = (draft.territory.population, draft.territory.commune_count)
        for part, person in cast.people().items():
            if part not in WRITERS:
                status = sign_in(person).post(url(draft, name, *more), data).status_code
                assert status in {403, 404}, part
        draft.territory.refresh_from_db()
        assert (draft.territory.population, draft.territory.commune_count) == before

    def test_search_gives_communes_and_their_body(
        self, draft: Cpts, cast: Cast, sign_in: Any, django_assert_num_queries: Any
    ) -> None:
        client = sign_in(cast.holder)
        with django_assert_num_queries(5):
            html = text_of(client.get(url(draft, "edit_territory"), {"q": "nœux"}))
        assert url(draft, "add_commune", "62617") in html
        assert url(draft, "add_epci", "200072460") in html

    def test_htmx_gets_what_was_found_only(self, draft: Cpts, cast: Cast, sign_in: Any) -> None:
        response = sign_in(cast.holder).get(
            url(draft, "edit_territory"), {"q": "béthune"}, headers={"HX-Request": "true"}
        )
        assert "<html" not in text_of(response)
        assert "Déjà choisie" in text_of(response)

    def test_adding_comes_back_to_the_search_and_says_the_new_figures(
        self, draft: Cpts, cast: Cast, sign_in: Any
    ) -> None:
        response = sign_in(cast.holder).post(
            url(draft, "add_commune", "62617"), {"q": "nœux"}, follow=True
        )
        assert response.redirect_chain[-1][0].endswith("?q=n%C5%93ux")
        assert "1 commune ajoutée. Le territoire compte 3 communes, 58 238 habitants" in text_of(
            response
        )

    def test_adding_twice_says_so_kindly(self, draft: Cpts, cast: Cast, sign_in: Any) -> None:
        response = sign_in(cast.holder).post(url(draft, "add_commune", "62119"), follow=True)
        assert "contenait déjà" in text_of(response)

    def test_a_body_is_added_whole(self, draft: Cpts, cast: Cast, sign_in: Any) -> None:
        sign_in(cast.holder).post(url(draft, "add_epci", "200072460"))
        draft.territory.refresh_from_db()
        assert draft.territory.commune_count == 4

    def test_an_unknown_commune_is_refused_in_words(
        self, draft: Cpts, cast: Cast, sign_in: Any
    ) -> None:
        edit = url(draft, "edit_territory")
        response = sign_in(cast.holder).post(
            url(draft, "add_commune", "99999"),
            follow=True,
            headers={"referer": f"http://testserver{edit}"},
        )
        assert "Commune inconnue : 99999" in text_of(response)

    def test_removing(self, draft: Cpts, cast: Cast, sign_in: Any) -> None:
        response = sign_in(cast.holder).post(url(draft, "remove_commune", "62178"), follow=True)
        assert "Commune retirée. Le territoire compte 1 commune" in text_of(response)

    def test_a_pasted_list_is_added(self, draft: Cpts, cast: Cast, sign_in: Any) -> None:
        sign_in(cast.coordinator).post(
            url(draft, "paste_communes"), {"communes": "Nœux-les-Mines\n62516"}
        )
        draft.territory.refresh_from_db()
        assert draft.territory.commune_count == 4

    def test_a_list_not_understood_adds_nothing_and_loses_nothing(
        self, draft: Cpts, cast: Cast, sign_in: Any
    ) -> None:
        response = sign_in(cast.holder).post(
            url(draft, "paste_communes"), {"communes": "Nœux-les-Mines\nAtlantide"}
        )
        html = text_of(response)
        assert "Commune inconnue : « Atlantide » (ligne 2)." in html.replace("\xa0", " ")
        assert "Nœux-les-Mines\nAtlantide" in html
        draft.territory.refresh_from_db()
        assert draft.territory.commune_count == 2

    def test_the_vintage_is_chosen_with_its_reason(
        self, draft: Cpts, cast: Cast, sign_in: Any
    ) -> None:
        client = sign_in(cast.president)
        page = client.get(url(draft, "choose_vintage"))
        assert "2017 : 46 726 habitants, taille 2" in text_of(page)
        refused = client.post(url(draft, "choose_vintage"), {"vintage": "2017"})
        assert "donnez le motif" in text_of(refused)
        client.post(url(draft, "choose_vintage"), {"vintage": "2017", "reason": "Signature."})
        draft.territory.refresh_from_db()
        assert (draft.territory.vintage, draft.territory.population) == (2017, 46726)

    @pytest.mark.parametrize("vintage", ["1789", "NaN", "", "2023 OR 1=1"])
    def test_another_vintage_is_no_choice(
        self, draft: Cpts, cast: Cast, sign_in: Any, vintage: str
    ) -> None:
        response = sign_in(cast.holder).post(
            url(draft, "choose_vintage"), {"vintage": vintage, "reason": "x"}
        )
        assert response.status_code == 200
        draft.territory.refresh_from_db()
        assert draft.territory.vintage == 2023

    def test_while_others_hold_the_dossier_the_editor_explains(
        self, draft: Cpts, cast: Cast, sign_in: Any
    ) -> None:
        move(draft, baton=Baton.ARS)
        client = sign_in(cast.holder)
        assert "quand c’est votre tour" in text_of(client.get(url(draft, "edit_territory")))
        assert "quand c’est votre tour" in text_of(client.get(url(draft)))
        edit = url(draft, "edit_territory")
        response = client.post(
            url(draft, "add_commune", "62617"),
            follow=True,
            headers={"referer": f"http://testserver{edit}"},
        )
        assert "quand c’est votre tour" in text_of(response)
        draft.territory.refresh_from_db()
        assert draft.territory.commune_count == 2

    def test_a_frozen_territory_explains_itself(
        self, draft: Cpts, cast: Cast, sign_in: Any
    ) -> None:
        freeze_territory(draft)
        html = text_of(sign_in(cast.holder).get(url(draft)))
        assert "figé par le contrat" in html
        assert url(draft, "edit_territory") not in html
