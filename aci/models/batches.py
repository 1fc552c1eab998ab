"""The contracts of a region gathered in one archive."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from aci.batch_querysets import ContractBatchQuerySet
from aci.models.contract import Contract
from aci.models.trail import ContractDocument
from foundation import clock
from records.models import Job, StoredFile


class ContractBatch(models.Model):
    """Documents of contracts wanted in one go: one progress, one archive."""

    uuid = models.UUIDField("identifiant", default=uuid.uuid4, unique=True, editable=False)
    label = models.CharField("intitulé", max_length=200)
    wanted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="demandé par",
    )
    wanted_at = models.DateTimeField("demandé le", default=clock.now)
    # First the work that shares the contracts out, then the one that gathers their files.
    job = models.ForeignKey(
        Job,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="travail en cours",
    )
    archive = models.OneToOneField(
        StoredFile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="archive",
    )
    made_at = models.DateTimeField("produit le", null=True, blank=True)

    objects: ClassVar[ContractBatchQuerySet] = ContractBatchQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "lot de contrats"
        verbose_name_plural = "lots de contrats"
        ordering = ["-wanted_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(archive=None, made_at=None)
                | Q(archive__isnull=False, made_at__isnull=False),
                name="aci_batch_made_whole",
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_made(self) -> bool:
        return self.archive_id is not None


class ContractBatchItem(models.Model):
    """One contract of a batch: its document, or why there is none."""

    batch = models.ForeignKey(
        ContractBatch, on_delete=models.CASCADE, related_name="items", verbose_name="lot"
    )
    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="+", verbose_name="contrat"
    )
    document = models.ForeignKey(
        ContractDocument,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="document",
    )
    job = models.ForeignKey(
        Job,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="travail",
    )
    problem = models.CharField("empêchement", max_length=300, blank=True)

    class Meta:
        verbose_name = "contrat d’un lot"
        verbose_name_plural = "contrats d’un lot"
        ordering = ["batch", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "contract"], name="aci_batch_contract_once")
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} – {self.contract_id}"
