"""The letters of a filing: their dated templates, the documents made from them, their batches."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from foundation import clock
from foundation.dates import format_date
from projects.letter_kinds import DECISIONS, LetterKind
from projects.letter_querysets import (
    FilingDocumentQuerySet,
    LetterBatchQuerySet,
    LetterTemplateQuerySet,
)
from projects.models.filings import Filing
from records.models import Job, StoredFile
from territories.models import Region


class LetterTemplate(models.Model):
    """One version of the text of a kind of letter, for a région or for all. Never changed."""

    uuid = models.UUIDField("identifiant", default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField("nature", max_length=20, choices=LetterKind)
    # No region: the default for all of France.
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="letter_templates",
        verbose_name="région",
    )
    version = models.PositiveSmallIntegerField("version")
    effective_from = models.DateField("en vigueur à partir du")
    subject = models.CharField("objet", max_length=200)
    body = models.TextField("texte")
    # Of the committed file it was read from; empty for what an administrator wrote.
    code = models.CharField("code", max_length=60, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="rédigé par",
    )
    created_at = models.DateTimeField("enregistré le", default=clock.now)

    objects: ClassVar[LetterTemplateQuerySet] = LetterTemplateQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "modèle de courrier"
        verbose_name_plural = "modèles de courrier"
        ordering = ["kind", "region", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "region", "version"], name="projects_template_version_once"
            ),
            models.UniqueConstraint(
                fields=["kind", "version"],
                name="projects_template_national_version_once",
                condition=Q(region=None),
            ),
            models.UniqueConstraint(
                fields=["code"], name="projects_template_file_once", condition=~Q(code="")
            ),
            models.CheckConstraint(
                condition=~Q(subject="") & ~Q(body=""), name="projects_template_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.scope_label}), version {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("A template is never changed: letters were made from it.")
        super().save(*args, **kwargs)

    @property
    def scope_label(self) -> str:
        return self.region.name if self.region else "France entière"


class FilingDocument(models.Model):
    """A letter about one filing: what it says is kept with the act, its PDF follows, for ever."""

    uuid = models.UUIDField("identifiant", default=uuid.uuid4, unique=True, editable=False)
    filing = models.ForeignKey(
        Filing, on_delete=models.PROTECT, related_name="documents", verbose_name="dépôt"
    )
    kind = models.CharField("nature", max_length=20, choices=LetterKind)
    # Counts the letters of this kind on this filing: a file may be sent back several times.
    number = models.PositiveSmallIntegerField("numéro")
    reference = models.CharField("référence", max_length=60, unique=True)
    template = models.ForeignKey(
        LetterTemplate,
        on_delete=models.PROTECT,
        related_name="documents",
        verbose_name="modèle de courrier",
    )
    dated = models.DateField("daté du")
    # Everything the letter prints: the same inputs give the same bytes.
    inputs = models.JSONField("contenu")
    inputs_sha256 = models.CharField("empreinte du contenu", max_length=64)
    wanted_at = models.DateTimeField("demandé le", default=clock.now)
    job = models.ForeignKey(
        Job,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="travail",
    )
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

    objects: ClassVar[FilingDocumentQuerySet] = FilingDocumentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "courrier du dépôt"
        verbose_name_plural = "courriers du dépôt"
        ordering = ["filing", "wanted_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["filing", "kind", "number"], name="projects_document_numbered_once"
            ),
            models.UniqueConstraint(
                fields=["filing"],
                name="projects_document_one_decision",
                condition=Q(kind__in=sorted(DECISIONS)),
            ),
            models.CheckConstraint(
                condition=Q(file=None, sha256="", made_at=None)
                | (Q(file__isnull=False, made_at__isnull=False) & ~Q(sha256="")),
                name="projects_document_made_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reference}"

    @property
    def label(self) -> str:
        """« Accusé de réception du 3 mars 2026 »."""
        return f"{self.get_kind_display()} du {format_date(self.dated)}"

    @property
    def is_made(self) -> bool:
        return self.file_id is not None

    @property
    def has_failed(self) -> bool:
        """Every attempt ended badly: somebody must ask again."""
        return not self.is_made and self.job is not None and self.job.state == Job.State.FAILED

    @property
    def stored(self) -> StoredFile:
        """The file; asking for it before it is made is a mistake of the caller."""
        if self.file is None:
            raise LookupError(f"{self} has no file yet.")
        return self.file


class LetterBatch(models.Model):
    """Letters wanted in one go: one progress, one PDF to print, one archive."""

    uuid = models.UUIDField("identifiant", default=uuid.uuid4, unique=True, editable=False)
    label = models.CharField("intitulé", max_length=200)
    wanted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="demandé par",
    )
    wanted_at = models.DateTimeField("demandé le", default=clock.now)
    job = models.ForeignKey(
        Job,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="assemblage",
    )
    printable = models.OneToOneField(
        StoredFile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="document à imprimer",
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

    objects: ClassVar[LetterBatchQuerySet] = LetterBatchQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "lot de courriers"
        verbose_name_plural = "lots de courriers"
        ordering = ["-wanted_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(printable=None, archive=None, made_at=None)
                | Q(printable__isnull=False, archive__isnull=False, made_at__isnull=False),
                name="projects_batch_made_whole",
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_made(self) -> bool:
        return self.printable_id is not None

    @property
    def has_failed(self) -> bool:
        """The letters are there, and no worker managed to put them together."""
        return not self.is_made and self.job is not None and self.job.state == Job.State.FAILED

    @property
    def files(self) -> tuple[StoredFile, StoredFile]:
        """What to print, and the archive; asking before they are made is a mistake."""
        if self.printable is None or self.archive is None:
            raise LookupError(f"{self} has no files yet.")
        return self.printable, self.archive


class LetterBatchItem(models.Model):
    """A letter of a batch, at its place in what is printed."""

    batch = models.ForeignKey(
        LetterBatch, on_delete=models.CASCADE, related_name="items", verbose_name="lot"
    )
    document = models.ForeignKey(
        FilingDocument, on_delete=models.PROTECT, related_name="in_batches", verbose_name="courrier"
    )
    position = models.PositiveSmallIntegerField("rang")

    class Meta:
        verbose_name = "courrier d’un lot"
        verbose_name_plural = "courriers d’un lot"
        ordering = ["batch", "position"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "document"], name="projects_batch_letter_once")
        ]

    def __str__(self) -> str:
        return f"{self.batch} – {self.position}"
