"""A queryset of CPTS remembers who reads it, and so counts what this very person has not read."""

from __future__ import annotations

from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import IntegerField, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from accounts.access import Permission


class ReadByQuerySet(models.QuerySet[Any]):
    """Carries its reader from `visible_to` to the columns of the header."""

    reader: Any = None

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]  # not in the stubs
        clone.reader = self.reader
        return clone

    def read_by(self, user: Any) -> Self:
        """The same rows, for this person."""
        rows = self._clone()
        rows.reader = user
        return rows

    def with_unread(self) -> Self:
        """With how many messages the reader has not read on each (`unread_count`)."""
        if self.reader is None:
            return self
        if Permission.EXCHANGE not in getattr(self.reader, "permissions", ()):
            return self.annotate(unread_count=Value(0, output_field=IntegerField()))
        threads = apps.get_model("territories", "Thread").objects.unread_by(self.reader)
        here = threads.filter(cpts=OuterRef("pk")).order_by().values("cpts")
        counted = here.annotate(messages=Sum("unread")).values("messages")
        unread = Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))
        return self.annotate(unread_count=unread)
