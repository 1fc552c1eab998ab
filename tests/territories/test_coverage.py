"""Who covers what at a date: by stage, by year, by part; overlaps and white zones."""

import datetime as dt

import pytest

from foundation import clock
from territories.actions import ChosenCommune, choose_communes, hand_over_territory, move
from territories.areas import FRANCE, Area, AreaKind, area_of
from territories.coverage import (
    every_place,
    figures,
    figures_by_day_and_part,
    figures_by_part,
    overlaps,
    places_held,
    total_of,
    white_places,
)
from territories.models import Commune, Cpts, Population, Stage
from tests.cast import Cast, Geography, make_cpts, make_user
from tests.queries import QueryCount

pytestmark = pytest.mark.django_db

PAS_DE_CALAIS = Area(AreaKind.DEPARTEMENT, "62", "Pas-de-Calais")
TODAY = dt.date(2026, 11, 26)
BETHUNE, BERCK, BRUAY, LILLERS = 25_224, 12_951, 21_424, 10_193


@pytest.fixture(autouse=True)
def today() -> object:
    with clock.at(TODAY):
        yield


def held_in(area: Area, day: dt.date) -> set[str]:
    """The places of the area that the map colours on the day."""
    return {place.code for place in every_place(area, day) if place.coverers}


def another(cast: Cast, name: str, *chosen: ChosenCommune) -> Cpts:
    """A third community, of a holder of its own."""
    holder = make_user(f"Zoé {name}")
    cpts = make_cpts(f"CPTS {name}", holder, ["62617"], cast.geography)
    choose_communes(cpts, chosen, by=holder, vintage=2023)
    return cpts


class TestFigures:
    def test_communes_and_inhabitants_are_counted_by_stage(self, cast: Cast) -> None:
        move(cast.monts, stage=Stage.CONTRACTED)
        found = figures(PAS_DE_CALAIS, TODAY)
        assert found.whole.communes == 6
        assert (found.covered.communes, found.covered.inhabitants) == (3, BETHUNE + BRUAY + LILLERS)
        assert found.by_stage[Stage.LETTER].inhabitants == BETHUNE + BRUAY
        assert found.by_stage[Stage.CONTRACTED].inhabitants == LILLERS
        assert found.white.inhabitants == found.whole.inhabitants - found.covered.inhabitants
        assert found.commune_rate == 0.5

    def test_one_query_whatever_the_area(self, cast: Cast) -> None:
        for area in (FRANCE, PAS_DE_CALAIS, area_of("cpam-621"), area_of("epci-200072460")):
            with QueryCount() as count:
                figures(area, TODAY)
            assert count.number == 1

    def test_a_place_with_two_cpts_counts_once_under_the_most_advanced(self, cast: Cast) -> None:
        move(cast.monts, stage=Stage.VALIDATED)
        another(cast, "Plaine", ChosenCommune("62516"))
        found = figures(PAS_DE_CALAIS, TODAY)
        assert found.covered.communes == 3
        assert found.by_stage[Stage.VALIDATED].communes == 1
        assert (found.overlap.communes, found.overlap.inhabitants) == (1, LILLERS)

    def test_what_is_not_public_or_over_covers_nobody(self, cast: Cast) -> None:
        move(cast.rives, public=False)
        move(cast.monts, stage=Stage.ABANDONED)
        assert figures(FRANCE, TODAY).covered.communes == 0

    def test_half_a_commune_covers_half_its_inhabitants(self, cast: Cast) -> None:
        choose_communes(
            cast.monts,
            [ChosenCommune("62516", share=5_000)],
            by=cast.monts_coordinator,
            vintage=2023,
        )
        found = figures(PAS_DE_CALAIS, TODAY)
        assert found.covered.communes == 3
        assert found.covered.inhabitants == BETHUNE + BRUAY + LILLERS // 2
        assert found.white.communes == 3

    def test_an_empty_area_has_a_rate_of_zero(self, geography: Geography) -> None:
        nowhere = figures(Area(AreaKind.EPCI, "000000000", "Nulle part"), TODAY)
        assert (nowhere.whole.communes, nowhere.commune_rate, nowhere.inhabitant_rate) == (0, 0, 0)


