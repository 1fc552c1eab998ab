"""The indicators that a contract names for one of its years, with their values."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from aci.indicator_rules import AnnexLine, read_line
from aci.models.contract import Contract
from aci.querysets import WrittenInTurnQuerySet
from foundation import clock


class IndicatorAnnex(models.Model):
    """The annex of the indicators for one contract year: it is signed with the contract."""

    contract = models.ForeignKey(
        Contract, on_delete=models.CASCADE, related_name="annexes", verbose_name="contrat"
    )
    year = models.PositiveSmallIntegerField("année de contrat")
    # As `indicator_rules.AnnexLine.as_plain`, in the order of the annex.
    lines = models.JSONField("indicateurs")
    at = models.DateTimeField("écrite le", default=clock.now)

    objects: ClassVar[WrittenInTurnQuerySet] = WrittenInTurnQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "annexe des indicateurs"
        verbose_name_plural = "annexes des indicateurs"
        ordering = ["contract", "year"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "year"], name="aci_annex_once_a_year"),
            models.CheckConstraint(
                condition=models.Q(year__gte=1), name="aci_annex_years_count_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} – indicateurs de l’année {self.year}"

    @property
    def as_lines(self) -> list[AnnexLine]:
        return [read_line(plain) for plain in self.lines]
