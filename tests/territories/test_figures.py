"""Figures of coverage: the public page, the pilotage of the authorities, the exports."""

import csv
import datetime as dt
from typing import Any

import pytest
from django.test import Client

from foundation import clock
from territories.actions import ChosenCommune, choose_communes, found_cpts, move
from territories.areas import FRANCE, AreaKind, area_of
from territories.coverage import (
    Tally,
    figures,
    figures_by_day_and_part,
    figures_by_part,
    total_of,
    white_places,
    white_zone,
)
from territories.figures.kept import facts_of, facts_of_france
from territories.figures.pages import year_ends
from territories.figures.steering_tables import TABLES
from territories.models import Baton, Commune, Cpts, Population, Stage
from tests.cast import Cast, Geography
from tests.queries import QueryCount
from tests.territories.test_views import text_of

pytestmark = pytest.mark.django_db
URL = "/chiffres/"
STEERING = "/pilotage/couverture/"
HTMX = {"HX-Request": "true"}


def words_of(response: Any) -> str:
    return " ".join(text_of(response).split())


def overlap(cast: Cast) -> None:
    """Monts takes Béthune too."""
    choose_communes(cast.monts, [ChosenCommune("62119")], by=cast.holder)


def hand_over(cast: Cast, name: str = "CPTS Neuve") -> Cpts:
    """A letter in the hands of the authorities, not declared complete."""
    cpts = found_cpts(
        name=name,
        departement=cast.geography.pas_de_calais,
        cpam_district=cast.geography.artois,
        by=cast.holder,
    )
    choose_communes(cpts, [ChosenCommune("62617")], by=cast.holder)
    move(cpts, stage=Stage.LETTER, baton=Baton.ARS)
    return cpts


class TestParts:
    def test_parts_add_up_to_the_whole(self, cast: Cast) -> None:
        overlap(cast)
        today = clock.today()
        parts = figures_by_day_and_part(FRANCE, [today], AreaKind.REGION)[today]
        total, whole = total_of(parts, today), figures(FRANCE, today)
        assert (total.covered, total.white, total.whole, total.overlap) == (
            whole.covered,
            whole.white,
            whole.whole,
            whole.overlap,
        )
        assert total.by_stage == whole.by_stage

    def test_each_day_is_as_if_asked_alone(self, cast: Cast) -> None:
        north = area_of("region-32")
        assert north is not None
        with clock.at(clock.today() + dt.timedelta(days=400)):
            choose_communes(cast.rives, [ChosenCommune("62119")], by=cast.holder)
            days = [clock.today(), clock.today() - dt.timedelta(days=300)]
        found = figures_by_day_and_part(north, days, AreaKind.DEPARTEMENT)
        for day in days:
            assert found[day] == figures_by_part(north, day)

    def test_a_white_zone_is_paged_with_its_whole(self, cast: Cast) -> None:
        today = clock.today()
        zone = white_zone(FRANCE, today, limit=2, skip=1)
        assert [place for place, _ in zone.places] == white_places(FRANCE, today, limit=2, skip=1)
        assert zone.whole == figures(FRANCE, today).white
        assert zone.places[0][1].startswith("Agglomération")
        assert white_zone(FRANCE, today, limit=2, skip=99).whole == Tally()


class TestKeptFigures:
    def test_what_is_kept_is_what_would_be_made(self, cast: Cast) -> None:
        overlap(cast)
        today = clock.today()
        days = year_ends(today)
        for _ in range(2):  # made, then read back
            assert facts_of_france(days, today) == facts_of(FRANCE, days, days)

    def test_it_follows_each_change(self, client: Client, cast: Cast) -> None:
        assert client.get(URL).context["figures"].total.covered.communes == 3
        choose_communes(
            cast.monts, [ChosenCommune("62516"), ChosenCommune("62617")], by=cast.holder
        )
        assert client.get(URL).context["figures"].total.covered.communes == 4
        move(cast.monts, stage=Stage.TERMINATED)
        page = client.get(URL).context["figures"]
        assert (page.total.covered.communes, page.cpts) == (2, 1)

    def test_tomorrow_is_another_day(self, client: Client, cast: Cast) -> None:
        client.get(URL)
        with clock.at(clock.today() + dt.timedelta(days=1)):
            assert client.get(URL).context["figures"].years[-1].day == clock.today()


