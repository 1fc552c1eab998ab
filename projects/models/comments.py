"""What the authorities ask about a filing, answer by answer: prepared, asked, answered, closed."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from foundation import clock
from projects.models.filings import Filing
from projects.models.pieces import Submission, Suspension
from projects.querysets import CommentDraftQuerySet, CompletenessCheckQuerySet, OfFilingQuerySet


class FieldComment(models.Model):
    """What an authority asks about one answer: open, answered by the holders, closed.

    Asked again when the answer does not do: it is open once more.
    """

    uuid = models.UUIDField("identifiant", default=uuid.uuid4, unique=True, editable=False)
    filing = models.ForeignKey(
        Filing, on_delete=models.CASCADE, related_name="comments", verbose_name="dépôt"
    )
    # A question of the outline, « territory », « attachment.<kind> » or « section.<step> ».
    field_key = models.CharField("question", max_length=80)
    text = models.TextField("demande")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="demandé par",
    )
    by_role = models.CharField("qualité", max_length=80, blank=True)
    asked_at = models.DateTimeField("demandé le", default=clock.now)
    answer = models.TextField("réponse", blank=True)
    # Told at the new sending: the answer, the communes or the pieces are no longer the same.
    has_changed = models.BooleanField("corrigé", default=False)
    answered_at = models.DateTimeField("répondu le", null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="répondu par",
    )
    closed_at = models.DateTimeField("clos le", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="clos par",
    )
    reopened_at = models.DateTimeField("rouvert le", null=True, blank=True)
    reopen_reason = models.TextField("motif de la réouverture", blank=True)
    # The stop of the legal clock that came with this request, where there was one.
    suspension = models.ForeignKey(
        Suspension,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="comments",
        verbose_name="suspension",
    )

    objects: ClassVar[OfFilingQuerySet] = OfFilingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "demande de pièce"
        verbose_name_plural = "demandes de pièces"
        ordering = ["filing", "asked_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="projects_comment_says_something"),
            models.CheckConstraint(
                condition=Q(reopened_at=None) | ~Q(reopen_reason=""),
                name="projects_comment_reopened_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.filing} – {self.field_key}"

    @property
    def is_open(self) -> bool:
        """True while nobody has answered it, nor closed it."""
        return self.answered_at is None and self.closed_at is None

    @property
    def state_label(self) -> str:
        if self.closed_at:
            return "Close"
        if self.answered_at:
            return "Répondue"
        return "Rouverte, réponse attendue" if self.reopened_at else "Réponse attendue"


class CommentDraft(models.Model):
    """What an officer prepares while examining: nobody else reads it before it is sent."""

    filing = models.ForeignKey(
        Filing, on_delete=models.CASCADE, related_name="comment_drafts", verbose_name="dépôt"
    )
    field_key = models.CharField("question", max_length=80)
    text = models.TextField("demande")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name="préparée par",
    )
    written_at = models.DateTimeField("écrite le", default=clock.now)

    objects: ClassVar[CommentDraftQuerySet] = CommentDraftQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "demande préparée"
        verbose_name_plural = "demandes préparées"
        ordering = ["filing", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["filing", "by", "field_key"], name="projects_draft_once_a_question"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="projects_draft_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.filing} – {self.field_key}"


class CompletenessCheck(models.Model):
    """One line of the checklist of a sending, ticked or not by the ARS or by the CPAM."""

    class Party(models.TextChoices):
        ARS = "ars", "ARS"
        CPAM = "cpam", "CPAM"

    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="checks", verbose_name="envoi"
    )
    party = models.CharField("autorité", max_length=4, choices=Party)
    # A step of the outline, « territory » or « attachment.<kind> ».
    key = models.CharField("point vérifié", max_length=80)
    is_met = models.BooleanField("vérifié")
    note = models.CharField("note", max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="vérifié par",
    )
    by_role = models.CharField("qualité", max_length=80, blank=True)
    at = models.DateTimeField("vérifié le", default=clock.now)

    objects: ClassVar[CompletenessCheckQuerySet] = CompletenessCheckQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "point de complétude"
        verbose_name_plural = "points de complétude"
        ordering = ["submission", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "party", "key"], name="projects_check_once_a_party"
            )
        ]

    def __str__(self) -> str:
        return f"{self.submission} – {self.key}"
