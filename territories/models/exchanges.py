"""What the parties of a dossier write to each other, and what ARS and CPAM note between them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse

from foundation import clock
from records.models import StoredFile
from territories.exchanges.querysets import (
    MessageFileQuerySet,
    MessageQuerySet,
    ReadMarkQuerySet,
    ThreadQuerySet,
)
from territories.models.communities import Cpts


class Topic(models.TextChoices):
    """What a thread is about, when it is about one room of the dossier."""

    LETTER = "letter", "Lettre d’intention"
    PROJECT = "project", "Projet de santé"
    TERRITORY = "territory", "Territoire"
    CONTRACT = "contract", "Contrat ACI"
    MISSIONS = "missions", "Missions et indicateurs"
    FUNDING = "funding", "Financement"


class Thread(models.Model):
    """One subject of one dossier. Shared or internal for ever: no message changes its readers."""

    uuid = models.UUIDField("identifiant", default=uuid.uuid4, unique=True, editable=False)
    cpts = models.ForeignKey(
        Cpts, on_delete=models.CASCADE, related_name="threads", verbose_name="CPTS"
    )
    subject = models.CharField("objet", max_length=150)
    about = models.CharField("rubrique", max_length=20, choices=Topic, blank=True)
    # Between ARS and CPAM only: decided when the thread opens, for all its messages.
    is_internal = models.BooleanField("note interne", default=False)
    opened_at = models.DateTimeField("ouvert le", default=clock.now)
    # Kept beside the messages, so that lists and unread marks need no count.
    message_count = models.PositiveIntegerField("nombre de messages", default=0)
    last_message_at = models.DateTimeField("dernier message le", default=clock.now)
    last_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="dernier auteur",
    )

    objects: ClassVar[ThreadQuerySet] = ThreadQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "fil d’échanges"
        verbose_name_plural = "fils d’échanges"
        ordering = ["-last_message_at", "-pk"]
        indexes = [
            models.Index(fields=["cpts", "-last_message_at", "-id"], name="territories_thread_list")
        ]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        return reverse("territories:thread", args=[self.cpts.reference, self.uuid])


class Message(models.Model):
    """What one person wrote. Never changed: a correction is another message."""

    thread = models.ForeignKey(
        Thread, on_delete=models.CASCADE, related_name="messages", verbose_name="fil"
    )
    number = models.PositiveIntegerField("numéro")
    text = models.TextField("message", max_length=5000)
    sent_at = models.DateTimeField("envoyé le", default=clock.now)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="auteur",
    )
    # As it was on the day: people change posts.
    quality = models.CharField("qualité", max_length=80, blank=True)

    objects: ClassVar[MessageQuerySet] = MessageQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "message"
        verbose_name_plural = "messages"
        ordering = ["thread", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["thread", "number"], name="territories_message_in_thread"
            )
        ]

    def __str__(self) -> str:
        return f"{self.thread} n° {self.number}"


class MessageFile(models.Model):
    """A file joined to a message; once reported, nobody opens it any more."""

    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="files", verbose_name="message"
    )
    file = models.OneToOneField(
        StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name="fichier"
    )
    reported_at = models.DateTimeField("signalé le", null=True, blank=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="signalé par",
    )
    report_reason = models.CharField("motif du signalement", max_length=300, blank=True)

    objects: ClassVar[MessageFileQuerySet] = MessageFileQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "pièce de message"
        verbose_name_plural = "pièces de message"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reported_at=None, reported_by=None)
                | models.Q(reported_at__isnull=False, reported_by__isnull=False),
                name="territories_report_has_an_author",
            )
        ]

    def __str__(self) -> str:
        return str(self.file)


class ReadMark(models.Model):
    """How far one person has read one thread."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name="compte",
    )
    thread = models.ForeignKey(
        Thread, on_delete=models.CASCADE, related_name="read_marks", verbose_name="fil"
    )
    number = models.PositiveIntegerField("dernier message lu", default=0)

    objects: ClassVar[ReadMarkQuerySet] = ReadMarkQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "repère de lecture"
        verbose_name_plural = "repères de lecture"
        constraints = [
            models.UniqueConstraint(fields=["user", "thread"], name="territories_one_read_mark")
        ]

    def __str__(self) -> str:
        return f"{self.thread} n° {self.number}"
