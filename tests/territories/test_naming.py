"""A pasted list is understood, or one sentence says what is not."""

import pytest

from foundation.search import search_key
from territories.models import Commune, CommuneHistory, Departement
from territories.naming import MAX_ENTRIES, Resolved, resolve
from tests.cast import Geography

pytestmark = pytest.mark.django_db


def said(resolved: Resolved) -> str:
    """The sentence, spaces of any kind made plain."""
    return resolved.sentence.replace("\xa0", " ")


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
    assert said(resolved) == ("Commune inconnue : « Atlantide » (ligne 2), « 99999 » (ligne 3).")


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
    assert said(resolved) == (
        "Plusieurs communes portent ce nom, choisissez laquelle : « St Martin »."
    )
    (doubt,) = resolved.doubts
    assert [one.label for one in doubt.candidates] == [
        "Saint-Martin (62), 62701",
        "Saint-Martin (67), 67701",
    ]


def test_the_one_chosen_is_taken_and_no_other(geography: Geography) -> None:
    make_commune("62701", "Saint-Martin", geography.pas_de_calais)
    make_commune("67701", "Saint-Martin", geography.bas_rhin)
    text = "Béthune\nSaint-Martin"
    assert resolve(text, departement="", choices={1: "67701"}).codes == ["62119", "67701"]
    for stray in ({1: "62119"}, {0: "67701"}, {1: ""}):
        assert resolve(text, departement="", choices=stray).ambiguous


def test_the_same_commune_on_two_lines_is_said_with_both(geography: Geography) -> None:
    resolved = resolve("Béthune\nLillers\n\n62119", departement="62")
    assert said(resolved) == ("Béthune est donnée 2 fois (lignes 1 et 4) : gardez une seule ligne.")


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("Lillers 62,5 %", {"62516": 6250}),
        ("62516 : 40%", {"62516": 4000}),
        ("62516\tLillers\t62,5 %\nBéthune", {"62516": 6250, "62119": 10_000}),
        ("Lillers 40 %\nLillers 35,25 %", {"62516": 7525}),
        ("Béthune, Lillers 62,5 %, 62178", {"62119": 10_000, "62516": 6250, "62178": 10_000}),
    ],
)
def test_shares_are_read_beside_the_name(
    geography: Geography, text: str, shares: dict[str, int]
) -> None:
    resolved = resolve(text, departement="62")
    assert resolved.sentence == ""
    assert resolved.shares == shares


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Béthune\nLillers 120 %", "Ligne 2 : la part d’une commune va de 0,01 % à 100 %"),
        ("Béthune\nLillers 0 %", "Ligne 2 : la part d’une commune va de 0,01 % à 100 %"),
        ("Béthune\nLillers 1e9999999 %", "Commune inconnue : « Lillers 1e"),
        ("Lillers 60 %\nLillers 50 %", "Les parts de Lillers (lignes 1 et 2) dépassent 100 %."),
        ("Lillers 60 %; Lillers 50 %", "Les parts de Lillers (ligne 1) dépassent 100 %."),
    ],
)
def test_shares_beyond_the_whole_are_said_with_their_line(
    geography: Geography, text: str, expected: str
) -> None:
    resolved = resolve(text, departement="62")
    assert expected in said(resolved)
    assert "62516" not in resolved.shares


def test_codes_and_names_of_yesterday_lead_to_today(geography: Geography) -> None:
    CommuneHistory.objects.create(
        old_code="62998", old_name="Rive", search_name="rive", current_id="62119", kind="ancien"
    )
    resolved = resolve("62998", departement="62")
    assert resolved.codes == ["62119"]
    (notice,) = resolved.notices
    assert notice.replace("\xa0", " ") == "« 62998 » n’existe plus : Béthune (62) la remplace."
    assert resolve("Rive", departement="62").codes == ["62119"]


def test_arrondissements_are_chosen_by_code_only(geography: Geography) -> None:
    part = Commune.objects.create(
        insee_code="59999",
        name="Lille 1er",
        search_name="lille 1er",
        kind=Commune.Kind.ARRONDISSEMENT,
        departement=geography.nord,
    )
    unknown = resolve("Lille 1er", departement="59").unknown
    assert [entry.name for entry in unknown] == ["Lille 1er"]
    assert resolve("59999", departement="59").codes == [part.pk]


def test_a_long_list_of_mistakes_stays_readable(geography: Geography) -> None:
    text = "\n".join(f"Inconnue {number}" for number in range(30))
    assert resolve(text, departement="62").sentence.endswith("et 20 autres.")


def test_three_queries_whatever_the_length(
    geography: Geography, django_assert_max_num_queries: object
) -> None:
    text = "\n".join(["Béthune", "62178"] + [f"Inconnue {n}" for n in range(MAX_ENTRIES - 2)])
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        resolve(text, departement="62")


def test_too_long_a_list_is_refused_whole(geography: Geography) -> None:
    resolved = resolve("Béthune\n" * (MAX_ENTRIES + 1), departement="62")
    assert resolved.codes == []
    assert "dépasse 1 000 communes" in said(resolved)


def test_merged_communes_of_an_old_list_are_one_commune_of_today(geography: Geography) -> None:
    for code in ("62998", "62997"):
        CommuneHistory.objects.create(old_code=code, current_id="62119", kind="ancien")
    resolved = resolve("62998\n62997", departement="62")
    assert resolved.sentence == ""
    assert resolved.codes == ["62119"]
    assert len(resolved.notices) == 2
