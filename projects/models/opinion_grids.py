"""The criteria by which the committees of a region judge, from a date on."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from projects.models.procedures import Procedure
from projects.querysets import OpinionGridQuerySet
from projects.scoring_grid import Criterion
from territories.models import Region


class OpinionGrid(models.Model):
    """A regional grid: an opinion is asked for with the one in force on that day, and keeps it."""

    code = models.SlugField("code", max_length=60, unique=True)
    title = models.CharField("intitulé", max_length=150)
    # No region: the default for all of France.
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="opinion_grids",
        verbose_name="région",
    )
    effective_from = models.DateField("en vigueur à partir du")
    # [{"key", "label", "help", "weight", "kind"}], in order (projects.scoring_grid.Criterion).
    criteria = models.JSONField("critères")
    requires_scores = models.BooleanField("chaque critère est à noter", default=False)
    certainty = models.CharField("certitude", max_length=20, choices=Procedure.Certainty)
    source = models.CharField("source", max_length=300)

    objects: ClassVar[OpinionGridQuerySet] = OpinionGridQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "grille d’avis"
        verbose_name_plural = "grilles d’avis"
        ordering = ["region", "effective_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "effective_from"], name="projects_opiniongrid_one_a_day"
            ),
            models.UniqueConstraint(
                fields=["effective_from"],
                name="projects_opiniongrid_one_national_a_day",
                condition=Q(region=None),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def lines(self) -> list[Criterion]:
        return [Criterion(**row) for row in self.criteria]

    @property
    def is_assumed(self) -> bool:
        """To be confirmed by the region: the screens say so."""
        return self.certainty == Procedure.Certainty.ASSUMPTION
