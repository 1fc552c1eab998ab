"""What a CPTS does under its contract: progress of each mission, indicators and their values."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models

from aci.mission_codes import MISSIONS, MissionCode
from aci.models import Contract, ContractMission
from foundation import clock
from missions import scoring
from missions.querysets import IndicatorQuerySet, IndicatorValueQuerySet, MissionProgressQuerySet
from missions.workflow import ProgressState
from records.models import StoredFile


class MissionProgress(models.Model):
    """How far a mission of a contract is. Without a row, it has not started."""

    mission = models.OneToOneField(
        ContractMission,
        on_delete=models.PROTECT,
        related_name="progress",
        verbose_name="mission du contrat",
    )
    state = models.CharField(
        "état", max_length=12, choices=ProgressState, default=ProgressState.NOT_STARTED
    )
    started_on = models.DateField("démarrée le", null=True, blank=True)
    deployed_on = models.DateField("pleinement déployée le", null=True, blank=True)
    note = models.TextField("point d’avancement", max_length=2000, blank=True)
    # Counts the saves of the note: a page opened before the last one overwrites nothing.
    version = models.PositiveIntegerField("version", default=0)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="mis à jour par",
    )
    updated_at = models.DateTimeField("mis à jour le", default=clock.now)

    objects: ClassVar[MissionProgressQuerySet] = MissionProgressQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "avancement de mission"
        verbose_name_plural = "avancements de mission"
        constraints = [
            models.CheckConstraint(
                # The dates tell the same as the state.
                condition=models.Q(
                    state=ProgressState.NOT_STARTED, started_on=None, deployed_on=None
                )
                | models.Q(state=ProgressState.STARTED, started_on__isnull=False, deployed_on=None)
                | models.Q(
                    state=ProgressState.DEPLOYED,
                    started_on__isnull=False,
                    deployed_on__isnull=False,  # said apart: a comparison with nothing passes
                    deployed_on__gte=models.F("started_on"),
                ),
                name="missions_progress_dated_as_its_state",
            )
        ]

    def __str__(self) -> str:
        return f"{self.mission.label} : {self.get_state_display()}"


class Indicator(models.Model):
    """A national indicator, dated: it serves the contract years that begin while it is in force.

    What the annex of a contract says of it comes before; an indicator that only the annex of one
    contract names belongs to that contract, and exists from its first measure on.
    """

    code = models.SlugField("code", max_length=60)
    mission = models.CharField(
        "mission", max_length=20, choices=[(code.value, code.label) for code in MISSIONS]
    )
    label = models.CharField("intitulé", max_length=150)
    definition = models.CharField("définition", max_length=300, blank=True)
    unit = models.CharField("unité", max_length=30)
    direction = models.CharField(
        "sens",
        max_length=6,
        choices=[
            (scoring.Direction.HIGHER.value, "plus haut est mieux"),
            (scoring.Direction.LOWER.value, "plus bas est mieux"),
        ],
    )
    method = models.CharField(
        "calcul",
        max_length=15,
        choices=[
            (scoring.Method.TIERS.value, "par paliers"),
            (scoring.Method.ALL_OR_NOTHING.value, "tout ou rien"),
            (scoring.Method.PROPORTIONAL.value, "au prorata"),
        ],
    )
    target = models.DecimalField("cible", max_digits=12, decimal_places=2, null=True, blank=True)
    baseline = models.DecimalField(
        "point de départ", max_digits=12, decimal_places=2, null=True, blank=True
    )
    euros = models.DecimalField("valeur en euros", max_digits=12, decimal_places=2, default=0)
    position = models.PositiveSmallIntegerField("rang")
    catalogue = models.CharField("catalogue", max_length=40)
    effective_from = models.DateField("en vigueur à partir du")
    effective_to = models.DateField("en vigueur jusqu’au", null=True, blank=True)
    is_confirmed = models.BooleanField("confirmé", default=False)
    source = models.CharField("source", max_length=300)
    # Empty: national. Else an indicator that the annex of this contract alone names.
    contract = models.ForeignKey(
        Contract,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="own_indicators",
        verbose_name="contrat",
    )

    objects: ClassVar[IndicatorQuerySet] = IndicatorQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "indicateur"
        verbose_name_plural = "indicateurs"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "effective_from"],
                condition=models.Q(contract=None),
                name="missions_indicator_once_a_date",
            ),
            models.UniqueConstraint(
                fields=["contract", "code"], name="missions_indicator_once_in_a_contract"
            ),
            models.CheckConstraint(
                condition=models.Q(effective_to__isnull=True)
                | models.Q(effective_to__gte=models.F("effective_from")),
                name="missions_indicator_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def mission_code(self) -> MissionCode:
        return MissionCode(self.mission)


class IndicatorTier(models.Model):
    """A tier as the annex writes it, never recomputed (funding.md, « Time »)."""

    indicator = models.ForeignKey(
        Indicator, on_delete=models.CASCADE, related_name="tiers", verbose_name="indicateur"
    )
    worst = models.DecimalField("première borne", max_digits=12, decimal_places=2)
    best = models.DecimalField(
        "seconde borne", max_digits=12, decimal_places=2, null=True, blank=True
    )
    euros = models.DecimalField(
        "valeur en euros",
        max_digits=12,
        decimal_places=2,
        validators=[MinValueValidator(0)],
    )

    class Meta:
        verbose_name = "palier"
        verbose_name_plural = "paliers"
        ordering = ["indicator", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "worst"], name="missions_tier_once_in_indicator"
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} : {self.worst} → {self.euros}"


class IndicatorValue(models.Model):
    """A measure of a contract year, with its proof. A correction is another row: the last counts.

    Nothing is ever rewritten, so that the dialogue de gestion finds every value that was shown.
    """

    contract = models.ForeignKey(
        Contract,
        on_delete=models.PROTECT,
        related_name="indicator_values",
        verbose_name="contrat",
    )
    year = models.PositiveSmallIntegerField("année de contrat")
    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="values", verbose_name="indicateur"
    )
    value = models.DecimalField("valeur", max_digits=12, decimal_places=2)
    measured_on = models.DateField("mesurée le")
    comment = models.TextField("commentaire", max_length=1000, blank=True)
    proof = models.OneToOneField(
        StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name="preuve"
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="saisie par",
    )
    entered_at = models.DateTimeField("saisie le", default=clock.now)

    objects: ClassVar[IndicatorValueQuerySet] = IndicatorValueQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "valeur d’indicateur"
        verbose_name_plural = "valeurs d’indicateur"
        ordering = ["measured_on", "pk"]
        indexes = [
            models.Index(fields=["contract", "indicator", "year"], name="missions_value_by_year")
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(value__gte=0), name="missions_value_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(year__gte=1), name="missions_value_years_count_from_1"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} année {self.year} : {self.value}"
