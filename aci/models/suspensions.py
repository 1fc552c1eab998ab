"""A contract, or one of its missions, put on hold: a record and an alert, never an amount."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from aci.mission_codes import MISSIONS, MissionCode
from aci.models.contract import Contract
from aci.suspension_querysets import SuspensionQuerySet
from foundation import clock


class ContractHold(models.Model):
    """From a day on, for a reason; lifted later. The rules give it no effect on the amounts [A]."""

    uuid = models.UUIDField("identifiant", default=uuid.uuid4, unique=True, editable=False)
    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="suspensions", verbose_name="contrat"
    )
    # Empty: the whole contract.
    mission = models.CharField(
        "mission",
        max_length=20,
        choices=[(code.value, code.label) for code in MISSIONS],
        blank=True,
    )
    reason = models.TextField("motif")
    starts_on = models.DateField("à partir du")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="par"
    )
    name = models.CharField("nom", max_length=210)
    role = models.CharField("qualité", max_length=80)
    at = models.DateTimeField("enregistrée le", default=clock.now)
    # The first day on which it no longer holds.
    lifted_on = models.DateField("levée le", null=True, blank=True)
    lift_reason = models.TextField("motif de la levée", blank=True)
    lifted_name = models.CharField("levée par", max_length=210, blank=True)

    objects: ClassVar[SuspensionQuerySet] = SuspensionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "suspension du contrat"
        verbose_name_plural = "suspensions du contrat"
        ordering = ["contract", "-starts_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "mission"],
                condition=Q(lifted_on=None),
                name="aci_suspension_one_open",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="aci_suspension_has_a_reason"),
            models.CheckConstraint(
                condition=Q(lifted_on=None, lifted_name="", lift_reason="")
                | (
                    Q(lifted_on__isnull=False, lifted_on__gt=models.F("starts_on"))
                    & ~Q(lifted_name="")
                    & ~Q(lift_reason="")
                ),
                name="aci_suspension_lifted_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} – suspension de {self.what}"

    @property
    def what(self) -> str:
        """« la mission « Prévention » », « le contrat »."""
        if not self.mission:
            return "le contrat"
        return f"la mission «\u00a0{MissionCode(self.mission).label}\u00a0»"

    @property
    def is_open(self) -> bool:
        return self.lifted_on is None
