"""Accounts and links, by named filters: views never look further."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import models
from django.db.models import Q

from accounts.access import Permission
from foundation import clock
from foundation.search import search_key


class UserQuerySet(models.QuerySet[Any]):
    """Accounts, for those who administer them."""

    def visible_to(self, user: Any) -> UserQuerySet:
        """Administrators see every person; anybody else only their own account."""
        people = self.filter(is_system=False)
        if Permission.PORTAL_ADMINISTER in user.permissions:
            return people
        return people.filter(pk=user.pk)

    def search(self, text: str) -> UserQuerySet:
        """By name or address, without case or accents; every word must be found."""
        found = self
        for word in text.lower().split():
            found = found.filter(
                Q(search_name__contains=search_key(word) or "\0") | Q(email__contains=word)
            )
        return found

    def demonstration(self) -> UserQuerySet:
        """The invented people of the demonstration who may sign in."""
        return self.filter(email__endswith="@example.org", is_active=True, is_system=False)


class EmailProofQuerySet(models.QuerySet[Any]):
    """Single-use links."""

    def usable(self, token: str) -> EmailProofQuerySet:
        """The link of this token, if it was sent, not used, and is still in time."""
        digest = hashlib.sha256(token.encode()).hexdigest()
        return self.filter(token_sha256=digest, used_at=None, expires_at__gt=clock.now())


class SavedViewQuerySet(models.QuerySet[Any]):
    """Saved views: everybody has their own, nobody another's."""

    def visible_to(self, user: Any) -> SavedViewQuerySet:
        """One's own, by name."""
        return self.filter(user=user.pk).order_by("name", "pk")

    def default_query(self, user: Any) -> Any:
        """The criteria on which the list opens, as a subquery of one row at most."""
        return self.filter(user=user.pk, is_default=True).values("query")[:1]
