"""Who sees the archives of contracts, and how far they are."""

from __future__ import annotations

from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, Q

WAITING = Q(items__document=None, items__problem="")


class ContractBatchQuerySet(models.QuerySet[Any]):
    """Documents wanted in one go."""

    def visible_to(self, user: Any) -> Self:
        """One's own, as long as one still sees every contract that it holds."""
        contracts = apps.get_model("aci", "Contract").objects.visible_to(user).values("pk")
        items = apps.get_model("aci", "ContractBatchItem").objects
        hidden = items.filter(batch=models.OuterRef("pk")).exclude(contract__in=contracts)
        return self.filter(~models.Exists(hidden), wanted_by=user.pk)

    def with_progress(self) -> Self:
        """With how many contracts are done, prevented or given up, out of how many."""
        return self.select_related("archive", "job", "wanted_by").annotate(
            total=Count("items"),
            waiting=Count("items", filter=WAITING),
            prevented=Count("items", filter=~Q(items__problem="")),
            failed=Count("items", filter=WAITING & Q(items__job__state="failed")),
        )
