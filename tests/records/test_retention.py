"""What only served the moment is forgotten; the journal never."""

import datetime as dt
import uuid

from accounts import actions
from accounts.models import EmailProof, Session
from foundation import clock
from records import jobs, tasks
from records.models import IdempotencyKey, Job, JournalEntry
from tests.cast import Cast


def test_the_moment_is_forgotten_and_the_journal_kept(cast: Cast) -> None:
    old = clock.now() - dt.timedelta(days=400)
    with clock.at(old):
        IdempotencyKey.objects.create(key=uuid.uuid4(), path="/")
        actions.ask_account(email="a@example.org", first_name="A", last_name="B")
        jobs.run(Job.objects.get(kind="account_link").pk)
        work = jobs.want("test", key="1", label="PDF", by=cast.holder)
        Job.objects.filter(pk=work.pk).update(state="done", finished_at=old)
    Session.objects.create(session_key="ancienne", session_data="", expire_date=old)
    entries = JournalEntry.objects.count()

    tasks.forget()
    tasks.forget()

    assert not IdempotencyKey.objects.exists()
    assert not EmailProof.objects.exists()
    assert not Session.objects.exists()
    assert list(Job.objects.all()) == [work], "a document remembers the work that made it"
    assert JournalEntry.objects.count() == entries


def test_what_still_serves_is_kept(cast: Cast) -> None:
    IdempotencyKey.objects.create(key=uuid.uuid4(), path="/")
    actions.ask_account(email="a@example.org", first_name="A", last_name="B")
    tasks.forget()
    assert IdempotencyKey.objects.count() == EmailProof.objects.count() == Job.objects.count() == 1
