"""The invented people: one for every role, shown when loaded, only in the demonstration."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts import actions, demonstration
from accounts.models import User
from records import jobs
from records.models import Job

EVERY_PART = {
    "holder",
    "president",
    "office",
    "coordinator",
    "member",
    "ars_delegation",
    "ars_reviewer",
    "ars_director",
    "east_reviewer",
    "east_director",
    "east_physicians",
    "east_nurses",
    "cpam_officer",
    "cpam_director",
    "committee_member",
    "national_reader",
    "administrator",
}


@pytest.fixture
def loaded(db: None) -> list[User]:
    return [
        User.objects.create_user(
            person.email, None, first_name=person.first_name, last_name=person.last_name
        )
        for person in demonstration.people()
    ]


def printed() -> str:
    out = StringIO()
    call_command("demo_accounts", stdout=out)
    return out.getvalue()


def test_there_is_a_person_for_every_role() -> None:
    people = demonstration.people()
    assert {person.part for person in people} == EVERY_PART
    assert all(person.email.endswith("@example.org") for person in people)
    assert all(len(person.sentence.split()) <= 25 for person in people)


def test_the_terminal_lists_them_by_party(loaded: list[User], settings: Any) -> None:
    text = printed()
    assert settings.DEMONSTRATION_PASSWORD in text
    assert [line for line in text.splitlines() if line.startswith("  ") and line[2] != " "] == [
        "  CPTS",
        "  ARS",
        "  Assurance maladie",
        "  Comités",
        "  National et portail",
    ]
    assert text.count("@example.org") == len(loaded)


def test_nothing_is_printed_before_loading_or_without_demonstration(
    db: None, settings: Any
) -> None:
    assert printed() == ""
    settings.DEMONSTRATION = False
    assert printed() == ""


def test_a_closed_account_is_not_offered(loaded: list[User]) -> None:
    actions.deactivate(loaded[0])
    assert loaded[0].email not in printed()


def test_the_mail_box_shows_what_invented_people_received(client: Client, db: None) -> None:
    url = reverse("demonstration_mailbox")
    assert "Aucun courriel" in client.get(url).content.decode()
    for email in ("zoe@example.org", "quelquun@hopital.fr"):
        actions.ask_account(email=email, first_name="Zoé", last_name="<b>Nouvelle</b>")
    for job in Job.objects.filter(kind="account_link"):
        jobs.run(job.pk)
    page = client.get(url).content.decode()
    assert "zoe@example.org" in page
    assert '<a href="http://127.0.0.1:8000/compte/lien/' in page
    assert "hopital" not in page
    assert "<b>Nouvelle" not in page