class TestAtADate:
    def test_a_territory_covers_from_the_day_its_letter_is_public(self, cast: Cast) -> None:
        day_before = TODAY - dt.timedelta(days=1)
        assert figures(FRANCE, day_before).covered.communes == 0
        assert figures(FRANCE, TODAY).covered.communes == 3

    def test_an_old_version_answers_for_its_time(self, cast: Cast) -> None:
        hand_over_territory(cast.rives)
        later = TODAY + dt.timedelta(days=40)
        with clock.at(later):
            choose_communes(cast.rives, [ChosenCommune("62108")], by=cast.holder, vintage=2023)
        before = held_in(PAS_DE_CALAIS, later - dt.timedelta(days=1))
        after = held_in(PAS_DE_CALAIS, later)
        assert before == {"62119", "62178", "62516"}
        assert after == {"62108", "62516"}

    def test_a_stage_that_ended_counts_until_its_last_day(self, cast: Cast) -> None:
        later = TODAY + dt.timedelta(days=40)
        with clock.at(later):
            move(cast.monts, stage=Stage.TERMINATED)
        assert figures(FRANCE, later - dt.timedelta(days=1)).covered.communes == 3
        assert figures(FRANCE, later).covered.communes == 2

    def test_each_year_since_the_agreement_and_today_in_one_query(self, cast: Cast) -> None:
        days = [*(dt.date(year, 12, 31) for year in range(2019, TODAY.year)), TODAY]
        with QueryCount() as count:
            by_day = figures_by_day_and_part(PAS_DE_CALAIS, days, AreaKind.EPCI)
        assert count.number == 1
        years = [total_of(by_day[day], day) for day in days]
        assert [found.day.year for found in years] == list(range(2019, 2027))
        assert [found.covered.communes for found in years] == [0] * 7 + [3]
        assert years[-1].day == TODAY


class TestParts:
    def test_a_region_is_told_by_departement(self, cast: Cast) -> None:
        region = area_of("region-32")
        assert region is not None
        parts = {part.code: part for part in figures_by_part(region, TODAY)}
        assert (parts["62"].name, parts["62"].covered.communes) == ("Pas-de-Calais", 3)
        assert parts["59"].covered.communes == 0
        assert set(parts) == {"59", "62"}

    def test_a_cpam_is_told_by_epci_in_one_query(self, cast: Cast) -> None:
        district = area_of("cpam-621")
        assert district is not None
        with QueryCount() as count:
            parts = figures_by_part(district, TODAY)
        assert count.number == 1
        assert [(part.code, part.covered.communes) for part in parts] == [("200072460", 3)]
        assert parts[0].name == "Agglomération 200072460"


class TestOverlapsAndWhiteZones:
    def test_an_overlap_names_the_commune_and_its_cpts(self, cast: Cast) -> None:
        another(cast, "Plaine", ChosenCommune("62516"), ChosenCommune("62617"))
        (place,) = overlaps(FRANCE, TODAY)
        assert (place.name, place.inhabitants_counted_twice) == ("Lillers", LILLERS)
        assert [coverer.name for coverer in place.coverers] == ["CPTS Monts", "CPTS Plaine"]

    def test_two_parts_of_a_whole_are_no_overlap(self, cast: Cast) -> None:
        for name in ("Ouest", "Est"):
            another(cast, name, ChosenCommune("59350", share=5_000, part=name))
        assert overlaps(FRANCE, TODAY) == []
        assert figures(FRANCE, TODAY).covered.inhabitants == BETHUNE + BRUAY + LILLERS + 238_246

    def test_parts_above_the_whole_overlap_by_what_exceeds(self, cast: Cast) -> None:
        another(cast, "Ouest", ChosenCommune("62617", share=7_500))
        another(cast, "Est", ChosenCommune("62617", share=5_000))
        (place,) = overlaps(FRANCE, TODAY)
        assert place.inhabitants_counted_twice == 11_590 // 4

    def test_white_zones_come_largest_first_page_by_page(self, cast: Cast) -> None:
        first = white_places(PAS_DE_CALAIS, TODAY, limit=2)
        rest = white_places(PAS_DE_CALAIS, TODAY, limit=2, skip=2)
        assert [place.code for place in first + rest] == ["62765", "62108", "62617"]


