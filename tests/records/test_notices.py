"""Each person is told as they chose; the digest leaves once a day, of what still holds."""

import datetime as dt
from typing import Any

import pytest
from django.core import mail as outbox
from django.db import IntegrityError, transaction

from accounts.access import Role
from accounts.actions import choose_paces
from accounts.models import NotificationChoice, User
from accounts.notifications import ALWAYS_TOLD, Event, Pace
from foundation import clock
from foundation.refusal import Refused
from records import jobs, notices
from records.models import Digest, Job, Notice
from territories.actions import end_assignment
from territories.exchanges import actions as exchanges
from tests.cast import Cast
from tests.territories.exchanged import internal, shared

DAY = dt.datetime(2026, 12, 1, 18, 0, tzinfo=clock.PARIS)
MORNING = dt.datetime(2026, 12, 2, 7, 0, tzinfo=clock.PARIS)


@pytest.fixture(autouse=True)
def in_memory(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture(autouse=True)
def the_day_before(cast: Cast) -> Any:
    with clock.at(DAY):
        yield


def choose(user: User, pace: Pace, *events: Event) -> None:
    wanted = events or tuple(Event)
    choose_paces(paces={event.value: pace.value for event in wanted}, by=user)


def tell(user: User, event: Event = Event.MISSION, **given: Any) -> None:
    row = {"key": f"k-{user.pk}", "link": "https://portail.invalid/x", "by": user, **given}
    notices.notify(user, event, "base", {}, **row)


def sent_to(user: User) -> list[dict[str, Any]]:
    found = Job.objects.filter(kind="email", payload__to=user.email).order_by("pk")
    return [job.payload for job in found]


def morning(later: dt.timedelta = dt.timedelta()) -> int:
    with clock.at(MORNING + later):
        return notices.send_digests()


# --- Preferences -------------------------------------------------------------------------------


@pytest.mark.parametrize("event", list(Event))
@pytest.mark.parametrize("pace", [None, *Pace])
def test_each_event_follows_its_preference(cast: Cast, event: Event, pace: Pace | None) -> None:
    user = cast.president
    if pace == Pace.NEVER and event in ALWAYS_TOLD:
        with pytest.raises(Refused, match="toujours envoyés"):
            choose(user, pace, event)
        return
    if pace:
        choose(user, pace, event)
    tell(user, event)
    at_once = 1 if pace in (None, Pace.NOW) else 0
    assert len(sent_to(user)) == at_once
    assert Notice.objects.count() == (1 if pace == Pace.DAILY else 0)


def test_a_preference_is_for_one_event_and_one_person(cast: Cast) -> None:
    choose(cast.president, Pace.NEVER, Event.MISSION)
    tell(cast.president, Event.MEMBER)
    tell(cast.coordinator, Event.MISSION)
    assert len(sent_to(cast.president)) == len(sent_to(cast.coordinator)) == 1


def test_a_legal_act_can_never_be_silenced_in_the_database_either(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        NotificationChoice.objects.create(user=cast.holder, event="legal_act", pace="never")


def test_choosing_again_replaces(cast: Cast) -> None:
    choose(cast.holder, Pace.DAILY)
    choose(cast.holder, Pace.NOW)
    assert set(NotificationChoice.objects.paces_of(cast.holder).values()) == {"now"}
    with pytest.raises(IntegrityError), transaction.atomic():
        NotificationChoice.objects.create(user=cast.holder, event=Event.MISSION, pace=Pace.NOW)


def test_each_notification_says_how_to_change_it(cast: Cast) -> None:
    tell(cast.president)
    (email,) = sent_to(cast.president)
    assert "/compte/notifications/" in email["body"]
    assert "« Missions »" in email["body"]


def test_a_closed_account_is_told_nothing(cast: Cast) -> None:
    choose(cast.president, Pace.DAILY)
    tell(cast.president)
    for user in (cast.president, cast.coordinator):
        user.is_active = False
        user.save()
    tell(cast.coordinator)
    assert morning() == 0
    assert sent_to(cast.president) == sent_to(cast.coordinator) == []


# --- The digest --------------------------------------------------------------------------------


def test_the_digest_gathers_what_is_new_by_dossier(cast: Cast) -> None:
    choose(cast.cpam_officer, Pace.DAILY)
    shared(cast, subject="Premier")
    shared(cast, subject="Second")
    exchanges.open_thread(cast.monts, subject="Autre", text="Texte", by=cast.monts_coordinator)
    assert sent_to(cast.cpam_officer) == []
    assert morning() == 1
    (email,) = sent_to(cast.cpam_officer)
    assert "3 nouveautés" in email["subject"].replace("\u00a0", " ")
    assert email["body"].count(f"Dossier {cast.rives.reference}\n") == 1
    assert email["body"].count(f"Dossier {cast.monts.reference}\n") == 1
    assert email["body"].count("/echanges/") == 3
    assert "/compte/notifications/" in email["body"]


def test_nothing_new_is_no_email(cast: Cast) -> None:
    choose(cast.president, Pace.DAILY)
    assert morning() == 0
    assert not Job.objects.filter(kind="email").exists()


def test_the_digest_waits_for_its_hour_and_late_runs_catch_up(cast: Cast) -> None:
    choose(cast.president, Pace.DAILY)
    tell(cast.president)
    assert morning(dt.timedelta(minutes=-1)) == 0
    assert morning(dt.timedelta(hours=9)) == 1


def test_twice_the_task_is_one_email_a_day(cast: Cast) -> None:
    choose(cast.president, Pace.DAILY)
    tell(cast.president)
    assert [morning(), morning()] == [1, 0]
    with clock.at(MORNING):
        for job in Job.objects.filter(kind="email"):
            jobs.run(job.pk)
    tell(cast.president, key="another")
    assert morning(dt.timedelta(hours=1)) == 0
    assert len(outbox.outbox) == 1
    assert morning(dt.timedelta(days=1)) == 1
    (row,) = Digest.objects.filter(day=MORNING.date())
    assert row.notices.count() == 1


def test_one_digest_a_day_is_a_constraint(cast: Cast) -> None:
    Digest.objects.create(user=cast.holder, day=MORNING.date())
    with pytest.raises(IntegrityError), transaction.atomic():
        Digest.objects.create(user=cast.holder, day=MORNING.date())


def test_the_same_event_is_noted_once(cast: Cast) -> None:
    choose(cast.president, Pace.DAILY)
    tell(cast.president)
    tell(cast.president)
    (row,) = Notice.objects.all()
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(user=cast.president, key=row.key, subject="x", link="x")


def test_a_message_read_since_is_left_out(cast: Cast) -> None:
    choose(cast.president, Pace.DAILY)
    shared(cast, subject="Lu")
    exchanges.mark_all_read(cast.rives, by=cast.president)
    assert morning() == 0
    shared(cast, subject="Nouveau")
    assert morning() == 1
    (email,) = sent_to(cast.president)
    assert email["body"].count("/echanges/") == 1


def test_who_left_the_dossier_is_told_nothing_of_it(cast: Cast) -> None:
    choose(cast.cpam_officer, Pace.DAILY)
    internal(cast)
    end_assignment(cast.cpam_officer, Role.CPAM_OFFICER, cpam_district=cast.geography.artois)
    assert morning() == 0
    assert sent_to(cast.cpam_officer) == []


def test_everything_waits_for_the_commit(cast: Cast) -> None:
    choose(cast.president, Pace.DAILY, Event.MISSION)
    with pytest.raises(RuntimeError), transaction.atomic():
        tell(cast.president)
        tell(cast.president, Event.MEMBER)
        raise RuntimeError
    assert not Notice.objects.exists()
    assert not Job.objects.exists()
