"""A pasted list is understood, or one sentence says what is not."""

import pytest

from foundation.search import search_key
from territories.models import Commune, CommuneHistory, Departement
from territories.naming import MAX_ENTRIES, resolve
from tests.cast import Geography

pytestmark = pytest.mark.django_db


def make_commune(code: str, name: str, departement: Departement) -> None:
    Commune.objects.create(
        insee_code=code, name=name, search_name=search_key(name), departement=departement
    )


@pytest.mark.parametrize(
    "text",
    [
        "62119\n62178",
        "Béthune, Bruay-la-Buissière",
        "bethune ; BRUAY LA BUISSIERE",
        "62119 Béthune\n62178\tBruay-la-Buissière",
        "Béthune (62)\r\nBruay-la-Buissière (62)\r\n\r\n",
        "Béthune, 62119, béthune, Bruay-la-Buissière",
    ],
)
def test_names_and_codes_are_understood_however_they_come(geography: Geography, text: str) -> None:
    resolved = resolve(text, departement="62")
    assert resolved.codes == ["62119", "62178"]
    assert resolved.sentence == ""


def test_what_is_unknown_is_said_in_one_sentence(geography: Geography) -> None:
    resolved = resolve("Béthune\nAtlantide\n99999", departement="62")
    assert resolved.sentence == "Commune inconnue : « Atlantide », « 99999 »."


def test_a_shared_name_is_looked_for_in_the_departement_first(geography: Geography) -> None:
    make_commune("62701", "Saint-Martin", geography.pas_de_calais)
    make_commune("67701", "Saint-Martin", geography.bas_rhin)
    assert resolve("Saint-Martin", departement="67").codes == ["67701"]
    assert resolve("Saint-Martin (62)", departement="67").codes == ["62701"]


def test_a_name_that_stays_doubtful_asks_for_the_code(geography: Geography) -> None:
    make_commune("62701", "Saint-Martin", geography.pas_de_calais)
    make_commune("67701", "Saint-Martin", geography.bas_rhin)
    resolved = resolve("St Martin", departement="59")
    assert resolved.codes == []
    assert resolved.sentence == (
        "Plusieurs communes portent ce nom, donnez le code INSEE : « St Martin »."
    )


def test_codes_and_names_of_yesterday_lead_to_today(geography: Geography) -> None:
    CommuneHistory.objects.create(
        old_code="62998", old_name="Rive", search_name="rive", current_id="62119", kind="ancien"
    )
    assert resolve("62998", departement="62").codes == ["62119"]
    assert resolve("Rive", departement="62").codes == ["62119"]


def test_arrondissements_are_chosen_by_code_only(geography: Geography) -> None:
    part = Commune.objects.create(
        insee_code="59999",
        name="Lille 1er",
        search_name="lille 1er",
        kind=Commune.Kind.ARRONDISSEMENT,
        departement=geography.nord,
    )
    assert resolve("Lille 1er", departement="59").unknown == ["Lille 1er"]
    assert resolve("59999", departement="59").codes == [part.pk]


def test_a_long_list_of_mistakes_stays_readable(geography: Geography) -> None:
    text = "\n".join(f"Inconnue {number}" for number in range(30))
    assert resolve(text, departement="62").sentence.endswith("et 20 autres.")


def test_three_queries_whatever_the_length(
    geography: Geography, django_assert_max_num_queries: object
) -> None:
    text = "\n".join(["Béthune", "62178"] + [f"Inconnue {n}" for n in range(MAX_ENTRIES * 2)])
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        resolve(text, departement="62")
