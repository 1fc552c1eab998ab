"""The page « Essayer un barème »: who opens it, what it computes, and that it writes nothing."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.access import Role
from accounts.models import User
from aci.models import Contract, FundingGrid, FundingGridAmount
from territories.actions import assign
from tests.aci.conftest import do_jobs, in_force  # noqa: F401  (fixtures, found by their names)
from tests.cast import Cast, make_user
from tests.projects.screens import page as html_of
from tests.queries import QueryCount

SignIn = Callable[[User], Client]
URL = "/pilotage/bareme/essai/"
TEXT = "Taille;Mission;Part;Montant\n2;Fonctionnement;part fixe;61 000\n"


def page(answer: Any) -> str:
    """What is read of it."""
    return " ".join(re.sub(r"<[^>]+>", " ", html_of(answer)).split())


def asked(**more: Any) -> dict[str, Any]:
    return {"zone": "region-32", "from_day": "2025-01-01", "lines": TEXT, **more}


@pytest.fixture
def contract(light_documents: None, in_force: Contract) -> Contract:  # noqa: F811
    return in_force


def test_directors_and_the_national_reader_open_it(cast: Cast, sign_in: SignIn) -> None:
    opened = {
        part
        for part, person in cast.people().items()
        if sign_in(person).get(URL).status_code == 200
    }
    assert opened == {"ars_director", "cpam_director", "national_reader"}


def test_a_thousand_euros_more_on_five_years(
    cast: Cast, contract: Contract, sign_in: SignIn
) -> None:
    client = sign_in(cast.ars_director)
    before = (FundingGrid.objects.count(), FundingGridAmount.objects.count())
    with QueryCount() as count:
        answer = client.post(URL, asked())
    words = page(answer)
    assert "1 contrat en vigueur : +5 000,00 € sur cinq ans (+0,4 %)" in words
    assert "1 CPTS y gagne" in words
    assert "+1 000,00 €" in words
    assert "CPTS Rives" in words
    assert count.number <= 8, "a post"
    assert (FundingGrid.objects.count(), FundingGridAmount.objects.count()) == before
    assert "61 000" in page(client.post(URL, asked())), "the lines stay in their box"


def test_a_file_takes_the_place_of_the_box_and_stays_there(
    cast: Cast, contract: Contract, sign_in: SignIn
) -> None:
    file = SimpleUploadedFile("essai.csv", TEXT.replace("61 000", "62 000").encode("utf-8-sig"))
    answer = sign_in(cast.ars_director).post(URL, asked(file=file))
    assert "+10 000,00 €" in page(answer)
    assert "62 000" in answer.content.decode()


def test_the_amounts_in_force_are_given_to_be_changed(
    cast: Cast, contract: Contract, sign_in: SignIn
) -> None:
    client = sign_in(cast.cpam_director)
    answer = client.get(reverse("aci:grid_in_force_csv"))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert text.startswith("Taille;Mission;Part;Montant")
    same = client.post(URL, asked(zone=f"cpam-{cast.rives.cpam_district_id}", lines=text))
    assert "aucun écart sur cinq ans" in page(same)


def test_an_unreadable_line_is_one_sentence_and_loses_nothing(
    cast: Cast, contract: Contract, sign_in: SignIn
) -> None:
    wrong = TEXT.replace("61 000", "beaucoup")
    answer = sign_in(cast.ars_director).post(URL, asked(lines=wrong))
    assert "Ligne 2 : le montant « beaucoup » ne se lit pas." in page(answer)
    assert "beaucoup" in answer.content.decode()
    assert "Résultat" not in page(answer)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"zone": "region-44"}, "Périmètre"),
        ({"from_day": "2040-01-01"}, "Choisissez une date entre"),
        ({"from_day": ""}, "Date d’effet"),
        ({"vintage": "1900"}, "Populations"),
        ({"file": SimpleUploadedFile("a.csv", b"\0\0")}, "n’est pas un tableau CSV"),
        ({"file": SimpleUploadedFile("a.csv", b"1" * 300_000)}, "dépasse 200 ko"),
    ],
)
def test_other_bad_input_is_told_beside_its_field(
    cast: Cast, contract: Contract, sign_in: SignIn, more: dict[str, Any], sentence: str
) -> None:
    answer = sign_in(cast.ars_director).post(URL, asked(**more))
    assert answer.status_code == 200
    assert sentence in page(answer)
    assert "Résultat" not in page(answer)


def test_a_perimeter_without_contract_says_so(cast: Cast, sign_in: SignIn) -> None:
    east = make_user("Edith Est")
    assign(east, Role.ARS_DIRECTOR, region=cast.geography.grand_est)
    answer = sign_in(east).post(URL, asked(zone="region-44"))
    assert "Aucun contrat n’est en vigueur dans ce périmètre." in page(answer)


def test_nobody_computes_the_contracts_of_others(
    cast: Cast, contract: Contract, sign_in: SignIn
) -> None:
    east = make_user("Edith Est")
    assign(east, Role.ARS_DIRECTOR, region=cast.geography.grand_est)
    assert "CPTS Rives" not in page(sign_in(east).post(URL, asked()))
    reader = page(sign_in(cast.national_reader).post(URL, asked(zone="france")))
    assert "1 contrat en vigueur" in reader


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_each_cpts_is_exported(cast: Cast, contract: Contract, sign_in: SignIn, kind: str) -> None:
    answer = sign_in(cast.ars_director).post(URL, asked(export=kind))
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert f".{kind}" in answer["Content-Disposition"]
    if kind == "csv":
        header, row, *_ = content.decode("utf-8-sig").splitlines()
        assert header.startswith("CPTS;Département;Taille du contrat;Taille à l’essai;2025, en vig")
        assert row.startswith("CPTS Rives;62;")
        assert row.endswith(";5000,00")


def test_populations_of_another_vintage_are_counted(
    cast: Cast, contract: Contract, sign_in: SignIn
) -> None:
    with connection.cursor() as cursor:  # every commune grows beyond the next size
        cursor.execute("UPDATE territories_population SET municipal = 90000 WHERE vintage = 2023")
    words = page(sign_in(cast.ars_director).post(URL, asked(lines="", vintage="2023")))
    assert "1 CPTS change de taille" in words
