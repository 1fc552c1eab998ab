"""Contracts signed outside the portal: who sees them, whom they wait for."""

from __future__ import annotations

from typing import Any

from django.db import models

from accounts.access import Permission
from aci.parties import Party
from territories.querysets import scope_filter


class ContractRegistrationQuerySet(models.QuerySet[Any]):
    """Registered, then confirmed or dismissed by a second person."""

    def visible_to(
        self, user: Any, permission: str = Permission.DOSSIER_SEE
    ) -> ContractRegistrationQuerySet:
        return self.filter(scope_filter(user, permission, "cpts__"))

    def pending(self) -> ContractRegistrationQuerySet:
        return self.filter(closed_at=None)

    def of_dossier(self, reference: str) -> ContractRegistrationQuerySet:
        """The newest first, with all that the page shows."""
        found: ContractRegistrationQuerySet = (
            self.filter(cpts__reference=reference)
            .select_related("scan", "territory", "registered_by", "closed_by", "contract")
            .order_by("-registered_at", "-pk")
        )
        return found

    def to_confirm_by(self, user: Any) -> ContractRegistrationQuerySet:
        """« À faire »: registered by somebody else."""
        if not user.is_authenticated:
            return self.none()
        condition = models.Q(pk__in=[])
        for party in (Party.ARS, Party.CPAM):
            condition |= scope_filter(user, party.accept_permission, "cpts__")
        return self.pending().filter(condition).exclude(registered_by=user)
