"""Signing in: one answer for all failures, six tries, a new session, and never elsewhere."""

import logging
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import demonstration
from accounts.models import Session, User
from tests.cast import make_user
from tests.conftest import PASSWORD

SIGN_IN = "/connexion/"
WRONG = "Adresse ou mot de passe incorrect."


@pytest.fixture
def person(db: None, password_hash: str) -> User:
    """A nurse with a password."""
    return make_user("Inès Infirmière", password=password_hash)


def enter(client: Client, email: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post(SIGN_IN, {"username": email, "password": password, **more})


def test_email_and_password_open_the_portal(client: Client, person: User) -> None:
    response = enter(client, " INES.infirmiere@example.org ")
    assert response["Location"] == reverse("dashboard")
    assert client.get(reverse("accounts:account")).status_code == 200


def test_unknown_wrong_and_deactivated_get_the_same_answer(client: Client, person: User) -> None:
    pages = []
    for email in ("personne@example.org", person.email):
        pages.append(enter(client, email, "faux"))
    person.is_active = False
    person.save()
    pages.append(enter(client, person.email))
    for page in pages:
        assert page.status_code == 200
        assert WRONG in page.content.decode()
    assert Session.objects.count() == 0


def test_an_unknown_address_costs_a_hash_too(
    client: Client, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    original = User.set_password
    monkeypatch.setattr(
        User, "set_password", lambda user, raw: (hashed.append(raw), original(user, raw))
    )
    enter(client, "personne@example.org", "faux")
    assert hashed == ["faux"]


def test_the_portal_itself_never_signs_in(client: Client, db: None, password_hash: str) -> None:
    portal = User.objects.portal()
    User.objects.filter(pk=portal.pk).update(password=password_hash)
    assert WRONG in enter(client, portal.email).content.decode()


def test_after_six_tries_one_waits(client: Client, person: User) -> None:
    for _ in range(5):
        assert enter(client, person.email, "faux").status_code == 200
    locked = enter(client, person.email, "faux")
    assert locked.status_code == 429
    assert locked["Retry-After"] == "900"
    assert "pendant 15" in locked.content.decode()
    assert enter(client, person.email).status_code == 429, "even with the right password"


def test_another_case_gives_no_more_tries(client: Client, person: User) -> None:
    for email in [person.email, person.email.upper()] * 3:
        last = enter(client, email, "faux")
    assert last.status_code == 429


def test_an_unknown_address_is_slowed_in_the_same_way(client: Client, db: None) -> None:
    statuses = [enter(client, "personne@example.org", "faux").status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]


def test_one_address_locked_leaves_the_others_free(client: Client, person: User) -> None:
    for _ in range(6):
        enter(client, "personne@example.org", "faux")
    assert enter(client, person.email).status_code == 302


def test_the_session_is_a_new_one(client: Client, person: User) -> None:
    client.get(reverse("accounts:follow_link", args=["x"]))  # an anonymous session
    before = client.session.session_key
    enter(client, person.email)
    assert client.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/dossiers/62-AAAAAA/", "/dossiers/62-AAAAAA/"),
        ("https://ailleurs.example/", "/tableau-de-bord/"),
        ("//ailleurs.example/", "/tableau-de-bord/"),
        ("javascript:alert(1)", "/tableau-de-bord/"),
        ("", "/tableau-de-bord/"),
    ],
)
def test_one_goes_where_one_was_going_on_this_site_only(
    client: Client, person: User, wanted: str, reached: str
) -> None:
    assert enter(client, person.email, next=wanted)["Location"] == reached


def test_where_one_was_going_is_kept_in_the_form(client: Client, db: None) -> None:
    page = client.get(reverse("dashboard"), follow=True).content.decode()
    assert '<input type="hidden" name="next" value="/tableau-de-bord/">' in page


def test_signing_out_is_a_post(client: Client, person: User) -> None:
    enter(client, person.email)
    assert client.get(reverse("accounts:sign_out")).status_code == 405
    client.post(reverse("accounts:sign_out"))
    assert not Session.objects.filter(user=person).exists()
    assert client.get(reverse("accounts:account")).status_code == 302


def test_a_form_without_its_token_is_told_in_french(person: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = enter(strict, person.email)
    assert response.status_code == 403
    assert "Ce formulaire a expiré" in response.content.decode()


def test_nothing_typed_as_password_is_logged(
    client: Client, person: User, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        enter(client, person.email, "mon secret mal tapé")
    assert "mon secret" not in caplog.text


def test_demonstration_accounts_are_shown_when_loaded(client: Client, db: None) -> None:
    first = demonstration.people()[0]
    User.objects.create_user(
        first.email, None, first_name=first.first_name, last_name=first.last_name
    )
    page = client.get(SIGN_IN).content.decode()
    assert first.email in page
    assert first.sentence in page
    assert demonstration.people()[1].email not in page, "not loaded"


def test_one_click_signs_in_as_an_invented_person(client: Client, db: None, settings: Any) -> None:
    first = demonstration.people()[0]
    User.objects.create_user(
        first.email,
        settings.DEMONSTRATION_PASSWORD,
        first_name=first.first_name,
        last_name=first.last_name,
    )
    assert enter(client, first.email, settings.DEMONSTRATION_PASSWORD).status_code == 302


def test_without_the_demonstration_nothing_of_it_is_shown(
    client: Client, db: None, settings: Any
) -> None:
    settings.DEMONSTRATION = False
    first = demonstration.people()[0]
    User.objects.create_user(first.email, None, first_name="A", last_name="B")
    page = client.get(SIGN_IN).content.decode()
    assert first.email not in page
    assert settings.DEMONSTRATION_PASSWORD not in page


def test_signed_in_the_page_leads_on(client: Client, person: User, settings: Any) -> None:
    settings.DEMONSTRATION = False
    enter(client, person.email)
    assert client.get(SIGN_IN)["Location"] == reverse("dashboard")


def test_a_deactivated_account_is_out_at_once(client: Client, person: User) -> None:
    enter(client, person.email)
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get(reverse("accounts:account")).status_code == 302
