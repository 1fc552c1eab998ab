"""Who sees the bank account of a CPTS, and named filters."""

from __future__ import annotations

from typing import Any

from django.db import models

from accounts.access import Permission
from aci.bank_workflow import BankState
from territories.querysets import scope_filter


class BankAccountQuerySet(models.QuerySet[Any]):
    """The bank accounts of the CPTS; what is shown of them depends on who looks."""

    def visible_to(
        self, user: Any, permission: str = Permission.DOSSIER_SEE
    ) -> BankAccountQuerySet:
        return self.filter(scope_filter(user, permission, "cpts__"))

    def of_dossier(self, reference: str) -> BankAccountQuerySet:
        return self.filter(cpts__reference=reference)

    def in_use(self) -> BankAccountQuerySet:
        """Those that payments go to."""
        return self.filter(state=BankState.IN_USE)

    def proposed(self) -> BankAccountQuerySet:
        """Those that wait for a second person."""
        return self.filter(state=BankState.PROPOSED)

    def current(self) -> BankAccountQuerySet:
        """In use, or to be confirmed."""
        return self.filter(state__in=[BankState.IN_USE, BankState.PROPOSED])

    def with_names(self) -> BankAccountQuerySet:
        return self.select_related("proposed_by", "decided_by")
