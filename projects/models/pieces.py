"""What is handed over, what is asked in return, what is joined; and who is invited to write."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from foundation import clock
from projects.checklist import Point, points_of
from projects.corrections import Sent
from projects.deadlines import Pause
from projects.models.filings import Filing
from projects.querysets import InvitationQuerySet, OfFilingQuerySet, SubmissionQuerySet
from records.models import StoredFile
from territories.models import Cpts


class Submission(models.Model):
    """What was handed over on a day, kept as it was: the authorities read this, not the draft."""

    filing = models.ForeignKey(
        Filing, on_delete=models.CASCADE, related_name="submissions", verbose_name="dépôt"
    )
    number = models.PositiveSmallIntegerField("numéro d’envoi")
    answers = models.JSONField("réponses")
    # Communes with their populations, vintage, total, size: the territory may change afterwards.
    territory = models.JSONField("territoire")
    # The pieces joined that day (kind, label, file, size): the list of the filing changes later.
    attachments = models.JSONField("pièces", default=list)
    submitted_at = models.DateTimeField("transmis le", default=clock.now)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="transmis par",
    )

    objects: ClassVar[SubmissionQuerySet] = SubmissionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "envoi"
        verbose_name_plural = "envois"
        ordering = ["filing", "number"]
        constraints = [
            models.UniqueConstraint(fields=["filing", "number"], name="projects_submission_once")
        ]

    def __str__(self) -> str:
        return f"{self.filing} – envoi n° {self.number}"

    @property
    def place(self) -> tuple[int, int]:
        """The version, then the sending of that version."""
        return self.filing.number, self.number

    @property
    def label(self) -> str:
        """« 1.2 », as in the address of a comparison."""
        return f"{self.filing.number}.{self.number}"

    @property
    def points(self) -> list[Point]:
        """The checklist of this sending."""
        kinds = [row["kind"] for row in self.attachments]
        return points_of(self.filing.outline, self.answers, self.territory, kinds)

    @property
    def sent(self) -> Sent:
        """What two sendings are compared by."""
        return Sent(self.answers, self.territory.get("communes", []), self.attachments)


class Suspension(models.Model):
    """The legal clock of a project stood still: pieces were asked for, until they came."""

    filing = models.ForeignKey(
        Filing, on_delete=models.CASCADE, related_name="suspensions", verbose_name="dépôt"
    )
    since = models.DateField("depuis le")
    until = models.DateField("jusqu’au", null=True, blank=True)
    reason = models.TextField("motif")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="demandée par",
    )
    asked_by_role = models.CharField("qualité", max_length=80, blank=True)

    objects: ClassVar[OfFilingQuerySet] = OfFilingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "suspension du délai"
        verbose_name_plural = "suspensions du délai"
        ordering = ["filing", "since", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="projects_suspension_dates_in_order",
            ),
            models.UniqueConstraint(
                fields=["filing"],
                name="projects_suspension_one_open",
                condition=Q(until=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.filing} depuis le {self.since}"

    @property
    def pause(self) -> Pause:
        return Pause(self.since, self.until)


class Attachment(models.Model):
    """A file joined to a filing, under a kind of the outline (statutes, letter of support…)."""

    filing = models.ForeignKey(
        Filing, on_delete=models.CASCADE, related_name="attachments", verbose_name="dépôt"
    )
    kind = models.CharField("nature", max_length=40)
    label = models.CharField("intitulé", max_length=150)
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name="fichier"
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="ajoutée par",
    )
    added_at = models.DateTimeField("ajoutée le", default=clock.now)

    objects: ClassVar[OfFilingQuerySet] = OfFilingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "pièce jointe"
        verbose_name_plural = "pièces jointes"
        ordering = ["filing", "added_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["filing", "file"], name="projects_attachment_file_once")
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def fact(self) -> dict[str, Any]:
        """What each sending keeps of it."""
        return {
            "kind": self.kind,
            "label": self.label,
            "file": str(self.file.uuid),
            "size": self.file.size,
        }

    @property
    def kind_label(self) -> str:
        labels = {item.value: item.label for item in self.filing.outline.attachments}
        return labels.get(self.kind, "Pièce")


class Invitation(models.Model):
    """A co-holder invited by e-mail: a single-use link, kept as its hash only."""

    cpts = models.ForeignKey(
        Cpts, on_delete=models.CASCADE, related_name="invitations", verbose_name="CPTS"
    )
    email = models.EmailField("adresse électronique", max_length=254)
    token_sha256 = models.CharField("empreinte du lien", max_length=64, unique=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="invité par",
    )
    invited_at = models.DateTimeField("invité le", default=clock.now)
    expires_at = models.DateTimeField("valable jusqu’au")
    accepted_at = models.DateTimeField("acceptée le", null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="acceptée par",
    )

    objects: ClassVar[InvitationQuerySet] = InvitationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "invitation de co-porteur"
        verbose_name_plural = "invitations de co-porteurs"
        ordering = ["cpts", "invited_at"]

    def __str__(self) -> str:
        return f"{self.email} – {self.cpts}"
