"""Write on a dossier, answer, mark as read, report a file. Nothing sent is ever changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.access import Permission
from accounts.models import User
from foundation import clock
from foundation.refusal import Refused
from records import journal
from records.files import store_upload
from territories.exchanges import emails
from territories.models import Cpts, Message, MessageFile, ReadMark, Thread
from territories.scopes import may_on, quality_on

MAX_FILES = 5
Uploads = Sequence["UploadedFile[Any]"]


@transaction.atomic
def open_thread(
    cpts: Cpts,
    *,
    subject: str,
    text: str,
    by: User,
    about: str = "",
    is_internal: bool = False,
    uploads: Uploads = (),
) -> Thread:
    """A first message to the other parties, or an internal note of ARS and CPAM."""
    _require(cpts, is_internal=is_internal, by=by)
    thread: Thread = Thread.objects.create(
        cpts=cpts,
        subject=subject.strip(),
        about=about,
        is_internal=is_internal,
        opened_at=clock.now(),
        last_by=by,
    )
    _add(thread, text=text, uploads=uploads, by=by)
    return thread


@transaction.atomic
def reply(thread: Thread, *, text: str, by: User, uploads: Uploads = ()) -> Message:
    """One more message, for the same readers."""
    held = Thread.objects.select_for_update(of=("self",)).select_related("cpts").get(pk=thread.pk)
    _require(held.cpts, is_internal=held.is_internal, by=by)
    return _add(held, text=text, uploads=uploads, by=by)


def mark_all_read(cpts: Cpts, *, by: User) -> int:
    """Everything there is now on the dossier is read; returns how many threads had news."""
    threads = list(Thread.objects.unread_by(by).filter(cpts=cpts))
    ReadMark.objects.advance(by, threads)
    return len(threads)


@transaction.atomic
def report_file(joined: MessageFile, *, reason: str, by: User) -> None:
    """Somebody saw what must not be here (patient data): nobody opens the file any more."""
    rows = MessageFile.objects.select_for_update(of=("self",))
    held = rows.select_related("message__thread__cpts", "file").get(pk=joined.pk)
    thread = held.message.thread
    _require(thread.cpts, is_internal=thread.is_internal, by=by)
    if held.reported_at:
        raise Refused("Ce fichier est déjà signalé : plus personne ne peut l’ouvrir.")
    held.reported_at = clock.now()
    held.reported_by = by
    held.report_reason = reason.strip()
    held.save(update_fields=["reported_at", "reported_by", "report_reason"])
    _note("report_file", thread, "Signalement d’un fichier", by=by, sha256=held.file.sha256)
    emails.file_reported(held, thread.cpts, by=by)


def _require(cpts: Cpts, *, is_internal: bool, by: User) -> None:
    permission = Permission.INTERNAL_NOTE if is_internal else Permission.EXCHANGE
    if not may_on(by, cpts)(permission):
        raise Refused("Vous ne participez pas aux échanges de ce dossier.")


def _add(thread: Thread, *, text: str, uploads: Uploads, by: User) -> Message:
    if not text.strip():
        raise Refused("Écrivez votre message.")
    if len(uploads) > MAX_FILES:
        raise Refused(f"Joignez au plus {MAX_FILES} fichiers par message.")
    message: Message = Message.objects.create(
        thread=thread,
        number=thread.message_count + 1,
        text=text.strip(),
        sent_at=clock.now(),
        sent_by=by,
        quality=quality_on(by, thread.cpts),
    )
    for upload in uploads:
        stored = store_upload(upload, by=by, dossier=thread.cpts.reference)
        MessageFile.objects.create(message=message, file=stored)
    thread.message_count = message.number
    thread.last_message_at = message.sent_at
    thread.last_by = by
    thread.save(update_fields=["message_count", "last_message_at", "last_by"])
    ReadMark.objects.advance(by, [thread])  # one's own words are read
    sentence = "Note interne" if thread.is_internal else "Message aux parties du dossier"
    _note("send_message", thread, sentence, by=by, number=message.number, files=len(uploads))
    emails.message_sent(message)
    return message


def _note(verb: str, thread: Thread, sentence: str, *, by: User, **data: Any) -> None:
    """Journaled without subject or words: the journal is read by more people than the thread."""
    reference = thread.cpts.reference
    journal.record(
        verb,
        thread,
        by=by,
        # The parties read the chain of their dossier: internal notes have a chain of their own.
        dossier=f"{reference}-interne" if thread.is_internal else reference,
        sentence=sentence,
        role=quality_on(by, thread.cpts),
        **data,
    )
