"""Who is told that a message has come; the message itself stays on the portal."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.urls import reverse

from accounts.access import Role
from accounts.models import User
from accounts.notifications import Event
from records import notices
from territories.models import Assignment, Cpts, Message, MessageFile, Stage

CPTS_ROLES = frozenset({Role.HOLDER, Role.PRESIDENT, Role.OFFICE, Role.COORDINATOR})
REVIEWERS = frozenset({Role.ARS_REVIEWER, Role.CPAM_OFFICER})
DIRECTORS = frozenset({Role.ARS_DIRECTOR, Role.CPAM_DIRECTOR})


def readers_of(message: Message) -> list[User]:
    """The parties who follow the thread, its author left out.

    A director follows many dossiers: told only of the threads where they have written.
    """
    thread = message.thread
    roles = set(REVIEWERS) if thread.is_internal else CPTS_ROLES | REVIEWERS
    if thread.cpts.stage == Stage.EMERGENCE:  # nothing was handed over yet
        roles &= CPTS_ROLES
    seats = Assignment.objects.current().on(thread.cpts).with_people()
    writers = set(thread.messages.values_list("sent_by", flat=True))
    found = {
        seat.user_id: seat.user
        for seat in seats.filter(role__in=roles | DIRECTORS).order_by("user_id")
        if seat.role in roles or seat.user_id in writers
    }
    found.pop(message.sent_by_id, None)
    return list(found.values())


def message_sent(message: Message) -> None:
    """To each reader: somebody wrote, about what, where to read it."""
    thread = message.thread
    template = "internal_note" if thread.is_internal else "message"
    link = settings.PORTAL_URL + thread.get_absolute_url()
    context: dict[str, object] = {
        "cpts": thread.cpts,
        "thread": thread,
        "author": message.sent_by.get_full_name(),
        "quality": message.quality,
        "link": link,
    }
    for user in readers_of(message):
        notices.notify(
            user,
            Event.MESSAGE,
            template,
            context,
            key=f"message-{message.pk}-{user.pk}",
            link=link,
            about=f"message:{message.pk}",
            by=message.sent_by,
            dossier=thread.cpts.reference,
        )


def file_reported(joined: MessageFile, cpts: Cpts, *, by: User) -> None:
    """To the administrators, who see no dossier: which file to destroy if the report is right."""
    seats = Assignment.objects.current().with_people().filter(role=Role.ADMINISTRATOR)
    link = settings.PORTAL_URL + reverse("administration")
    for user in {seat.user_id: seat.user for seat in seats.order_by("user_id")}.values():
        notices.notify(
            user,
            Event.LEGAL_ACT,
            "file_reported",
            {"cpts": cpts, "identifier": joined.file.uuid, "link": link},
            key=f"file_reported-{joined.pk}-{user.pk}",
            link=link,
            by=by,
        )


@notices.still_holds("message")
def unread_messages(user: User, subjects: Collection[str]) -> Collection[str]:
    """Messages that this person may still read and has not read yet."""
    numbers = [int(subject) for subject in subjects]
    return {str(pk) for pk in Message.objects.unread_by(user, numbers)}
