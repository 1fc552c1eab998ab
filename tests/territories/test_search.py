"""Communes and CPTS are found as people name them."""

import pytest

from foundation.search import search_key
from territories.actions import ChosenCommune, choose_communes, move
from territories.models import Commune, CommuneHistory, Cpts
from territories.search import find_communes
from tests.cast import Cast, Geography
from tests.queries import QueryCount


def make_commune(geography: Geography, code: str, name: str, **fields: object) -> Commune:
    return Commune.objects.create(
        insee_code=code,
        name=name,
        search_name=search_key(name),
        departement=fields.pop("departement", geography.pas_de_calais),
        **fields,
    )


def names(text: str) -> list[str]:
    return [commune.name for commune in Commune.objects.search(text)]


@pytest.mark.django_db
class TestCommunes:
    @pytest.mark.parametrize(
        "text",
        ["Béthune", "bethune", "BETHUNE", "béth", "62119", "62400", " 624 00 ", "624"],
    )
    def test_bethune_is_found(self, geography: Geography, text: str) -> None:
        assert "Béthune" in names(text)

    @pytest.mark.parametrize("text", ["", "  ", "zz", "%", "_", "99999", "béthune;drop", "''"])
    def test_what_is_not_there_is_not_found(self, geography: Geography, text: str) -> None:
        assert names(text) == []

    def test_a_word_inside_the_name_is_found_after_the_names_that_begin_so(
        self, geography: Geography
    ) -> None:
        make_commune(geography, "62201", "Buissière", population=10)
        assert names("buissière") == ["Buissière", "Bruay-la-Buissière"]

    def test_the_whole_name_comes_first_then_the_largest(self, geography: Geography) -> None:
        make_commune(geography, "62301", "Lens", population=30_000)
        make_commune(geography, "62302", "Lens-le-Grand", population=90_000)
        make_commune(geography, "62303", "Lens-le-Petit", population=100)
        assert names("lens") == ["Lens", "Lens-le-Grand", "Lens-le-Petit"]

    def test_one_letter_finds_only_the_commune_named_so(self, geography: Geography) -> None:
        make_commune(geography, "80829", "Y")
        assert names("y") == ["Y"]
        assert names("b") == []

    def test_a_former_name_or_code_leads_to_the_commune_of_today(
        self, geography: Geography
    ) -> None:
        CommuneHistory.objects.create(
            old_code="62998",
            old_name="Vieille-Rive",
            search_name="vieille rive",
            current_id="62119",
            kind="ancien",
        )
        assert names("vieille rive") == ["Béthune"]
        assert names("62998") == ["Béthune"]
        assert find_communes("vieille", limit=5).answers[0].former_name == "Vieille-Rive"

    def test_corsica_has_letters_in_its_codes(self, geography: Geography) -> None:
        make_commune(geography, "2A004", "Ajaccio")
        assert names("2a004") == ["Ajaccio"]

    def test_answers_say_which_cpts_covers(self, cast: Cast) -> None:
        found = find_communes("béthune", limit=5)
        assert [answer.cpts for answer in found.answers] == [["CPTS Rives"]]
        assert found.only_one is not None

    def test_a_dossier_in_emergence_is_not_told(self, cast: Cast) -> None:
        move(cast.rives, public=False)
        assert find_communes("béthune", limit=5).answers[0].cpts == []

    def test_homonyms_are_all_given_and_more_is_said(self, geography: Geography) -> None:
        for number in range(4):
            make_commune(geography, f"6240{number}", "Saint-Martin")
        found = find_communes("st martin", limit=3)
        assert (len(found.answers), found.has_more, found.only_one) == (3, True, None)

    @pytest.mark.parametrize("text", ["\0", "x" * 5000, "1e9999999", "NaN", "\u202e", "🩺"])
    def test_odd_texts_find_nothing_and_break_nothing(
        self, geography: Geography, text: str
    ) -> None:
        assert find_communes(text, limit=5).answers == []


