"""What the parties leave on a contract: acceptances, documents, signatures."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from aci.models.contract import Contract
from aci.parties import Party
from aci.querysets import OwnedByContractQuerySet, SignatureQuerySet
from foundation import clock
from records.models import StoredFile


class ContractAcceptance(models.Model):
    """A party agrees with one version of the terms, for the territory as it stood."""

    contract = models.ForeignKey(
        Contract, on_delete=models.CASCADE, related_name="acceptances", verbose_name="contrat"
    )
    party = models.CharField("partie", max_length=4, choices=Party)
    version = models.PositiveSmallIntegerField("version des termes")
    territory_mark = models.CharField("territoire accepté", max_length=60)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="par"
    )
    name = models.CharField("nom", max_length=210)
    at = models.DateTimeField("le", default=clock.now)

    class Meta:
        verbose_name = "accord sur les termes"
        verbose_name_plural = "accords sur les termes"
        ordering = ["contract", "version", "at"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "party", "version"], name="aci_acceptance_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} v{self.version} – {self.get_party_display()}"


class ContractDocument(models.Model):
    """A PDF of the contract: what it says is kept at once, its file follows and never changes."""

    class Kind(models.TextChoices):
        DRAFT = "draft", "document de travail"
        FROZEN = "frozen", "contrat figé"
        FINAL = "final", "contrat signé"

    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="documents", verbose_name="contrat"
    )
    kind = models.CharField("nature", max_length=6, choices=Kind)
    version = models.PositiveSmallIntegerField("version des termes")
    # Everything the document prints: the same inputs give the same bytes.
    inputs = models.JSONField("contenu")
    inputs_sha256 = models.CharField("empreinte du contenu", max_length=64)
    wanted_at = models.DateTimeField("demandé le", default=clock.now)
    file = models.OneToOneField(
        StoredFile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="fichier",
    )
    sha256 = models.CharField("empreinte du fichier", max_length=64, blank=True)
    made_at = models.DateTimeField("produit le", null=True, blank=True)
    # Printed on the pages of what is signed (QR code); nobody guesses it.
    verification_code = models.CharField(
        "code de vérification", max_length=20, unique=True, null=True, blank=True
    )

    objects: ClassVar[OwnedByContractQuerySet] = OwnedByContractQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "document du contrat"
        verbose_name_plural = "documents du contrat"
        ordering = ["contract", "wanted_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "kind", "version", "inputs_sha256"], name="aci_document_once"
            ),
            models.UniqueConstraint(
                fields=["contract", "kind", "version"],
                condition=~models.Q(kind="draft"),
                name="aci_document_one_frozen_one_final",
            ),
            models.CheckConstraint(
                condition=models.Q(file=None, sha256="", made_at=None)
                | (models.Q(file__isnull=False, made_at__isnull=False) & ~models.Q(sha256="")),
                name="aci_document_made_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} v{self.version} – {self.get_kind_display()}"

    @property
    def stored(self) -> StoredFile:
        """The file; asking for it before it is made is a mistake of the caller."""
        if self.file is None:
            raise LookupError(f"{self} has no file yet.")
        return self.file


class Signature(models.Model):
    """One person signs for one party, having read one file. Voided when the contract goes back."""

    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="signatures", verbose_name="contrat"
    )
    document = models.ForeignKey(
        ContractDocument,
        on_delete=models.PROTECT,
        related_name="signatures",
        verbose_name="document signé",
    )
    party = models.CharField("partie", max_length=4, choices=Party)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="signataire",
    )
    # Name and quality as they were on the day.
    name = models.CharField("nom", max_length=210)
    role = models.CharField("qualité", max_length=300)  # a delegate quotes the act
    at = models.DateTimeField("signé le", default=clock.now)
    sha256 = models.CharField("empreinte du document montré", max_length=64)
    consent = models.CharField("consentement", max_length=300)
    voided_at = models.DateTimeField("annulée le", null=True, blank=True)
    # Signed by hand: the pages that show it. Its day is the one written on the paper.
    scan = models.ForeignKey(
        "PaperScan",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="signatures",
        verbose_name="pages numérisées",
    )

    objects: ClassVar[SignatureQuerySet] = SignatureQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "signature"
        verbose_name_plural = "signatures"
        ordering = ["contract", "at"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "party"],
                condition=models.Q(voided_at=None),
                name="aci_signature_once_for_a_party",
            ),
            models.UniqueConstraint(
                fields=["contract", "user"],
                condition=models.Q(voided_at=None),
                name="aci_signature_nobody_for_two_parties",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} – {self.get_party_display()} – {self.name}"