class TestPublicFigures:
    def test_france_today(self, client: Client, cast: Cast, settings: Any) -> None:
        settings.DEMONSTRATION = False
        html = words_of(client.get(URL))
        assert "France entière, aujourd’hui" in html
        assert "Par région" in html
        assert "Hauts-de-France" in html
        assert "Ces chiffres sont ceux de la démonstration" not in html
        assert "La méthode" in html

    def test_the_demonstration_says_so(self, client: Client, cast: Cast, settings: Any) -> None:
        settings.DEMONSTRATION = True
        assert "Ces chiffres sont ceux de la démonstration" in words_of(client.get(URL))

    @pytest.mark.parametrize(
        ("zone", "heading", "part"),
        [
            ("region-32", "Par département", "Pas-de-Calais"),
            ("departement-62", "Par intercommunalité", "Agglomération 200072460"),
            ("cpam-621", "Par intercommunalité", "CPAM de l’Artois"),
        ],
    )
    def test_an_area_is_told_by_its_parts(
        self, client: Client, cast: Cast, zone: str, heading: str, part: str
    ) -> None:
        html = words_of(client.get(URL, {"zone": zone}))
        assert heading in html
        assert part in html

    def test_an_epci_has_no_part(self, client: Client, cast: Cast) -> None:
        html = words_of(client.get(URL, {"zone": "epci-200072460"}))
        assert "Agglomération 200072460, aujourd’hui" in html
        assert 'id="zones"' not in html
        assert "75 %" in html, "three of its four communes"

    def test_at_a_past_date_there_was_less(self, client: Client, cast: Cast) -> None:
        yesterday = clock.today() - dt.timedelta(days=1)
        page = client.get(URL, {"date": yesterday.isoformat()}).context["figures"]
        assert (page.day, page.total.covered, page.cpts) == (yesterday, Tally(), 0)
        assert page.years[-1].covered.communes == 3

    def test_cpts_are_counted_by_stage(self, client: Client, cast: Cast) -> None:
        move(cast.rives, stage=Stage.CONTRACTED)
        page = client.get(URL, {"zone": "departement-62"}).context["figures"]
        assert {item.stage: item.cpts for item in page.stages if item.cpts} == {
            Stage.CONTRACTED: 1,
            Stage.LETTER: 1,
        }
        assert client.get(URL, {"zone": "departement-67"}).context["figures"].cpts == 0

    @pytest.mark.parametrize("day", ["31/12/2025", "2025-12-31"])
    def test_a_date_is_read_in_both_ways(self, client: Client, cast: Cast, day: str) -> None:
        assert client.get(URL, {"date": day}).context["figures"].day == dt.date(2025, 12, 31)

    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ({"zone": "region-99"}, "Cette zone n’existe pas"),
            ({"zone": "planète"}, "Cette zone n’existe pas"),
            ({"zone": "epci-\0"}, "Cette zone n’existe pas"),
            ({"zone": "cpam-" + "9" * 500}, "Cette zone n’existe pas"),
            ({"date": "hier"}, "Choisissez une date du calendrier"),
            ({"date": "2018-12-31"}, "entre le 1er janvier 2019 et aujourd’hui"),
            ({"date": "9999-12-31"}, "entre le 1er janvier 2019 et aujourd’hui"),
            ({"date": "1e9999999"}, "Choisissez une date du calendrier"),
            ({"date": "2025-02-30"}, "Choisissez une date du calendrier"),
        ],
    )
    def test_what_cannot_be_read_is_told_in_one_sentence(
        self, client: Client, cast: Cast, query: dict[str, str], words: str
    ) -> None:
        response = client.get(URL, query)
        assert response.status_code == 200
        assert words in text_of(response)
        assert response.context["figures"].area == FRANCE
        assert response.context["figures"].is_today

    def test_htmx_gets_the_results_only(self, client: Client, cast: Cast) -> None:
        html = text_of(client.get(URL, {"zone": "region-32"}, headers=HTMX))
        assert "<html" not in html
        assert "Par département" in html

    @pytest.mark.parametrize("zone", ["", "region-32", "departement-62"])
    def test_six_queries_when_signed_in(self, cast: Cast, sign_in: Any, zone: str) -> None:
        client = sign_in(cast.president)
        client.get(URL)  # those of France are made once, then kept
        with QueryCount() as count:
            client.get(URL, {"zone": zone})
        assert count.number <= 6

    def test_an_empty_portal_has_figures(self, client: Client) -> None:
        html = words_of(client.get(URL))
        assert "0 % des habitants couverts" in html.replace("</span>", "")


