"""Scans of texts signed on paper: who sees them, whom they wait for."""

from __future__ import annotations

from typing import Any

from django.db import models

from accounts.access import Permission
from aci.parties import Party
from territories.querysets import scope_filter

_CPTS = "paper__document__contract__cpts__"
MAY_CONFIRM = (Party.ARS.accept_permission, Party.CPAM.accept_permission)


class PaperScanQuerySet(models.QuerySet[Any]):
    """Uploaded, then confirmed or dismissed by a second person."""

    def visible_to(self, user: Any, permission: str = Permission.DOSSIER_SEE) -> PaperScanQuerySet:
        return self.filter(scope_filter(user, permission, _CPTS))

    def pending(self) -> PaperScanQuerySet:
        return self.filter(closed_at=None)

    def confirmed(self) -> PaperScanQuerySet:
        """In the order in which they were confirmed."""
        return self.filter(closed_at__isnull=False, dismissed_reason="").order_by("closed_at", "pk")

    def with_page(self) -> PaperScanQuerySet:
        """The newest first, with all that the pages show."""
        return self.select_related(
            "scan",
            "uploaded_by",
            "closed_by",
            "paper__document",
            "paper__document__contract__cpts__region",
            "paper__document__contract__cpts__departement",
            "paper__document__contract__cpts__cpam_district",
            "paper__document__contract__cpts__territory",
        ).order_by("-uploaded_at", "-pk")

    def of_contract(self, contract: Any) -> PaperScanQuerySet:
        """Those of the text as it is frozen now."""
        return self.filter(
            paper__document__contract=contract, paper__document__version=contract.terms_version
        )

    def to_confirm_by(self, user: Any) -> PaperScanQuerySet:
        """« À faire »: uploaded by somebody else, of a text that still waits for its signatures."""
        if not user.is_authenticated:
            return self.none()
        condition = models.Q(pk__in=[])
        for permission in MAY_CONFIRM:
            condition |= scope_filter(user, permission, _CPTS)
        waiting = self.pending().of_standing_text()
        return waiting.filter(condition).exclude(uploaded_by=user)

    def of_standing_text(self) -> PaperScanQuerySet:
        """Of a text still to be signed, in the version that was frozen last."""
        return self.filter(
            paper__document__contract__state="to_sign",
            paper__document__version=models.F("paper__document__contract__terms_version"),
        )
