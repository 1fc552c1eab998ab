"""A text signed by hand: the choice of paper, and the scans of the printed pages once signed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from aci.models.trail import ContractDocument
from aci.paper_querysets import PaperScanQuerySet
from aci.parties import SIGNING_ORDER, Party
from foundation import clock
from records.models import StoredFile


class PaperSigning(models.Model):
    """The parties sign this frozen file by hand, all three of them; nobody signs it here any more.

    The choice falls with the file, when a signatory sends the text back to negotiation.
    """

    document = models.OneToOneField(
        ContractDocument,
        on_delete=models.PROTECT,
        related_name="paper",
        verbose_name="document figé",
    )
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="choisie par",
    )
    chosen_at = models.DateTimeField("choisie le", default=clock.now)

    class Meta:
        verbose_name = "signature sur papier"
        verbose_name_plural = "signatures sur papier"

    def __str__(self) -> str:
        return f"Signature sur papier du document {self.document_id}"


@dataclass(frozen=True, slots=True)
class WrittenSignature:
    """What one signature says on the paper: for whom, who, in which quality, which day."""

    party: Party
    user: int
    name: str
    role: str
    signed_on: dt.date

    def as_plain(self) -> dict[str, Any]:
        return {
            "user": self.user,
            "name": self.name,
            "role": self.role,
            "signed_on": self.signed_on.isoformat(),
        }

    @classmethod
    def from_plain(cls, party: str, plain: dict[str, Any]) -> WrittenSignature:
        return cls(
            Party(party),
            plain["user"],
            plain["name"],
            plain["role"],
            dt.date.fromisoformat(plain["signed_on"]),
        )


class PaperScan(models.Model):
    """The signed pages, as one person uploaded them; a second person looks before they count."""

    uuid = models.UUIDField("identifiant", default=uuid.uuid4, unique=True, editable=False)
    paper = models.ForeignKey(
        PaperSigning,
        on_delete=models.PROTECT,
        related_name="scans",
        verbose_name="signature sur papier",
    )
    scan = models.OneToOneField(
        StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name="pages numérisées"
    )
    # What was read in the codes of the pages, and the file that they name.
    pages = models.PositiveSmallIntegerField("pages lues")
    frozen_sha256 = models.CharField("empreinte du document figé", max_length=64)
    # Party → who signed, in which quality, which day (`WrittenSignature`).
    written = models.JSONField("signatures écrites")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="déposée par",
    )
    uploaded_at = models.DateTimeField("déposée le", default=clock.now)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="confirmée ou écartée par",
    )
    closed_at = models.DateTimeField("confirmée ou écartée le", null=True, blank=True)
    dismissed_reason = models.TextField("motif pour l’écarter", blank=True)

    objects: ClassVar[PaperScanQuerySet] = PaperScanQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "numérisation d’un contrat signé sur papier"
        verbose_name_plural = "numérisations de contrats signés sur papier"
        ordering = ["paper", "-uploaded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["paper"], condition=Q(closed_at=None), name="aci_scan_one_pending"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, dismissed_reason="")
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="aci_scan_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(closed_by=None)
                | ~Q(closed_by=F("uploaded_by"))
                | ~Q(dismissed_reason=""),
                name="aci_scan_confirmed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paper_id} – {self.scan_id}"

    @property
    def is_pending(self) -> bool:
        return self.closed_at is None

    @property
    def is_confirmed(self) -> bool:
        return self.closed_at is not None and not self.dismissed_reason

    @property
    def signatures_written(self) -> list[WrittenSignature]:
        """In the order of the contract."""
        return list(self._written())

    def _written(self) -> Iterator[WrittenSignature]:
        for party in SIGNING_ORDER:
            if party.value in self.written:
                yield WrittenSignature.from_plain(party, self.written[party.value])
