"""Opening an account and choosing a password: by a link, once, within a day, saying nothing."""

import datetime as dt
import logging
import re
from typing import Any

import pytest
from django.core import mail as outbox
from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.log_filter import MaskLinks
from accounts.models import EmailProof, Session, User
from foundation import clock
from foundation.refusal import Refused
from records import jobs
from records.models import Job, JournalEntry
from tests.cast import make_user

NEW_PASSWORD = "coquelicot bleu des champs"
ZOE = {"email": "Zoe.Nouvelle@example.org", "first_name": "Zoé", "last_name": "Nouvelle"}


@pytest.fixture(autouse=True)
def in_memory(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def deliver() -> str:
    """Send what waits; the link of the last e-mail."""
    for job in Job.objects.filter(kind="account_link", state="wanted"):
        jobs.run(job.pk)
    found = re.search(r"http://127.0.0.1:8000(/compte/lien/[\w-]+/)", outbox.outbox[-1].body)
    assert found is not None
    return found[1]


def choose(client: Client, password: str = NEW_PASSWORD) -> Any:
    url = reverse("accounts:choose_password")
    return client.post(url, {"new_password1": password, "new_password2": password})


def test_a_holder_opens_an_account_by_proof_of_address(client: Client, db: None) -> None:
    asked = client.post(reverse("accounts:open_account"), ZOE)
    assert asked["Location"] == reverse("accounts:link_sent")
    assert not User.objects.filter(first_name="Zoé").exists(), "nothing before the proof"
    page = client.get(deliver(), follow=True).content.decode()
    assert "zoe.nouvelle@example.org" in page
    assert choose(client)["Location"] == reverse("dashboard")
    zoe = User.objects.get(email="zoe.nouvelle@example.org")
    assert (zoe.first_name, zoe.last_name, zoe.check_password(NEW_PASSWORD)) == (
        "Zoé",
        "Nouvelle",
        True,
    )
    assert client.session["_auth_user_id"] == str(zoe.pk)
    entry = JournalEntry.objects.of_dossier("portail").get()
    assert (entry.verb, entry.actor) == ("open_account", zoe)


def test_the_answer_is_the_same_for_a_known_address(client: Client, db: None) -> None:
    make_user("Zoé Nouvelle")
    unknown = client.post(reverse("accounts:open_account"), {**ZOE, "email": "x@example.org"})
    known = client.post(reverse("accounts:open_account"), ZOE)
    assert (unknown.status_code, unknown["Location"]) == (known.status_code, known["Location"])
    assert EmailProof.objects.filter(email="zoe.nouvelle@example.org").get().purpose == (
        EmailProof.Purpose.RESET_PASSWORD
    )
    deliver()
    bodies = {message.to[0]: message.body for message in outbox.outbox}
    assert "qui a déjà un compte" in bodies["zoe.nouvelle@example.org"]
    assert "qui a déjà un compte" not in bodies["x@example.org"]


def test_a_lost_password_is_chosen_again(client: Client, db: None, password_hash: str) -> None:
    zoe = make_user("Zoé Nouvelle", password=password_hash)
    elsewhere = Client()
    elsewhere.force_login(zoe, backend="territories.backends.SeatedBackend")
    client.post(reverse("accounts:ask_password"), {"email": zoe.email})
    client.get(deliver())
    choose(client)
    zoe.refresh_from_db()
    assert zoe.check_password(NEW_PASSWORD)
    assert elsewhere.get(reverse("accounts:account")).status_code == 302, "other sessions end"


def test_asking_for_an_unknown_or_closed_account_sends_nothing(client: Client, db: None) -> None:
    make_user("Zoé Nouvelle", is_active=False)
    for email in ("personne@example.org", "zoe.nouvelle@example.org"):
        response = client.post(reverse("accounts:ask_password"), {"email": email})
        assert response["Location"] == reverse("accounts:link_sent")
    client.post(reverse("accounts:open_account"), ZOE)
    assert not EmailProof.objects.exists()


def test_a_link_serves_once(client: Client, db: None) -> None:
    actions.ask_account(**ZOE)
    link = deliver()
    client.get(link)
    choose(client)
    other = Client()
    assert "plus valable" in other.get(link, follow=True).content.decode()


def test_following_the_link_uses_nothing(client: Client, db: None) -> None:
    actions.ask_account(**ZOE)
    link = deliver()
    for _ in range(3):  # a mail scanner opens links before people do
        Client().get(link, follow=True)
    assert "Choisir un mot de passe" in client.get(link, follow=True).content.decode()


def test_a_link_lasts_a_day(client: Client, db: None) -> None:
    actions.ask_account(**ZOE)
    link = deliver()
    with clock.at(clock.now() + dt.timedelta(hours=24, seconds=1)):
        assert "plus valable" in client.get(link, follow=True).content.decode()


def test_the_other_links_of_the_address_fall_with_it(client: Client, db: None) -> None:
    actions.ask_account(**ZOE)
    first = deliver()
    actions.ask_account(**ZOE)
    second = deliver()
    client.get(second)
    choose(client)
    assert "plus valable" in Client().get(first, follow=True).content.decode()


def test_two_links_at_once_never_make_two_accounts(db: None) -> None:
    actions.ask_account(**ZOE)
    token = deliver().split("/")[-2]
    actions.choose_password(token=token, password=NEW_PASSWORD)
    with pytest.raises(Refused, match="plus valable"):
        actions.choose_password(token=token, password="un autre mot de passe")
    assert User.objects.get(first_name="Zoé").check_password(NEW_PASSWORD)


def test_a_mail_box_is_not_filled_from_our_form(db: None) -> None:
    for _ in range(5):
        actions.ask_account(**ZOE)
    assert EmailProof.objects.count() == actions.MAX_LINKS
    with clock.at(clock.now() + actions.MAX_LINKS_WITHIN):
        actions.ask_account(**ZOE)
    assert EmailProof.objects.count() == actions.MAX_LINKS + 1


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("court", "trop court"),
        ("password1234", "trop courant"),
        ("123456789012345", "numérique"),
        ("zoe.nouvelle@example.org", "trop semblable"),
    ],
)
def test_weak_passwords_are_refused(client: Client, db: None, password: str, reason: str) -> None:
    actions.ask_account(**ZOE)
    client.get(deliver())
    page = choose(client, password)
    assert page.status_code == 200
    assert reason in page.content.decode()
    assert not User.objects.filter(first_name="Zoé").exists()


def test_the_link_leaves_the_address_bar(client: Client, db: None) -> None:
    actions.ask_account(**ZOE)
    assert client.get(deliver())["Location"] == reverse("accounts:choose_password")


def test_a_link_is_masked_in_the_logs() -> None:
    record = logging.LogRecord(
        "django.request", 30, "", 0, "Forbidden: %s", ("/compte/lien/secret-token/",), None
    )
    assert MaskLinks().filter(record)
    assert record.getMessage() == "Forbidden: /compte/lien/…/"


def test_a_form_with_mistakes_keeps_what_was_typed(client: Client, db: None) -> None:
    page = client.post(reverse("accounts:open_account"), {**ZOE, "email": "zoe"}).content.decode()
    assert "par exemple nom@domaine.fr" in page
    assert 'value="Nouvelle"' in page
    assert not EmailProof.objects.exists()


def test_a_closed_account_is_not_opened_by_an_old_link(client: Client, db: None) -> None:
    zoe = make_user("Zoé Nouvelle")
    actions.ask_password(email=zoe.email)
    link = deliver()
    actions.deactivate(zoe)
    client.get(link)
    assert "plus valable" in choose(client).content.decode()
    assert Session.objects.filter(user=zoe).count() == 0
