"""Who sees the contract templates, and named filters."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models

from accounts.access import Permission


class ContractTemplateQuerySet(models.QuerySet[Any]):
    """The versions of the clauses: administrators read and write them."""

    def visible_to(self, user: Any) -> ContractTemplateQuerySet:
        return self if Permission.PORTAL_ADMINISTER in user.permissions else self.none()

    def with_names(self) -> ContractTemplateQuerySet:
        return self.select_related("created_by")

    def newest_first(self) -> ContractTemplateQuerySet:
        return self.order_by("-version")

    def in_force(self, day: dt.date) -> Any:
        """The clauses of a contract prepared that day."""
        return self.filter(effective_from__lte=day).order_by("-effective_from", "-version").first()
