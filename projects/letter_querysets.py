"""Who sees which letters, and which template is in force."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models.functions import Cast, Coalesce, Concat

from accounts.access import Permission
from projects.letter_kinds import DECISIONS, SHOWN_TO_COMMITTEES
from projects.querysets import filing_scope
from territories.aggregates import Listed


class LetterTemplateQuerySet(models.QuerySet[Any]):
    """Versions of the texts of the letters."""

    def visible_to(self, user: Any) -> Self:
        """Reference data of the portal: administrators only."""
        may = user.is_authenticated and Permission.PORTAL_ADMINISTER in user.permissions
        return self if may else self.none()

    def with_names(self) -> Self:
        return self.select_related("region", "created_by")

    def of_scope(self, kind: str, region_code: str | None) -> Self:
        """The history of one letter in one region, newest first."""
        return self.filter(kind=kind, region=region_code).order_by("-version")

    def of_kind(self, kind: str) -> Self:
        """Every version of one letter: the national ones first, newest first."""
        first_national = models.F("region__name").asc(nulls_first=True)
        return self.filter(kind=kind).order_by(first_national, "-version")

    def in_force(self, kind: str, region_code: str, day: dt.date) -> Any:
        """The newest of those of the region that have begun, else of the national ones."""
        begun = self.filter(kind=kind, effective_from__lte=day)
        begun = begun.order_by("-effective_from", "-version")
        national = self.filter(kind=kind, region=None).order_by("effective_from", "version")
        return (
            begun.filter(region=region_code).first()
            or begun.filter(region=None).first()
            or national.first()
        )


class FilingDocumentQuerySet(models.QuerySet[Any]):
    """The letters about the filings."""

    def visible_to(self, user: Any) -> Self:
        """Those who see the filing; committees only read decisions and what was asked of them."""
        if not user.is_authenticated:
            return self.none()
        shown = models.Q(kind__in=sorted(SHOWN_TO_COMMITTEES))
        return self.filter(
            filing_scope(user, Permission.DOSSIER_SEE, "filing__", shown_to_committees=shown)
        )

    def of_dossier(self, reference: str) -> Self:
        return self.filter(filing__cpts__reference=reference)

    def listed_of_outer_filing(self) -> models.Subquery:
        """What the page of a filing shows of its letters, in that page's own query.

        « pk|uuid|kind|date|size|state » of each, read again by `letter_listing.read_documents`.
        """
        parts = [
            Cast("pk", models.CharField()),
            Cast("uuid", models.CharField()),
            models.F("kind"),
            Cast("dated", models.CharField()),
            Coalesce(Cast("file__size", models.CharField()), models.Value("")),
            Coalesce("job__state", models.Value("")),
        ]
        joined = [piece for part in parts for piece in (part, models.Value("|"))][:-1]
        words = Concat(*joined, output_field=models.CharField())
        own = self.filter(filing=models.OuterRef("pk")).order_by().values("filing")
        return models.Subquery(own.annotate(listed=Listed(words)).values("listed"))

    def decision_of(self, filing: Any) -> Self:
        """The letter that announces how a filing ended: there is at most one."""
        return self.filter(filing=filing.pk, kind__in=sorted(DECISIONS))

    def with_page(self) -> Self:
        """With the file, the progress, the template and the dossier, in the same query."""
        return self.select_related("file", "job", "template__region", "filing__cpts")

    def of_batch(self, batch: Any) -> Self:
        """In the order in which they are printed."""
        return self.filter(in_batches__batch=batch).order_by("in_batches__position").with_page()


class LetterBatchQuerySet(models.QuerySet[Any]):
    """Letters wanted in one go."""

    def visible_to(self, user: Any) -> Self:
        """Those who may read every letter of the batch: its files hold them all."""
        letters = apps.get_model("projects", "FilingDocument").objects
        items = apps.get_model("projects", "LetterBatchItem").objects
        readable = letters.visible_to(user).values("pk")
        hidden = items.filter(batch=models.OuterRef("pk")).exclude(document__in=readable)
        return self.filter(~models.Exists(hidden))

    def with_files(self) -> Self:
        return self.select_related("printable", "archive", "job")

    def ready_with(self, document: Any) -> Self:
        """The batches that this letter completes and that nobody has put together yet."""
        items = apps.get_model("projects", "LetterBatchItem").objects
        waiting = items.filter(batch=models.OuterRef("pk"), document__file=None)
        return self.filter(~models.Exists(waiting), items__document=document, printable=None)
