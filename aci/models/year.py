"""The computed amounts of a contract year."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from aci.models.contract import Contract
from aci.models.grid import FundingGrid
from aci.querysets import OwnedByContractQuerySet
from foundation import clock


class ContractYear(models.Model):
    """The amounts of one contract year, computed once; computing again adds a revision."""

    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="years", verbose_name="contrat"
    )
    number = models.PositiveSmallIntegerField("année de contrat")
    revision = models.PositiveSmallIntegerField("révision", default=1)
    start = models.DateField("premier jour")
    end = models.DateField("dernier jour")
    grid = models.ForeignKey(
        FundingGrid, on_delete=models.PROTECT, related_name="+", verbose_name="barème"
    )
    population = models.PositiveIntegerField("population")
    size = models.PositiveSmallIntegerField("taille")
    inputs = models.JSONField("données du calcul")
    lines = models.JSONField("lignes")
    schedule = models.JSONField("échéancier")
    total_due = models.DecimalField("total dû", max_digits=12, decimal_places=2)
    computed_at = models.DateTimeField("calculé le", default=clock.now, editable=False)

    objects: ClassVar[OwnedByContractQuerySet] = OwnedByContractQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "année de contrat"
        verbose_name_plural = "années de contrat"
        ordering = ["contract", "number", "-revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "number", "revision"], name="aci_year_revision_once"
            ),
            models.CheckConstraint(
                condition=models.Q(end__gt=models.F("start")), name="aci_year_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} année {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("A computed year is never changed: add a revision.")
        super().save(*args, **kwargs)

    def as_plain(self) -> dict[str, Any]:
        """In the form of `aci.funding_sheet.plain_sheet`."""
        return {
            "grid": self.inputs["grid_used"],
            "size": self.size,
            "contract_year": {
                "number": self.number,
                "start": self.start.isoformat(),
                "end": self.end.isoformat(),
            },
            "lines": self.lines,
            "schedule": self.schedule,
        }