class TestSteering:
    @pytest.mark.parametrize("part", ["nurse", "president", "committee_member", "administrator"])
    def test_it_is_for_those_who_see_figures(self, cast: Cast, sign_in: Any, part: str) -> None:
        client = sign_in(getattr(cast, part))
        assert client.get(STEERING).status_code == 403
        assert client.get(f"{STEERING}zones.csv").status_code == 403

    def test_visitors_sign_in_first(self, client: Client) -> None:
        assert client.get(STEERING).status_code == 302

    @pytest.mark.parametrize(
        ("part", "own"),
        [
            ("ars_reviewer", "region-32"),
            ("ars_delegation", "departement-62"),
            ("cpam_officer", "cpam-621"),
            ("national_reader", "france"),
        ],
    )
    def test_ones_own_area_comes_first(self, cast: Cast, sign_in: Any, part: str, own: str) -> None:
        response = sign_in(getattr(cast, part)).get(STEERING)
        assert response.context["area"].slug == own
        assert f'value="{own}">Mon périmètre' in text_of(response)
        slugs = [slug for slug, _ in response.context["form"].fields["zone"].choices]
        assert len(slugs) == len(set(slugs))

    def test_any_other_area_may_be_chosen(self, cast: Cast, sign_in: Any) -> None:
        client = sign_in(cast.other_region_reviewer)
        assert "Pas-de-Calais" in text_of(client.get(STEERING, {"zone": "region-32"}))

    def test_overlaps_name_their_cpts(self, cast: Cast, sign_in: Any) -> None:
        client = sign_in(cast.ars_reviewer)
        query = {"vue": "chevauchements"}
        assert "Aucun chevauchement" in text_of(client.get(STEERING, query))
        Commune.objects.filter(pk="62119").update(population=25_224)
        overlap(cast)
        html = words_of(client.get(STEERING, query))
        assert "25 224 habitants y sont comptés deux fois" in html
        assert cast.rives.get_absolute_url() in html
        assert cast.monts.get_absolute_url() in html

    def test_white_zones_are_paged_the_largest_first(
        self, cast: Cast, sign_in: Any, geography: Geography
    ) -> None:
        client = sign_in(cast.ars_reviewer)
        query = {"vue": "zones-blanches"}
        html = words_of(client.get(STEERING, query))
        assert "4 communes sans aucune CPTS" in html
        far = client.get(STEERING, {**query, "page": "99"})
        assert len(far.context["page"].object_list) == 4
        assert client.get(STEERING, {**query, "page": "9" * 50}).status_code == 200

    def test_what_is_to_come_is_for_the_authorities_that_received_it(
        self, cast: Cast, sign_in: Any
    ) -> None:
        hand_over(cast)
        query = {"vue": "a-venir", "zone": "region-32"}
        for part in ("ars_reviewer", "cpam_officer", "ars_delegation"):
            assert "CPTS Neuve" in text_of(sign_in(getattr(cast, part)).get(STEERING, query))
        for part in ("other_region_reviewer", "other_district_officer", "national_reader"):
            response = sign_in(getattr(cast, part)).get(STEERING, query)
            assert "CPTS Neuve" not in text_of(response)
        assert "CPTS Neuve" not in text_of(Client().get(URL))

    def test_what_is_to_come_keeps_to_the_area_chosen(self, cast: Cast, sign_in: Any) -> None:
        hand_over(cast)
        client = sign_in(cast.ars_reviewer)
        response = client.get(STEERING, {"vue": "a-venir", "zone": "departement-59"})
        assert "Rien à venir dans cette zone" in text_of(response)

    def test_an_unknown_view_is_the_first(self, cast: Cast, sign_in: Any) -> None:
        response = sign_in(cast.ars_reviewer).get(STEERING, {"vue": "autre"})
        assert response.context["view"] == "couverture"

    @pytest.mark.parametrize("view", ["couverture", "chevauchements", "zones-blanches", "a-venir"])
    @pytest.mark.parametrize("zone", ["", "cpam-621", "departement-62", "france"])
    def test_six_queries(self, cast: Cast, sign_in: Any, view: str, zone: str) -> None:
        overlap(cast)
        hand_over(cast)
        client = sign_in(cast.cpam_officer)
        client.get(URL)  # the figures of France are made once, then kept
        with QueryCount() as count:
            client.get(STEERING, {"vue": view, "zone": zone})
        assert count.number <= 6


