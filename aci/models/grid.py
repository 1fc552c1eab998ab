"""The funding grids as rows: an administrator loads or confirms one without a release."""

from __future__ import annotations

from django.db import models

from aci.grid import GridStatus
from aci.mission_codes import MissionCode, Part


class FundingGrid(models.Model):
    """A dated version of the amounts of the agreement; a contract year keeps the one it used."""

    class Status(models.TextChoices):
        TO_CONFIRM = GridStatus.TO_CONFIRM.value, "à confirmer"
        CONFIRMED = GridStatus.CONFIRMED.value, "confirmé"

    code = models.CharField("code", max_length=40, unique=True)
    label = models.CharField("intitulé", max_length=200)
    effective_from = models.DateField("en vigueur à partir du")
    status = models.CharField("statut", max_length=10, choices=Status, default=Status.TO_CONFIRM)
    source = models.CharField("source", max_length=300)
    # Reference of the official text that an administrator compared the amounts with.
    confirmed_reference = models.CharField("texte officiel", max_length=300, blank=True)

    class Meta:
        verbose_name = "barème"
        verbose_name_plural = "barèmes"
        ordering = ["effective_from"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="to_confirm") | ~models.Q(confirmed_reference=""),
                name="aci_grid_confirmed_by_a_text",
            )
        ]

    def __str__(self) -> str:
        return self.label


class FundingGridAmount(models.Model):
    """One line of a grid: a yearly amount for a size, and how sure its source is."""

    grid = models.ForeignKey(
        FundingGrid, on_delete=models.CASCADE, related_name="amounts", verbose_name="barème"
    )
    size = models.PositiveSmallIntegerField("taille")
    mission = models.CharField(
        "mission", max_length=20, choices=[(code.value, code.label) for code in MissionCode]
    )
    part = models.CharField(
        "part", max_length=20, choices=[(part.value, part.label) for part in Part]
    )
    amount = models.DecimalField("montant annuel", max_digits=12, decimal_places=2)
    certainty = models.CharField("certitude", max_length=20)

    class Meta:
        verbose_name = "montant de barème"
        verbose_name_plural = "montants de barème"
        ordering = ["grid", "size", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["grid", "size", "mission", "part"], name="aci_grid_amount_once"
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gte=0), name="aci_grid_amount_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grid_id} taille {self.size} {self.mission} {self.part}"
