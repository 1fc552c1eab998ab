"""What the committees think of a filing: asked, prepared, and frozen once given."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from foundation import clock
from projects.models.filings import Filing
from projects.models.opinion_grids import OpinionGrid
from projects.opinion_states import OPEN_STATES, RequestState
from projects.querysets import (
    OpinionDraftQuerySet,
    OpinionFileQuerySet,
    OpinionQuerySet,
    OpinionRequestQuerySet,
)
from projects.scoring_grid import Total
from projects.workflow import Level
from records.models import StoredFile

_TONES = {"favourable": "success", "with_reservations": "warning", "unfavourable": "error"}
FROZEN = "An opinion is frozen once given."


class Opinion(models.Model):
    """What a committee body thinks of a filing; frozen once given."""

    class Recommendation(models.TextChoices):
        FAVOURABLE = "favourable", "Favorable"
        WITH_RESERVATIONS = "with_reservations", "Favorable avec réserves"
        UNFAVOURABLE = "unfavourable", "Défavorable"
        NO_OPINION = "no_opinion", "Sans avis"

    filing = models.ForeignKey(
        Filing, on_delete=models.CASCADE, related_name="opinions", verbose_name="dépôt"
    )
    level = models.CharField("niveau", max_length=10, choices=Level)
    body = models.CharField("organisme", max_length=150)
    recommendation = models.CharField("sens de l’avis", max_length=20, choices=Recommendation)
    text = models.TextField("avis motivé", blank=True)
    grid = models.ForeignKey(
        OpinionGrid,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="grille",
    )
    # criterion → {"score": 0–3, "comment": …}, and what they add up to (projects.scoring_grid).
    scores = models.JSONField("notes et remarques", default=dict)
    points = models.PositiveSmallIntegerField("total", null=True, blank=True)
    out_of = models.PositiveSmallIntegerField("total possible", null=True, blank=True)
    # [{"uuid": …, "label": …, "size": …}]: what was joined, as it was on that day.
    files = models.JSONField("pièces jointes à l’avis", default=list)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="donné par",
    )
    given_at = models.DateTimeField("donné le", default=clock.now)

    objects: ClassVar[OpinionQuerySet] = OpinionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "avis"
        verbose_name_plural = "avis"
        ordering = ["filing", "given_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["filing", "level", "body"], name="projects_opinion_once_a_body"
            ),
            models.CheckConstraint(
                # An unfavourable opinion or a reserve without its reasons helps nobody.
                condition=Q(recommendation__in=["favourable", "no_opinion"]) | ~Q(text=""),
                name="projects_opinion_reasons",
            ),
            models.CheckConstraint(
                condition=Q(points=None, out_of=None) | Q(points__lte=F("out_of")),
                name="projects_opinion_total_within",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body} – {self.get_recommendation_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError(FROZEN)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError(FROZEN)

    @property
    def tone(self) -> str:
        """Tone of the badge on the page."""
        return _TONES.get(self.recommendation, "neutral")

    @property
    def total(self) -> Total | None:
        """« 14 sur 18 », when at least one criterion was scored."""
        if self.points is None or not self.out_of:
            return None
        scored = sum(1 for given in self.scores.values() if given.get("score") is not None)
        return Total(self.points, self.out_of, scored)


class OpinionRequest(models.Model):
    """A body is asked for its opinion on a filing, until a date. Only invited bodies answer."""

    uuid = models.UUIDField("identifiant public", default=uuid.uuid4, unique=True, editable=False)
    filing = models.ForeignKey(
        Filing, on_delete=models.CASCADE, related_name="opinion_requests", verbose_name="dépôt"
    )
    level = models.CharField("niveau", max_length=10, choices=Level)
    body = models.CharField("organisme", max_length=150)
    # Asked by the procedure, or added by the person who instructs.
    is_required = models.BooleanField("demandé par la procédure", default=False)
    grid = models.ForeignKey(
        OpinionGrid, on_delete=models.PROTECT, related_name="requests", verbose_name="grille"
    )
    state = models.CharField(
        "état", max_length=10, choices=RequestState, default=RequestState.INVITED
    )
    # Empty while another level comes first.
    invited_at = models.DateTimeField("invité le", null=True, blank=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="invité par",
    )
    due_on = models.DateField("attendu pour le")
    reminded_at = models.DateTimeField("rappelé avant la date le", null=True, blank=True)
    late_reminded_at = models.DateTimeField("rappelé après la date le", null=True, blank=True)
    closed_at = models.DateTimeField("clos le", null=True, blank=True)
    withdrawal_reason = models.TextField("motif du retrait", blank=True)

    objects: ClassVar[OpinionRequestQuerySet] = OpinionRequestQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "invitation à donner un avis"
        verbose_name_plural = "invitations à donner un avis"
        ordering = ["filing", "level", "body"]
        constraints = [
            models.UniqueConstraint(
                fields=["filing", "level", "body"], name="projects_opinionrequest_once_a_body"
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(OPEN_STATES), closed_at=None)
                | (~Q(state__in=sorted(OPEN_STATES)) & Q(closed_at__isnull=False)),
                name="projects_opinionrequest_closed_when_ended",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | ~Q(withdrawal_reason=""),
                name="projects_opinionrequest_withdrawn_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["invited", "given"]) | Q(invited_at__isnull=False),
                name="projects_opinionrequest_invited_on_a_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                name="projects_opinionrequest_due",
                condition=Q(state="invited"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.body} – {self.get_state_display()}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_late(self) -> bool:
        return self.state == RequestState.INVITED and self.due_on < clock.today()

    @property
    def recommendation_label(self) -> str:
        """What was answered, where `with_opinion` told it."""
        told = getattr(self, "recommendation", None)
        return str(Opinion.Recommendation(told).label) if told else ""

    @property
    def tone(self) -> str:
        """Tone of the badge of what was answered."""
        return _TONES.get(getattr(self, "recommendation", None) or "", "neutral")

    @property
    def label(self) -> str:
        """« Avis du comité régional », by the words of the region."""
        return self.filing.procedure.label_of(self.level, self.filing.kind)


class OpinionDraft(models.Model):
    """One save of an opinion being prepared: each is kept, the last one counts."""

    request = models.ForeignKey(
        OpinionRequest, on_delete=models.CASCADE, related_name="drafts", verbose_name="invitation"
    )
    number = models.PositiveIntegerField("enregistrement")
    # {"recommendation": …, "text": …, "scores": …}
    content = models.JSONField("contenu")
    saved_at = models.DateTimeField("enregistré le", default=clock.now)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="enregistré par",
    )

    objects: ClassVar[OpinionDraftQuerySet] = OpinionDraftQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "brouillon d’avis"
        verbose_name_plural = "brouillons d’avis"
        ordering = ["request", "number"]
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="projects_opiniondraft_once")
        ]

    def __str__(self) -> str:
        return f"{self.request.body} – enregistrement n° {self.number}"


class OpinionFile(models.Model):
    """A file that a body joins to its opinion; part of it once the opinion is given."""

    request = models.ForeignKey(
        OpinionRequest, on_delete=models.CASCADE, related_name="files", verbose_name="invitation"
    )
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name="fichier"
    )
    label = models.CharField("intitulé", max_length=150)
    added_at = models.DateTimeField("ajouté le", default=clock.now)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="ajouté par",
    )

    objects: ClassVar[OpinionFileQuerySet] = OpinionFileQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "pièce jointe à un avis"
        verbose_name_plural = "pièces jointes à un avis"
        ordering = ["request", "added_at", "pk"]

    def __str__(self) -> str:
        return self.label
