"""How to reach the authorities: written by an administrator, journaled, never half right."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from records.models import JournalEntry
from territories.models import LocalContact
from tests.cast import Cast
from tests.portal.conftest import Read
from tests.queries import QueryCount

SignIn = Callable[[User], Client]
GIVEN = {
    "phone": "03 20 00 00 00",
    "email": "contact@cpam-artois.example.org",
    "page": "https://www.example.org/contact",
    "hours": "Du lundi au vendredi",
    "source": "Annuaire de la caisse",
}
URL = "/administration/coordonnees/cpam-621/"


@pytest.mark.parametrize("part", ["ars_director", "coordinator", "national_reader", "stranger"])
def test_it_is_for_administrators(cast: Cast, sign_in: SignIn, part: str) -> None:
    client = sign_in(getattr(cast, part))
    assert client.get(reverse("administration_contacts")).status_code == 403
    assert client.post(URL, GIVEN).status_code == 403
    assert client.post(f"{URL}retirer/").status_code == 403
    assert not LocalContact.objects.exists()


def test_contacts_given_are_on_the_public_pages_and_in_the_journal(
    cast: Cast, sign_in: SignIn, read: Read
) -> None:
    client = sign_in(cast.administrator)
    assert client.post(URL, GIVEN)["Location"] == reverse("administration_contacts")
    page = Client().get("/communes/62119/").content.decode()
    for value in (GIVEN["email"], GIVEN["page"], GIVEN["hours"], GIVEN["source"]):
        assert value in page
    entry = JournalEntry.objects.of_dossier("portail").about(LocalContact.objects.get()).get()
    assert entry.sentence == "Coordonnées mises à jour : CPAM de l’Artois"
    assert "CPAM de l’Artois 03 20 00 00 00" in read(cast.administrator, "administration_contacts")


def test_what_is_known_is_shown_again_and_replaced(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.administrator)
    client.post(URL, GIVEN)
    assert GIVEN["page"] in client.get(URL).content.decode()
    client.post(URL, {"phone": "3646", "source": "Courrier"})
    contact = LocalContact.objects.get()
    assert (contact.phone, contact.email, contact.page) == ("3646", "", "")


def test_contacts_may_be_taken_back(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.administrator)
    client.post(URL, GIVEN)
    client.post(f"{URL}retirer/")
    assert not LocalContact.objects.exists()
    again = client.post(f"{URL}retirer/", follow=True).content.decode()
    assert "Ces coordonnées sont déjà retirées." in again


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"source": ""}, "Dites d’où viennent ces coordonnées."),
        ({"phone": "", "email": "", "page": ""}, "Donnez au moins un téléphone"),
        ({"phone": "appelez-moi"}, "Écrivez le numéro en chiffres"),
        ({"email": "contact"}, "Saisissez une adresse complète"),
        ({"page": "javascript:alert(1)"}, "qui commence par https://"),
        ({"page": "ftp://example.org/"}, "qui commence par https://"),
    ],
)
def test_bad_input_is_told_and_changes_nothing(
    cast: Cast, sign_in: SignIn, change: dict[str, str], words: str
) -> None:
    page = sign_in(cast.administrator).post(URL, {**GIVEN, **change})
    assert words in page.content.decode()
    assert not LocalContact.objects.exists()


def test_an_authority_is_chosen_in_the_list(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.administrator)
    url = reverse("administration_contacts")
    assert "Aucune coordonnée" in client.get(url).content.decode()
    assert client.get(url, {"autorite": "cpam-621"})["Location"] == URL
    assert "Cette autorité n’existe pas" in client.get(url, {"autorite": "x"}).content.decode()


@pytest.mark.parametrize("body", ["region-99", "france", "epci-200072460", "autre"])
def test_an_unknown_authority_is_not_found(cast: Cast, sign_in: SignIn, body: str) -> None:
    client = sign_in(cast.administrator)
    assert client.get(reverse("administration_contact", args=[body])).status_code == 404


def test_an_authority_that_was_not_loaded_is_refused(cast: Cast, sign_in: SignIn) -> None:
    url = reverse("administration_contact", args=["region-11"])
    page = sign_in(cast.administrator).post(url, GIVEN).content.decode()
    assert "n’est pas dans les données de référence" in page


def test_contacts_are_of_one_body(cast: Cast) -> None:
    both = {"region": cast.geography.grand_est, "cpam_district": cast.geography.lille}
    for bodies in ({}, both):
        with pytest.raises(IntegrityError), transaction.atomic():
            LocalContact.objects.create(source="x", **bodies)


def test_the_list_takes_six_queries(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.administrator)
    client.post(URL, GIVEN)
    with QueryCount() as count:
        client.get(reverse("administration_contacts"))
    assert count.number <= 6
