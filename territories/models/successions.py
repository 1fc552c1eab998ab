"""Which CPTS followed which: a merger or a split, for ever."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from territories.models.communities import Cpts
from territories.succession_querysets import SuccessionQuerySet


class Succession(models.Model):
    """From one day on, this CPTS takes the place of that one, alone or with others."""

    class Kind(models.TextChoices):
        MERGER = "merger", "fusion"
        SPLIT = "split", "scission"

    kind = models.CharField("nature", max_length=6, choices=Kind)
    predecessor = models.ForeignKey(
        Cpts, on_delete=models.PROTECT, related_name="followed_by", verbose_name="CPTS remplacée"
    )
    successor = models.ForeignKey(
        Cpts, on_delete=models.PROTECT, related_name="follows", verbose_name="CPTS qui lui succède"
    )
    since = models.DateField("à compter du")

    objects: ClassVar[SuccessionQuerySet] = SuccessionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "succession"
        verbose_name_plural = "successions"
        ordering = ["since", "predecessor", "successor"]
        constraints = [
            models.UniqueConstraint(
                fields=["predecessor", "successor"], name="territories_succession_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(predecessor=models.F("successor")),
                name="territories_succession_of_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} → {self.successor_id} ({self.get_kind_display()})"
