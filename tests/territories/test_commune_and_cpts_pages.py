"""The page of a commune through time and of its neighbours; a CPTS and its versions."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from foundation import clock
from territories.actions import (
    ChosenCommune,
    choose_communes,
    hand_over_territory,
    move,
    population_by_vintage,
)
from territories.areas import Area, AreaKind
from territories.commune_cover import covers_around
from territories.contacts import save_contact
from territories.models import (
    Adjacency,
    Commune,
    CommuneHistory,
    Cpts,
    Stage,
    TerritoryCommune,
)
from territories.versions import people_by_vintage
from tests.cast import Cast, Geography, make_cpts
from tests.queries import QueryCount
from tests.territories.test_search import make_commune
from tests.territories.test_views import text_of

pytestmark = pytest.mark.django_db


def days(count: int) -> dt.date:
    return clock.today() + dt.timedelta(days=count)


def change(cpts: Cpts, codes: list[str], by: Any, after: int) -> None:
    """A new version of the territory, handed over, so many days from now."""
    hand_over_territory(cpts)
    with clock.at(days(after)):
        choose_communes(cpts, [ChosenCommune(code) for code in codes], by=by)
        hand_over_territory(cpts)
    cpts.refresh_from_db()


class TestCoverInTime:
    def test_a_hold_lasts_through_stages_and_versions(self, cast: Cast) -> None:
        change(cast.rives, ["62119"], cast.holder, 10)
        with clock.at(days(20)):
            move(cast.rives, stage=Stage.PROJECT)
        covered, _ = covers_around("62119", days(30))
        assert covered is not None
        assert [(item.slug, item.starts_on, item.ends_on) for item in covered.history] == [
            (cast.rives.slug, clock.today(), None)
        ]
        assert covered.present[0].stage == Stage.PROJECT

    def test_a_commune_left_out_was_covered_before(self, cast: Cast) -> None:
        change(cast.rives, ["62119"], cast.holder, 10)
        covered, _ = covers_around("62178", days(30))
        assert covered is not None
        assert covered.present == []
        assert [(item.name, item.ends_on) for item in covered.before(days(30))] == [
            ("CPTS Rives", days(10))
        ]

    def test_an_ended_contract_covers_nobody_but_did(self, cast: Cast) -> None:
        with clock.at(days(5)):
            move(cast.rives, stage=Stage.TERMINATED)
        covered, _ = covers_around("62119", days(6))
        assert covered is not None
        assert covered.present == []
        assert covered.history[0].ends_on == days(5)

    def test_a_vanished_commune_counts_for_the_one_of_today(self, cast: Cast) -> None:
        old = make_commune(
            cast.geography, "62995", "Vieille-Rive", successor=Commune.objects.get(pk="62765")
        )
        cast.rives.territory.communes.create(commune=old, population=10)
        covered, _ = covers_around("62765", clock.today())
        assert covered is not None
        assert [(item.name, item.commune) for item in covered.present] == [
            ("CPTS Rives", "Vieille-Rive")
        ]

    def test_a_city_and_its_arrondissements_answer_for_each_other(self, cast: Cast) -> None:
        city = Commune.objects.get(pk="62119")
        part = make_commune(
            cast.geography, "62901", "Béthune 1er", kind=Commune.Kind.ARRONDISSEMENT, parent=city
        )
        covered, _ = covers_around(part.pk, clock.today())
        assert covered is not None
        assert [item.commune for item in covered.present] == ["Béthune"]
        cast.monts.territory.communes.create(commune=part, population=1)
        whole, _ = covers_around("62119", clock.today())
        assert whole is not None
        assert {item.name for item in whole.present} == {"CPTS Monts", "CPTS Rives"}


class TestCommunePage:
    def read(self, client: Client, code: str) -> str:
        return text_of(client.get(f"/communes/{code}/"))

    def test_shares_and_overlap_are_said(self, client: Client, cast: Cast) -> None:
        half = [ChosenCommune("62119", share=6250, part="quartiers nord")]
        choose_communes(cast.monts, half, by=cast.holder)
        html = self.read(client, "62119")
        assert "62,5 % de la commune (quartiers nord)" in html
        assert "se chevauchent" in html
        assert "Ses CPTS" in html

    def test_without_cpts_it_says_what_to_do(self, client: Client, geography: Geography) -> None:
        html = self.read(client, "62119")
        assert "Aucune CPTS ne couvre cette commune" in html
        assert "Porter un projet de CPTS" in html

    def test_neighbours_come_with_their_cpts(self, client: Client, cast: Cast) -> None:
        assert "communes voisines" not in self.read(client, "62119")
        for code in ("62516", "62617"):
            Adjacency.objects.create(commune_id="62119", neighbour_id=code)
        html = self.read(client, "62119")
        around = html[html.index("communes voisines") :]
        assert "CPTS Monts" in around
        assert "Nœux-les-Mines" in around
        assert "Aucune CPTS" in around

    def test_a_vanished_commune_leads_to_that_of_today(
        self, client: Client, geography: Geography
    ) -> None:
        make_commune(geography, "62995", "Vieille-Rive", successor=Commune.objects.get(pk="62119"))
        response = client.get("/communes/62995/", follow=True)
        assert response.redirect_chain == [("/communes/62119/", 302)]
        assert "Vieille-Rive (62995) est devenue Béthune." in text_of(response)

    def test_so_does_a_code_of_the_history(self, client: Client, geography: Geography) -> None:
        CommuneHistory.objects.create(
            old_code="62994", old_name="Ancienne-Rive", current_id="62119", kind="ancien"
        )
        response = client.get("/communes/62994/", follow=True)
        assert "Ancienne-Rive (62994) est devenue Béthune." in text_of(response)

    def test_contacts_are_told_when_somebody_gave_them(self, client: Client, cast: Cast) -> None:
        assert self.read(client, "62119").count("Coordonnées non renseignées") == 3
        region = Area(AreaKind.REGION, "32", "Hauts-de-France")
        save_contact(region, by=cast.administrator, phone="03 20 00 00 00", source="Annuaire")
        html = self.read(client, "62119")
        assert "Téléphone : 03 20 00 00 00" in html
        assert html.count("Coordonnées non renseignées") == 2

    def test_six_queries_when_signed_in(self, cast: Cast, sign_in: Any) -> None:
        Adjacency.objects.create(commune_id="62119", neighbour_id="62516")
        client = sign_in(cast.president)
        client.get("/communes/62119/")  # its map is kept from now on
        with QueryCount() as count:
            client.get("/communes/62119/")
        assert count.number <= 6


class TestCptsPage:
    def test_versions_say_which_communes_came_and_went(self, client: Client, cast: Cast) -> None:
        url = cast.rives.get_absolute_url()
        assert "Ce qui a changé" not in text_of(client.get(url))
        change(cast.rives, ["62119", "62617"], cast.holder, 10)
        with clock.at(days(20)):
            html = text_of(client.get(url))
        assert "1 commune ajoutée : Nœux-les-Mines" in html
        assert "1 commune retirée : Bruay-la-Buissière" in html

    def test_what_came_before_the_public_knew_it_is_not_told(
        self, client: Client, cast: Cast
    ) -> None:
        late = make_cpts("CPTS Tardive", cast.holder, ["62516"], cast.geography)
        late.stage_periods.update(is_public=False)
        move(late, public=False)
        change(late, ["62617"], cast.holder, 10)
        with clock.at(days(20)):
            move(late, public=True)
            html = text_of(client.get(late.get_absolute_url()))
        assert "Ce qui a changé" not in html
        assert "Lillers" not in html

    def test_the_share_of_its_epci_is_said(self, client: Client, cast: Cast) -> None:
        html = text_of(client.get(cast.rives.get_absolute_url()))
        said = " ".join(html.split())
        assert "Agglomération 200072460 : 2 de ses 4 communes, 46 648 habitants" in said

    def test_population_by_vintage_size_and_threshold(self, client: Client, cast: Cast) -> None:
        html = text_of(client.get(cast.rives.get_absolute_url()))
        assert "habitants sous la taille 3" in html
        assert "46 726" in html, "2017"

    def test_people_by_vintage_are_those_of_the_territory(self, cast: Cast) -> None:
        territory = choose_communes(
            cast.rives, [ChosenCommune("62119", share=3333), ChosenCommune("62178")], by=cast.holder
        )
        rows = list(TerritoryCommune.objects.of_versions(cast.rives))
        assert people_by_vintage(rows) == population_by_vintage(territory)
        Commune.objects.get(pk="62178").populations.filter(vintage=2017).delete()
        rows = list(TerritoryCommune.objects.of_versions(cast.rives))
        assert people_by_vintage(rows) == population_by_vintage(territory)
        assert 2017 not in people_by_vintage(rows)