@pytest.mark.django_db
class TestCpts:
    @pytest.mark.parametrize(
        "text", ["rives", "RÎVES", "cpts rives", "bruay la buissiere", "buissière", "62400"]
    )
    def test_a_cpts_is_found_by_its_name_or_its_communes(self, cast: Cast, text: str) -> None:
        assert list(Cpts.objects.search(text)) == [cast.rives]

    def test_every_word_must_be_found(self, cast: Cast) -> None:
        assert not Cpts.objects.search("rives monts").exists()

    def test_no_text_keeps_everything(self, cast: Cast) -> None:
        assert Cpts.objects.search(" ").count() == 2

    def test_the_reference_is_found(self, cast: Cast) -> None:
        assert list(Cpts.objects.search(cast.monts.reference)) == [cast.monts]

    def test_an_arrondissement_is_covered_with_its_city_and_the_city_by_it(
        self, cast: Cast
    ) -> None:
        city = Commune.objects.get(pk="62119")
        part = make_commune(
            cast.geography, "62901", "Béthune 1er", kind=Commune.Kind.ARRONDISSEMENT, parent=city
        )
        assert list(Cpts.objects.covering(part)) == [cast.rives]
        cast.monts.territory.communes.create(commune=part, population=1)
        assert set(Cpts.objects.covering(city)) == {cast.rives, cast.monts}


@pytest.mark.django_db
class TestHowPeopleType:
    """Arrondissements, homonyms, a code beside the name: as on a telephone or an envelope."""

    @pytest.fixture
    def cities(self, geography: Geography) -> None:
        paris = make_commune(
            geography, "75056", "Paris", postal_codes="75001|75015", population=2_000_000
        )
        for code, ordinal, postal in [
            ("75101", "1er", "75001"),
            ("75113", "13e", "75013"),
            ("75115", "15e", "75015"),
        ]:
            make_commune(
                geography,
                code,
                f"Paris {ordinal} Arrondissement",
                kind=Commune.Kind.ARRONDISSEMENT,
                parent=paris,
                postal_codes=postal,
                population=200_000,
            )

    @pytest.mark.parametrize(
        "text",
        ["Paris 15", "paris 15e", "PARIS 15ème", "paris 15eme arr", "75015", "75115"],
    )
    def test_an_arrondissement_comes_first(self, cities: None, text: str) -> None:
        assert names(text)[0] == "Paris 15e Arrondissement"

    @pytest.mark.parametrize("text", ["Paris 1", "paris 1er", "paris 1e", "75001"])
    def test_the_first_comes_before_the_thirteenth(self, cities: None, text: str) -> None:
        assert names(text)[0] == "Paris 1er Arrondissement"

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("Saint-Denis 59", "59901"),
            ("st denis (nord)", "59901"),
            ("Saint-Denis, Pas-de-Calais", "62901"),
            ("saint denis 62", "62901"),
            ("62999 saint denis", "62901"),
        ],
    )
    def test_a_departement_or_a_code_tells_homonyms_apart(
        self, geography: Geography, text: str, code: str
    ) -> None:
        make_commune(
            geography, "59901", "Saint-Denis", departement=geography.nord, postal_codes="59999"
        )
        make_commune(geography, "62901", "Saint-Denis", postal_codes="62999")
        assert [commune.pk for commune in Commune.objects.search(text)] == [code]

    def test_a_name_that_ends_like_a_departement_stays_whole(self, geography: Geography) -> None:
        make_commune(geography, "62902", "Beaumont-du-Nord")
        assert names("beaumont du nord") == ["Beaumont-du-Nord"]

    @pytest.mark.parametrize("text", ["béon", "62997", "Béon (62)"])
    def test_a_vanished_commune_leads_to_that_of_today(
        self, geography: Geography, text: str
    ) -> None:
        today = make_commune(geography, "62996", "Culoz-le-Neuf")
        make_commune(geography, "62997", "Béon", successor=today)
        found = find_communes(text, limit=5).answers
        assert [(answer.commune, answer.former_name) for answer in found] == [(today, "Béon")]

    def test_all_the_cpts_of_a_shared_commune_are_told_with_their_parts(self, cast: Cast) -> None:
        choose_communes(cast.rives, [ChosenCommune("62119", share=6250)], by=cast.holder)
        choose_communes(
            cast.monts, [ChosenCommune("62119", share=3750, part="sud")], by=cast.holder
        )
        found = find_communes("béthune", limit=5).answers
        assert found[0].cpts == ["CPTS Monts (37,5\xa0%)", "CPTS Rives (62,5\xa0%)"]

    def test_a_city_is_told_the_cpts_of_its_arrondissements(self, cast: Cast, cities: None) -> None:
        cast.rives.territory.communes.create(commune_id="75115", population=1)
        found = {
            answer.commune.pk: answer.cpts for answer in find_communes("paris", limit=9).answers
        }
        assert found["75056"] == found["75115"] == ["CPTS Rives"]
        assert found["75101"] == []

    @pytest.mark.parametrize("text", ["béthune", "62119", "vieille"])
    def test_three_queries_at_most(self, cast: Cast, text: str) -> None:
        with QueryCount() as count:
            find_communes(text, limit=50)
        assert count.number <= 3
