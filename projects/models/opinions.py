"""What the committees think of a filing: frozen once given."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from foundation import clock
from projects.models.filings import Filing
from projects.querysets import OfFilingQuerySet
from projects.workflow import Level

_TONES = {"favourable": "success", "with_reservations": "warning", "unfavourable": "error"}


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
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="donné par",
    )
    given_at = models.DateTimeField("donné le", default=clock.now)

    objects: ClassVar[OfFilingQuerySet] = OfFilingQuerySet.as_manager()  # type: ignore[assignment]

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
        ]

    def __str__(self) -> str:
        return f"{self.body} – {self.get_recommendation_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("An opinion is frozen once given.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("An opinion is frozen once given.")

    @property
    def tone(self) -> str:
        """The colour of its badge; the word says it all."""
        return _TONES.get(self.recommendation, "neutral")
