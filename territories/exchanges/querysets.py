"""Who reads which messages: `visible_to` is the only door; and what a person has not read yet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import F, OuterRef, Prefetch, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from accounts.access import Permission
from territories.querysets import scope_filter

# What the head of a dossier shows, from the thread.
DOSSIER = ("cpts__territory", "cpts__region", "cpts__departement", "cpts__cpam_district")


def readable(user: Any, thread: str = "") -> Q:
    """Threads of the dossiers where this person takes part; internal ones for ARS and CPAM only.

    `thread` leads from the filtered model to the thread (« message__thread__ »).
    """
    shared = scope_filter(user, Permission.EXCHANGE, f"{thread}cpts__")
    internal = scope_filter(user, Permission.INTERNAL_NOTE, f"{thread}cpts__")
    is_internal = f"{thread}is_internal"
    return (shared & Q(**{is_internal: False})) | (internal & Q(**{is_internal: True}))


def _last_read(user: Any, *, thread: str) -> Any:
    """The number of the last message that this person has read; 0 for a thread never opened."""
    marks = apps.get_model("territories", "ReadMark").objects
    own = marks.filter(user=user.pk, thread=OuterRef(thread))
    return Coalesce(Subquery(own.values("number")[:1]), Value(0))


class ThreadQuerySet(models.QuerySet[Any]):
    """Threads."""

    def visible_to(self, user: Any) -> ThreadQuerySet:
        """Those this person may read and answer."""
        return self.filter(readable(user))

    def of_dossier(self, reference: str) -> ThreadQuerySet:
        """Those of one dossier."""
        return self.filter(cpts__reference=reference)

    def with_unread(self, user: Any) -> ThreadQuerySet:
        """With how many messages this person has not read (`unread`)."""
        counted: ThreadQuerySet = self.annotate(
            unread=F("message_count") - _last_read(user, thread="pk")
        )
        return counted

    def unread_by(self, user: Any) -> ThreadQuerySet:
        """Those with something new for this person."""
        return self.visible_to(user).with_unread(user).filter(unread__gt=0)

    def count_unread(self, user: Any, cpts: Any) -> int:
        """How many messages of one dossier this person has not read."""
        found = self.unread_by(user).filter(cpts=cpts).aggregate(messages=Sum("unread"))
        return found["messages"] or 0


class MessageQuerySet(models.QuerySet[Any]):
    """Messages, read through their thread."""

    def visible_to(self, user: Any) -> MessageQuerySet:
        """Those of the threads this person may read."""
        return self.filter(readable(user, "thread__"))

    def unread_by(self, user: Any, keys: Iterable[int]) -> list[int]:
        """Of these messages, those that this person may read and has not read."""
        seen = self.visible_to(user).filter(pk__in=list(keys))
        marked = seen.annotate(last_read=_last_read(user, thread="thread"))
        return list(marked.filter(number__gt=F("last_read")).values_list("pk", flat=True))

    def of_thread(self, thread: Any) -> MessageQuerySet:
        """Oldest first."""
        return self.filter(thread=thread).order_by("number")

    def in_thread(self, reference: str, identifier: UUID) -> MessageQuerySet:
        """Those of the thread at this address, newest first."""
        here = self.filter(thread__uuid=identifier, thread__cpts__reference=reference)
        return here.order_by("-number")

    def with_page(self, user: Any) -> MessageQuerySet:
        """With all that the page of a thread shows: authors, files, dossier, unread marks."""
        files = apps.get_model("territories", "MessageFile").objects.select_related("file")
        unread = apps.get_model("territories", "Thread").objects.unread_by(user)
        elsewhere = unread.exclude(pk=OuterRef("thread")).filter(cpts=OuterRef("thread__cpts"))
        counted = elsewhere.order_by().values("cpts").annotate(messages=Sum("unread"))
        rows = self.select_related("sent_by", *(f"thread__{name}" for name in DOSSIER))
        shown: MessageQuerySet = rows.prefetch_related(Prefetch("files", queryset=files)).annotate(
            last_read=_last_read(user, thread="thread"),
            unread_elsewhere=Coalesce(Subquery(counted.values("messages")), Value(0)),
        )
        return shown


class MessageFileQuerySet(models.QuerySet[Any]):
    """Files of messages."""

    def visible_to(self, user: Any) -> MessageFileQuerySet:
        """Those of the threads this person may read, the reported ones left out."""
        return self.filter(readable(user, "message__thread__"), reported_at=None)

    def of_dossier(self, reference: str, identifier: UUID) -> MessageFileQuerySet:
        """The one that bears this identifier, on this dossier."""
        here = self.filter(message__thread__cpts__reference=reference, file__uuid=identifier)
        return here.select_related("file", *(f"message__thread__{name}" for name in DOSSIER))


class ReadMarkQuerySet(models.QuerySet[Any]):
    """How far each has read."""

    def advance(self, user: Any, threads: Iterable[Any]) -> None:
        """Everything these threads hold now is read; one query, never backwards in use."""
        marks = [self.model(user=user, thread=item, number=item.message_count) for item in threads]
        self.bulk_create(
            marks,
            update_conflicts=True,
            update_fields=["number"],
            unique_fields=["user", "thread"],
        )
