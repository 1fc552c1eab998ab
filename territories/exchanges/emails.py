"""Who is told that a message has come; the message itself stays on the portal."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from accounts.access import Role
from accounts.models import User
from records import mail
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
    context: dict[str, object] = {
        "cpts": thread.cpts,
        "thread": thread,
        "author": message.sent_by.get_full_name(),
        "quality": message.quality,
        "link": settings.PORTAL_URL + thread.get_absolute_url(),
    }
    for user in readers_of(message):
        mail.send(
            user.email,
            template,
            context,
            key=f"message-{message.pk}-{user.pk}",
            by=message.sent_by,
            dossier=thread.cpts.reference,
        )


def file_reported(joined: MessageFile, cpts: Cpts, *, by: User) -> None:
    """To the administrators, who see no dossier: which file to destroy if the report is right."""
    seats = Assignment.objects.current().with_people().filter(role=Role.ADMINISTRATOR)
    for user in {seat.user_id: seat.user for seat in seats.order_by("user_id")}.values():
        mail.send(
            user.email,
            "file_reported",
            {
                "cpts": cpts,
                "identifier": joined.file.uuid,
                "link": settings.PORTAL_URL + reverse("administration"),
            },
            key=f"file_reported-{joined.pk}-{user.pk}",
            by=by,
            dossier=cpts.reference,
        )
