"""One's own account: roles in words, sessions listed and ended, a new password."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Session, User
from accounts.sessions import device_of
from tests.cast import Cast, make_user
from tests.conftest import PASSWORD

SignIn = Callable[[User], Client]
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def person(db: None, password_hash: str) -> User:
    """Somebody with a password."""
    return make_user("Rose Session", password=password_hash)


def enter(person: User, password: str = PASSWORD) -> Client:
    client = Client(headers={"user-agent": FIREFOX})
    client.post("/connexion/", {"username": person.email, "password": password})
    return client


def test_roles_and_scopes_are_said_in_words(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.committee_member).get(reverse("accounts:account")).content.decode()
    for words in ("Membre d’un comité", "Hauts-de-France", "URPS infirmiers", "Donne l’avis"):
        assert words in page


def test_an_account_without_role_learns_what_to_do(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.stranger).get(reverse("accounts:account")).content.decode()
    assert "lettre d’intention" in page


def test_sessions_are_listed_and_ended_one_by_one(person: User) -> None:
    here, there = enter(person), enter(person)
    page = here.get(reverse("accounts:account")).content.decode()
    assert page.count("Firefox, Windows</strong>") == 2
    assert "(celle-ci)" in page
    other = Session.objects.get(pk=there.session.session_key)
    here.post(reverse("accounts:end_session", args=[other.public_id]))
    assert there.get(reverse("accounts:account")).status_code == 302
    assert here.get(reverse("accounts:account")).status_code == 200


def test_the_page_never_shows_a_session_key(person: User) -> None:
    here, there = enter(person), enter(person)
    page = here.get(reverse("accounts:account")).content.decode()
    assert there.session.session_key not in page


def test_nobody_ends_the_session_of_another(person: User, cast: Cast, sign_in: SignIn) -> None:
    theirs = enter(person)
    session = Session.objects.get(pk=theirs.session.session_key)
    sign_in(cast.coordinator).post(reverse("accounts:end_session", args=[session.public_id]))
    assert theirs.get(reverse("accounts:account")).status_code == 200


def change(client: Client, old: str, new: str) -> str:
    data = {"old_password": old, "new_password1": new, "new_password2": new}
    return client.post(reverse("accounts:change_password"), data, follow=True).content.decode()


def test_a_new_password_ends_the_other_sessions(person: User) -> None:
    here, there = enter(person), enter(person)
    assert "Votre nouveau mot de passe est enregistré" in change(
        here, PASSWORD, "coquelicot bleu des champs"
    )
    assert here.get(reverse("accounts:account")).status_code == 200
    assert there.get(reverse("accounts:account")).status_code == 302


def test_the_old_password_is_needed(person: User) -> None:
    change(enter(person), "faux", "coquelicot bleu des champs")
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox, Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/140.0.0.0 Safari/537.36 Edg/140.0",
            "Edge, Linux",
        ),
        ("curl/8", "Navigateur inconnu"),
        ("", "Navigateur inconnu"),
    ],
)
def test_a_device_is_said_in_two_words(user_agent: str, words: str) -> None:
    assert device_of(user_agent) == words
