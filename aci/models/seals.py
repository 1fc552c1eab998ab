"""The seal that follows each signature: its evidence kept at once, its file made by a worker."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from aci.models.trail import Signature
from aci.querysets import SealQuerySet
from records.models import StoredFile


class Seal(models.Model):
    """What proves one signature, and the file sealed with it: the one before, and its seal."""

    signature = models.OneToOneField(
        Signature, on_delete=models.PROTECT, related_name="seal", verbose_name="signature"
    )
    # Who, how the identity was proven, what was shown, the consent, the time, the fingerprint.
    evidence = models.JSONField("preuve")
    evidence_sha256 = models.CharField("empreinte de la preuve", max_length=64)
    file = models.OneToOneField(
        StoredFile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="fichier scellé",
    )
    sha256 = models.CharField("empreinte du fichier scellé", max_length=64, blank=True)
    sealed_at = models.DateTimeField("scellé le", null=True, blank=True)

    objects: ClassVar[SealQuerySet] = SealQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "cachet d’une signature"
        verbose_name_plural = "cachets des signatures"
        ordering = ["signature"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(file=None, sha256="", sealed_at=None)
                | (models.Q(file__isnull=False, sealed_at__isnull=False) & ~models.Q(sha256="")),
                name="aci_seal_made_whole",
            )
        ]

    def __str__(self) -> str:
        return f"Cachet de {self.signature_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("A seal is never rewritten: its worker fills its file once.")
        super().save(*args, **kwargs)
