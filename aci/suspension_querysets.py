"""Suspensions of a contract: who sees them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from accounts.access import Permission
from foundation import clock
from territories.querysets import scope_filter


class SuspensionQuerySet(models.QuerySet[Any]):
    """What is, or was, on hold."""

    def visible_to(self, user: Any, permission: str = Permission.DOSSIER_SEE) -> SuspensionQuerySet:
        return self.filter(scope_filter(user, permission, "contract__cpts__"))

    def holding(self) -> SuspensionQuerySet:
        """Begun, or to begin, and not lifted today."""
        return self.filter(Q(lifted_on=None) | Q(lifted_on__gt=clock.today()))

    def of_contract(self, contract: Any) -> SuspensionQuerySet:
        """Those that hold first, then the newest."""
        rows: SuspensionQuerySet = self.filter(contract=contract).order_by(
            models.F("lifted_on").desc(nulls_first=True), "-starts_on", "-pk"
        )
        return rows
