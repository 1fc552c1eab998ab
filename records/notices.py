"""The only door of notifications: each person is told at once, once a day, or never, as they chose.

What waits for the daily digest is a row. A digest says only what still holds when it leaves: each
app registers with `@still_holds` how to know it.
"""

import datetime as dt
import tomllib
from collections.abc import Callable, Collection
from itertools import groupby
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.models import NotificationChoice, User
from accounts.notifications import Event, Pace
from foundation import clock
from records import mail
from records.models import Digest, Notice

HOURS = Path(__file__).parent / "digest_hours.toml"

# Of the subjects given (« what follows the colon »), those this person must still be told of.
Checker = Callable[[User, Collection[str]], Collection[str]]
_CHECKERS: dict[str, Checker] = {}


def still_holds(kind: str) -> Callable[[Checker], Checker]:
    """Register how to know whether subjects « kind:… » are still worth telling."""

    def register(checker: Checker) -> Checker:
        _CHECKERS[kind] = checker
        return checker

    return register


def notify(
    user: User,
    event: Event,
    template: str,
    context: dict[str, object],
    *,
    key: str,
    link: str,
    by: User,
    dossier: str = "",
    about: str = "",
) -> None:
    """Tell one person of one event, at the pace they chose. Call it inside the action.

    `key` names the event, so that it is told once; `about` (« kind:subject ») names what the
    e-mail asks for, so that the digest leaves out what is already done.
    """
    if not user.is_active:
        return
    pace = NotificationChoice.objects.pace_of(user, event)
    if pace == Pace.NEVER:
        return
    told = {
        **context,
        "event": event.label,
        "preferences_url": settings.PORTAL_URL + reverse("accounts:notifications"),
    }
    if pace == Pace.NOW:
        mail.send(user.email, template, told, key=key, by=by, dossier=dossier)
        return
    subject, _ = mail.render(template, told)
    row = {"event": event, "dossier": dossier, "about": about, "subject": subject, "link": link}
    Notice.objects.get_or_create(user=user, key=key, defaults={**row, "noticed_at": clock.now()})


def send_digests() -> int:
    """Once the hour of the day has come, one e-mail to each person who waits for news.

    Run it as often as one likes: a person gets one digest a day. Returns how many left.
    """
    now = clock.now().astimezone(clock.PARIS)
    if now.hour < digest_hour(now.date()):
        return 0
    waiting = Notice.objects.waiting().exclude(user__in=Digest.objects.on(now.date()))
    people = User.objects.filter(pk__in=waiting.values("user")).order_by("pk")
    return sum(_send_digest(user, now.date()) for user in people)


def digest_hour(day: dt.date) -> int:
    """The hour in force that day, in Paris."""
    hours = tomllib.loads(HOURS.read_text("utf-8"))["hour"]
    begun = [row for row in hours if row["effective_from"] <= day]
    return int(max(begun, key=lambda row: row["effective_from"])["hour"]) if begun else 0


@transaction.atomic
def _send_digest(user: User, day: dt.date) -> bool:
    """Take what waits for this person; whoever comes second finds nothing."""
    rows = list(Notice.objects.waiting().filter(user=user).select_for_update().in_order())
    if not rows or Digest.objects.on(day).filter(user=user.pk).exists():
        return False
    kept = _worth_telling(user, rows)
    taken = Notice.objects.filter(pk__in=[row.pk for row in rows])
    if not kept:
        taken.update(dropped_at=clock.now())
        return False
    digest = Digest.objects.create(user=user, day=day, sent_at=clock.now())
    told = [row.pk for row in kept]
    taken.filter(pk__in=told).update(digest=digest)
    taken.exclude(pk__in=told).update(dropped_at=clock.now())
    groups = [(name, list(group)) for name, group in groupby(kept, key=lambda row: row.dossier)]
    context: dict[str, object] = {
        "to": user,
        "groups": groups,
        "count": len(kept),
        "event": "récapitulatif quotidien",
        "preferences_url": settings.PORTAL_URL + reverse("accounts:notifications"),
    }
    key = f"digest-{user.pk}-{day.isoformat()}"
    mail.send(user.email, "digest", context, key=key, by=User.objects.portal())
    return True


def _worth_telling(user: User, rows: list[Notice]) -> list[Notice]:
    """Of an open account, on dossiers it may still open, about what is not done yet."""
    if not user.is_active:
        return []
    reachable = set(
        Notice.objects.reachable_by(user).filter(user=user).values_list("pk", flat=True)
    )
    holding: set[str] = set()
    for kind, group in groupby(sorted(row.about for row in rows), key=_kind):
        subjects = {about.partition(":")[2] for about in group}
        checker = _CHECKERS.get(kind)
        kept = checker(user, subjects) if checker else subjects
        holding |= {f"{kind}:{subject}" for subject in kept}
    return [row for row in rows if row.pk in reachable and (not row.about or row.about in holding)]


def _kind(about: str) -> str:
    return about.partition(":")[0]
