"""Calendar feeds, by named filters."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import models


def feed_digest(token: str) -> str:
    """What is stored of a secret address."""
    return hashlib.sha256(token.encode()).hexdigest()


class CalendarFeedQuerySet(models.QuerySet[Any]):
    """Whose they are, and which one an address opens."""

    def visible_to(self, user: Any) -> CalendarFeedQuerySet:
        """One's own, the oldest first."""
        own = self.filter(user=user.pk).order_by("created_at", "pk")
        return own.select_related("region", "departement", "cpam_district", "cpts")

    def bearing(self, token: str) -> CalendarFeedQuerySet:
        """The one of this address, while its owner's account is open."""
        opened = self.filter(token_sha256=feed_digest(token), user__is_active=True)
        return opened.select_related("user", "region", "departement", "cpam_district", "cpts")
