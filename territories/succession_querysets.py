"""Successions around one CPTS, in one query."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q


class SuccessionQuerySet(models.QuerySet[Any]):
    """Which CPTS followed which."""

    def around(self, cpts: Any) -> SuccessionQuerySet:
        """What came before it and after it, and who shared that with it; the public ones."""
        after = self.filter(predecessor=cpts).order_by().values("successor")
        return self.filter(
            Q(predecessor=cpts) | Q(successor=cpts) | Q(successor__in=after)
        ).of_public()

    def known_on(self, day: dt.date) -> SuccessionQuerySet:
        """Those that had happened by that day."""
        return self.filter(since__lte=day).of_public()

    def of_public(self) -> SuccessionQuerySet:
        """Between CPTS that the public knows, by day and by name."""
        found: SuccessionQuerySet = (
            self.filter(predecessor__is_public=True, successor__is_public=True)
            .select_related("predecessor", "successor")
            .order_by("since", "predecessor__search_name", "successor__search_name")
        )
        return found