class TestPlacesHeld:
    def test_it_names_who_holds_each_commune_but_oneself(self, cast: Cast) -> None:
        held = places_held(["62119", "62516", "62765"], TODAY, besides=cast.rives.pk)
        assert [(place.code, place.coverers[0].name) for place in held] == [("62516", "CPTS Monts")]
        assert places_held([], TODAY) == []


class TestCitiesAndVanishedCommunes:
    """Paris, Lyon and Marseille by arrondissement; communes that merged."""

    @pytest.fixture
    def lille_and_parts(self, cast: Cast) -> Cast:
        """Lille cut in two arrondissements: the rule is the same as for the three cities."""
        for code, people in (("59351", 100_000), ("59352", 138_246)):
            Commune.objects.create(
                insee_code=code,
                name=f"Lille {code}",
                search_name=f"lille {code}",
                kind="ARM",
                parent_id="59350",
                departement=cast.geography.nord,
                population=people,
            )
            Population.objects.create(commune_id=code, vintage=2023, municipal=people)
        return cast

    def test_the_city_counts_by_its_arrondissements(self, lille_and_parts: Cast) -> None:
        another(lille_and_parts, "Ville", ChosenCommune("59350"))
        nord = figures(Area(AreaKind.DEPARTEMENT, "59"), TODAY)
        assert (nord.whole.communes, nord.covered.communes) == (2, 2)
        assert nord.covered.inhabitants == 238_246

    def test_the_city_and_an_arrondissement_overlap(self, lille_and_parts: Cast) -> None:
        another(lille_and_parts, "Ville", ChosenCommune("59350"))
        another(lille_and_parts, "Quartier", ChosenCommune("59351"))
        assert [place.code for place in overlaps(FRANCE, TODAY)] == ["59351"]

    def test_each_answers_for_the_other(self, lille_and_parts: Cast) -> None:
        another(lille_and_parts, "Quartier", ChosenCommune("59351"))
        assert [place.code for place in places_held(["59350"], TODAY)] == ["59351"]
        another(lille_and_parts, "Ville", ChosenCommune("59350"))
        held = places_held(["59352"], TODAY)
        assert [coverer.name for coverer in held[0].coverers] == ["CPTS Ville"]

    def test_a_vanished_commune_counts_for_the_one_that_took_its_place(self, cast: Cast) -> None:
        Commune.objects.filter(pk="62516").update(successor="62617")
        found = figures(PAS_DE_CALAIS, TODAY)
        assert (found.whole.communes, found.covered.communes) == (5, 3)
        assert held_in(PAS_DE_CALAIS, TODAY) == {"62119", "62178", "62617"}
        assert [place.code for place in places_held(["62617"], TODAY)] == ["62617"]


class TestAreas:
    @pytest.mark.parametrize(
        ("slug", "name"),
        [
            ("france", "France entière"),
            ("region-32", "Hauts-de-France"),
            ("departement-2A", "Corse-du-Sud"),
            ("cpam-621", "CPAM de l’Artois"),
            ("epci-200072460", "Agglomération 200072460"),
        ],
    )
    def test_an_address_leads_to_its_area_and_back(
        self, geography: Geography, slug: str, name: str
    ) -> None:
        area = area_of(slug)
        assert area is not None
        assert (area.name, area.slug) == (name, slug)

    @pytest.mark.parametrize(
        "slug", ["", "france-1", "region", "region-", "region-999", "monde-1", "cpam-%", "epci-\n"]
    )
    def test_anything_else_is_no_area(self, geography: Geography, slug: str) -> None:
        assert area_of(slug) is None

    def test_it_filters_communes(self, geography: Geography) -> None:
        district = area_of("cpam-622")
        assert district is not None
        found = Commune.objects.filter(district.communes()).values_list("pk", flat=True)
        assert set(found) == {"62108", "62765"}
