"""Choosing communes counts people and size; what cannot be counted is refused by name."""

import datetime as dt

import pytest

from foundation import clock
from foundation.refusal import Refused
from foundation.search import search_key
from territories.actions import (
    ChosenCommune,
    choose_communes,
    default_vintage,
    found_cpts,
    freeze_territory,
    population_by_vintage,
)
from territories.models import Commune, Population, TerritoryCommune
from tests.cast import Cast

pytestmark = pytest.mark.django_db
Certainty = TerritoryCommune.Certainty


def chosen(*codes: str) -> list[ChosenCommune]:
    return [ChosenCommune(code) for code in codes]


class TestChoosing:
    def test_people_communes_and_size_are_counted_together(self, cast: Cast) -> None:
        territory = choose_communes(
            cast.rives, chosen("62119", "62178"), by=cast.holder, vintage=2023
        )
        assert territory.population == 25224 + 21424
        assert (territory.commune_count, territory.size, territory.vintage) == (2, 2, 2023)

    def test_the_choice_replaces_the_one_before(self, cast: Cast) -> None:
        territory = choose_communes(cast.rives, chosen("62617"), by=cast.holder)
        assert list(territory.communes.values_list("commune", flat=True)) == ["62617"]
        assert territory.population == 11590

    def test_another_vintage_gives_other_figures_and_keeps_its_reason(self, cast: Cast) -> None:
        territory = choose_communes(
            cast.rives,
            chosen("62119"),
            by=cast.holder,
            vintage=2017,
            vintage_reason="Millésime publié lors de la signature.",
        )
        assert territory.population == 24895
        assert territory.communes.get().population == 24895
        assert territory.vintage_reason.startswith("Millésime publié")

    def test_a_completed_territory_says_so(self, cast: Cast) -> None:
        for certainty, completed in [
            (Certainty.NAMED, False),
            (Certainty.EPCI, False),
            (Certainty.INFERRED, True),
            (Certainty.FILLED, True),
        ]:
            one = [ChosenCommune("62119", certainty)]
            territory = choose_communes(cast.rives, one, by=cast.holder)
            assert territory.is_completed is completed
            assert territory.communes.get().is_completed is completed

    def test_the_authorities_of_other_grounds_are_noted(self, cast: Cast) -> None:
        choose_communes(cast.rives, chosen("62119", "62108", "67482"), by=cast.holder)
        concerns = cast.rives.concerns.values_list("region", "cpam_district")
        assert set(concerns) == {("44", None), (None, "622"), (None, "671")}
        choose_communes(cast.rives, chosen("62119"), by=cast.holder)
        assert not cast.rives.concerns.exists()


class TestRefusals:
    def test_nothing_chosen(self, cast: Cast) -> None:
        with pytest.raises(Refused, match="au moins une commune"):
            choose_communes(cast.rives, [], by=cast.holder)

    def test_an_unknown_commune_is_named(self, cast: Cast) -> None:
        with pytest.raises(Refused, match="Commune inconnue : 99999"):
            choose_communes(cast.rives, chosen("62119", "99999"), by=cast.holder)

    def test_a_missing_figure_is_named_and_never_taken_as_nothing(self, cast: Cast) -> None:
        Population.objects.filter(commune="62178", vintage=2017).delete()
        before = cast.rives.territory.population
        with pytest.raises(Refused, match="Pas de population 2017 pour Bruay-la-Buissière"):
            choose_communes(cast.rives, chosen("62119", "62178"), by=cast.holder, vintage=2017)
        cast.rives.territory.refresh_from_db()
        assert cast.rives.territory.population == before
        assert cast.rives.territory.communes.count() == 2

    def test_a_city_and_its_arrondissement_count_once(self, cast: Cast) -> None:
        city = Commune.objects.get(pk="59350")
        Commune.objects.create(
            insee_code="59999",
            name="Lille 1er",
            search_name=search_key("Lille 1er"),
            kind=Commune.Kind.ARRONDISSEMENT,
            parent=city,
            departement=city.departement,
        )
        with pytest.raises(Refused, match="Lille 1er fait partie de Lille"):
            choose_communes(cast.rives, chosen("59350", "59999"), by=cast.holder)

    def test_a_frozen_territory_never_changes(self, cast: Cast) -> None:
        freeze_territory(cast.rives)
        with pytest.raises(Refused, match="figé par le contrat"):
            choose_communes(cast.rives, chosen("62617"), by=cast.holder)
        assert cast.rives.territory.communes.count() == 2

    def test_an_empty_territory_is_not_frozen(self, cast: Cast) -> None:
        geography = cast.geography
        empty = found_cpts(
            name="CPTS Vide",
            departement=geography.pas_de_calais,
            cpam_district=geography.artois,
            by=cast.stranger,
        )
        with pytest.raises(Refused, match="pas d’habitants"):
            freeze_territory(empty)


class TestVintages:
    @pytest.mark.parametrize(
        ("day", "vintage"),
        [
            (dt.date(2020, 12, 31), 2017),
            (dt.date(2021, 1, 1), 2018),
            (dt.date(2026, 1, 1), 2023),
            (dt.date(2030, 6, 1), 2023),  # never a vintage that is not published
        ],
    )
    def test_the_vintage_in_force_is_three_years_old(
        self, cast: Cast, day: dt.date, vintage: int
    ) -> None:
        assert default_vintage(day) == vintage

    def test_a_new_dossier_counts_in_the_vintage_of_its_day(self, cast: Cast) -> None:
        geography = cast.geography
        with clock.at(dt.date(2020, 3, 2)):
            old = found_cpts(
                name="CPTS d’hier",
                departement=geography.pas_de_calais,
                cpam_district=geography.artois,
                by=cast.stranger,
            )
        assert old.territory is not None
        assert old.territory.vintage == 2017

    def test_the_same_communes_are_counted_in_every_vintage(self, cast: Cast) -> None:
        assert population_by_vintage(cast.rives.territory) == {
            2017: 24895 + 21831,
            2022: 25342 + 21997,
            2023: 25224 + 21424,
        }

    def test_a_vintage_with_a_missing_figure_is_left_out(self, cast: Cast) -> None:
        Population.objects.filter(commune="62178", vintage=2022).delete()
        assert set(population_by_vintage(cast.rives.territory)) == {2017, 2023}