class TestExports:
    def rows(self, client: Client, table: str, **query: str) -> list[dict[str, str]]:
        response: Any = client.get(f"{STEERING}{table}.csv", query)
        assert response.status_code == 200
        assert response.streaming
        assert "attachment" in response["Content-Disposition"]
        text = b"".join(response.streaming_content).decode("utf-8-sig")
        return list(csv.DictReader(text.splitlines(), delimiter=";"))

    def test_parts(self, cast: Cast, sign_in: Any) -> None:
        rows = self.rows(sign_in(cast.ars_reviewer), "zones")
        assert [(row["Code"], row["Communes couvertes"]) for row in rows] == [
            ("59", "0"),
            ("62", "3"),
        ]

    def test_sizes_that_the_newest_vintage_would_change(self, cast: Cast, sign_in: Any) -> None:
        """Bruay and Béthune kept 46 000 inhabitants of 2023; a later vintage takes a third away."""
        client = sign_in(cast.ars_reviewer)
        assert self.rows(client, "tailles") == []
        assert "Aucune taille à revoir" in client.get(STEERING, {"vue": "tailles"}).content.decode()
        for code in ("62119", "62178", "62516"):
            Population.objects.create(commune_id=code, vintage=2024, municipal=15_000)
        (row,) = self.rows(client, "tailles")
        assert (row["CPTS"], row["Taille retenue"], row["Taille"]) == ("CPTS Rives", "2", "1")
        with QueryCount() as count:
            page = client.get(STEERING, {"vue": "tailles"}).content.decode()
        assert "CPTS Rives" in page
        assert count.number <= 6
        assert self.rows(client, "tailles", zone="region-44") == []

    def test_years(self, cast: Cast, sign_in: Any) -> None:
        rows = self.rows(sign_in(cast.ars_reviewer), "annees")
        assert rows[0]["Date"] == "2019-12-31"
        assert rows[-1]["Communes couvertes"] == "3"

    def test_stages(self, cast: Cast, sign_in: Any) -> None:
        rows = self.rows(sign_in(cast.ars_reviewer), "etapes")
        letters = next(row for row in rows if row["Étape"] == "Lettre d’intention déposée")
        assert letters["CPTS"] == "2"

    def test_overlaps_have_a_row_for_each_cpts(self, cast: Cast, sign_in: Any) -> None:
        overlap(cast)
        rows = self.rows(sign_in(cast.ars_reviewer), "chevauchements")
        assert [(row["Code INSEE"], row["CPTS"], row["Part"]) for row in rows] == [
            ("62119", "CPTS Monts", "100\xa0%"),
            ("62119", "CPTS Rives", "100\xa0%"),
        ]

    def test_white_zones(self, cast: Cast, sign_in: Any) -> None:
        rows = self.rows(sign_in(cast.ars_reviewer), "zones-blanches", zone="departement-67")
        assert [row["Commune"] for row in rows] == ["Strasbourg", "Schiltigheim"]

    def test_to_come_and_nothing_runs_in_a_spreadsheet(self, cast: Cast, sign_in: Any) -> None:
        hand_over(cast, "=HYPERLINK(1)")
        rows = self.rows(sign_in(cast.ars_reviewer), "a-venir")
        assert [row["CPTS"] for row in rows] == ["'=HYPERLINK(1)"]
        assert self.rows(sign_in(cast.other_region_reviewer), "a-venir", zone="region-32") == []

    def test_an_unknown_table_is_not_found(self, cast: Cast, sign_in: Any) -> None:
        assert sign_in(cast.ars_reviewer).get(f"{STEERING}autre.csv").status_code == 404

    @pytest.mark.parametrize("table", sorted(TABLES))
    def test_each_table_is_also_a_workbook(self, cast: Cast, sign_in: Any, table: str) -> None:
        response: Any = sign_in(cast.ars_reviewer).get(f"{STEERING}{table}.xlsx")
        assert b"".join(response.streaming_content).startswith(b"PK")
        assert sign_in(cast.ars_reviewer).get(f"{STEERING}autre.xlsx").status_code == 404
