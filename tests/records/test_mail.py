"""E-mails leave after the commit, once; a link rests nowhere in clear."""

import re

import pytest
from django.core import mail as outbox
from django.db import transaction

from accounts import actions
from accounts.models import EmailProof
from records import jobs, mail
from records.models import Job
from tests.cast import Cast


@pytest.fixture(autouse=True)
def in_memory(settings: pytest.FixtureRequest) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def ask(email: str = "nouvelle@example.org") -> Job:
    actions.ask_account(email=email, first_name="Zoé", last_name="D’Arc & Cie")
    return Job.objects.get(kind="account_link")


def test_an_email_waits_for_the_commit(cast: Cast) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        mail.send("a@example.org", "base", {}, key="x", by=cast.holder)
        raise RuntimeError
    assert not Job.objects.exists()


def test_an_email_is_delivered_once(cast: Cast) -> None:
    job = mail.send("a@example.org", "base", {}, key="x", by=cast.holder)
    assert outbox.outbox == []
    jobs.run(job.pk)
    jobs.run(job.pk)
    (message,) = outbox.outbox
    assert message.to == ["a@example.org"]
    assert "Portail des CPTS" in message.body


@pytest.mark.parametrize(("demonstration", "kept"), [(True, True), (False, False)])
def test_what_was_sent_rests_only_in_the_demonstration(
    cast: Cast, settings: pytest.FixtureRequest, demonstration: bool, kept: bool
) -> None:
    settings.DEMONSTRATION = demonstration
    job = mail.send("a@example.org", "base", {}, key="x", by=cast.holder)
    jobs.run(job.pk)
    assert ("body" in Job.objects.get(pk=job.pk).payload) is kept


def test_the_same_notice_is_not_written_twice_while_it_waits(cast: Cast) -> None:
    first = mail.send("a@example.org", "base", {}, key="x", by=cast.holder)
    assert mail.send("a@example.org", "base", {}, key="x", by=cast.holder) == first


def test_a_link_leaves_with_its_email(db: None) -> None:
    jobs.run(ask().pk)
    (message,) = outbox.outbox
    assert message.subject == "Ouvrez votre compte sur le portail des CPTS"
    assert "Bonjour Zoé D’Arc & Cie," in message.body, "plain text is not escaped as a page is"
    token = re.search(r"/compte/lien/([\w-]+)/", message.body)
    assert token is not None
    assert EmailProof.objects.usable(token[1]).exists()


def test_a_link_rests_nowhere_in_clear(db: None, settings: pytest.FixtureRequest) -> None:
    settings.DEMONSTRATION = False
    job = ask()
    jobs.run(job.pk)
    token = re.search(r"/compte/lien/([\w-]+)/", outbox.outbox[0].body)
    assert token is not None
    stored = Job.objects.get(pk=job.pk)
    assert token[1] not in str(stored.payload)
    proof = EmailProof.objects.get()
    assert token[1] not in (proof.token_sha256 or "") + str(proof.payload)


def test_in_the_demonstration_the_mail_box_keeps_it(db: None) -> None:
    job = ask()
    jobs.run(job.pk)
    assert list(Job.objects.emails()) == [job]


def test_the_mail_box_shows_invented_people_only(db: None) -> None:
    jobs.run(ask("quelquun@hopital.fr").pk)
    assert not Job.objects.emails().exists()


def test_a_link_used_meanwhile_is_not_sent(db: None) -> None:
    job = ask()
    EmailProof.objects.update(used_at=EmailProof.objects.get().created_at)
    jobs.run(job.pk)
    assert outbox.outbox == []
    assert Job.objects.get(pk=job.pk).state == "done"
