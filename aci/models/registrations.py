"""A contract signed on paper before the portal, or beside it: registered, then confirmed."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from aci.mission_codes import MISSIONS, MissionCode
from aci.models.contract import Contract
from aci.registration_querysets import ContractRegistrationQuerySet
from foundation import clock
from records.models import StoredFile
from territories.models import Cpts, Territory


class ContractRegistration(models.Model):
    """What a CPAM officer read on the scan; a second person compares before it counts."""

    cpts = models.ForeignKey(
        Cpts, on_delete=models.PROTECT, related_name="contract_registrations", verbose_name="CPTS"
    )
    signed_on = models.DateField("signé le")
    missions = models.JSONField("missions et dates de démarrage")
    unscheduled_care_since = models.DateField(
        "soins non programmés organisés depuis le", null=True, blank=True
    )
    territory = models.ForeignKey(
        Territory, on_delete=models.PROTECT, related_name="+", verbose_name="version du territoire"
    )
    cpts_signatory = models.CharField("signé pour la CPTS par", max_length=210)
    cpam_signatory = models.CharField("signé pour la CPAM par", max_length=210)
    ars_signatory = models.CharField("signé pour l’ARS par", max_length=210)
    scan = models.OneToOneField(
        StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name="contrat numérisé"
    )
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="enregistré par",
    )
    registered_at = models.DateTimeField("enregistré le", default=clock.now)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="confirmé ou écarté par",
    )
    closed_at = models.DateTimeField("confirmé ou écarté le", null=True, blank=True)
    dismissed_reason = models.TextField("motif pour l’écarter", blank=True)
    contract = models.OneToOneField(
        Contract,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="registration",
        verbose_name="contrat",
    )

    objects: ClassVar[ContractRegistrationQuerySet] = ContractRegistrationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "contrat signé hors du portail"
        verbose_name_plural = "contrats signés hors du portail"
        ordering = ["cpts", "-registered_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["cpts"], condition=Q(closed_at=None), name="aci_registration_one_pending"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, contract=None, dismissed_reason="")
                | Q(
                    closed_at__isnull=False,
                    closed_by__isnull=False,
                    contract__isnull=False,
                    dismissed_reason="",
                )
                | (
                    Q(closed_at__isnull=False, closed_by__isnull=False, contract=None)
                    & ~Q(dismissed_reason="")
                ),
                name="aci_registration_confirmed_or_dismissed",
            ),
            models.CheckConstraint(
                condition=Q(closed_by=None)
                | ~Q(closed_by=models.F("registered_by"))
                | ~Q(dismissed_reason=""),
                name="aci_registration_confirmed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cpts} – contrat signé le {self.signed_on}"

    @property
    def is_pending(self) -> bool:
        return self.closed_at is None

    @property
    def starts(self) -> dict[MissionCode, dt.date]:
        """Mission → its start, in the order of the agreement."""
        return {
            code: dt.date.fromisoformat(self.missions[code.value])
            for code in MISSIONS
            if code.value in self.missions
        }
