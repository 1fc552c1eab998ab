"""The clauses of the contracts, as dated templates."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from aci.clause_querysets import ContractTemplateQuerySet
from aci.clauses.blocks import Block, read_blocks
from foundation import clock
from foundation.dates import format_date


class ContractTemplate(models.Model):
    """One version of the clauses, for the contracts prepared while it serves. Never changed."""

    uuid = models.UUIDField("identifiant", default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveSmallIntegerField("version", unique=True)
    effective_from = models.DateField("en vigueur à partir du")
    # [{"key", "form", "title", "body"}], in order.
    blocks = models.JSONField("blocs")
    # A contract is then frozen with the indicators of its first year, never without.
    requires_annex = models.BooleanField("annexe des indicateurs exigée", default=False)
    source = models.CharField("source", max_length=300, blank=True)
    # Of the committed file it was read from; empty for what an administrator wrote.
    code = models.CharField("code", max_length=60, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="rédigé par",
    )
    created_at = models.DateTimeField("enregistré le", default=clock.now)

    objects: ClassVar[ContractTemplateQuerySet] = ContractTemplateQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "modèle de contrat"
        verbose_name_plural = "modèles de contrat"
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"], name="aci_template_file_once", condition=~models.Q(code="")
            ),
        ]

    def __str__(self) -> str:
        return f"Modèle de contrat, version {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("A template is never changed: contracts were prepared from it.")
        super().save(*args, **kwargs)

    @property
    def as_blocks(self) -> tuple[Block, ...]:
        return read_blocks(self.blocks)

    @property
    def since(self) -> str:
        return format_date(self.effective_from)
