"""Who sees which memberships, and named filters. `visible_to` is the only door of the views."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import models
from django.db.models import Case, Count, Q, Value, When

from accounts.access import Permission
from foundation.search import search_key
from members.workflow import MemberState
from territories.models import Cpts
from territories.querysets import scope_filter


def link_digest(token: str) -> str:
    """What is stored of a follow-up link."""
    return hashlib.sha256(token.encode()).hexdigest()


class MemberQuerySet(models.QuerySet[Any]):
    """Memberships."""

    def visible_to(self, user: Any, permission: str = Permission.MEMBER_SEE) -> MemberQuerySet:
        """Those of the CPTS on which this person holds the permission, and one's own."""
        if not user.is_authenticated:
            return self.none()
        condition = scope_filter(user, permission, "cpts__")
        if permission == Permission.MEMBER_SEE:
            condition |= Q(user=user)
        return self.filter(condition)

    def of_cpts(self, cpts: Cpts) -> MemberQuerySet:
        """The members of one community."""
        return self.filter(cpts=cpts)

    def for_its_page(self) -> MemberQuerySet:
        """With what the page of one membership shows, in the same query."""
        return self.select_related("cpts", "user", "decided_by", "continues__cpts")

    def newest_first(self) -> MemberQuerySet:
        """The order of « Mes adhésions »."""
        return self.order_by("-applied_at", "-pk")

    def of_person(self, user: Any) -> MemberQuerySet:
        """« Mes adhésions »."""
        return self.filter(user=user)

    def with_link(self, token: str) -> MemberQuerySet:
        """The membership whose follow-up link this is: whoever holds it read the mail box."""
        return self.filter(link_sha256=link_digest(token))

    def opened_by_link(self, uuid: str | None) -> MemberQuerySet:
        """The membership kept aside once its link was opened; nothing for nothing."""
        return self.filter(uuid=uuid) if uuid else self.none()

    def to_decide_by(self, user: Any) -> MemberQuerySet:
        """Applications that wait for this person, oldest first."""
        mine = scope_filter(user, Permission.MEMBER_APPROVE, "cpts__")
        return self.filter(mine, state=MemberState.APPLIED).order_by("applied_at", "pk")

    def open(self) -> MemberQuerySet:
        """Members and applicants: neither refused nor gone."""
        return self.filter(state__in=[MemberState.APPLIED, MemberState.APPROVED])

    def approved(self) -> MemberQuerySet:
        """Members of today."""
        return self.filter(state=MemberState.APPROVED)

    def search(self, text: str) -> MemberQuerySet:
        """Names and structures, without accents or case; every word must be found."""
        found = self
        for word in search_key(text).split():
            found = found.filter(search_name__contains=word)
        return found

    def to_decide_first(self, *order: str) -> MemberQuerySet:
        """Applications on top, then the given order."""
        rank = Case(When(state=MemberState.APPLIED, then=Value(0)), default=Value(1))
        return self.order_by(rank, *order, "pk")

    def figures(self, cpts: Cpts) -> list[dict[str, Any]]:
        """How many, by state, college, nature, profession: no name, so that any party may read."""
        rows = (
            self.filter(cpts=cpts)
            .order_by()
            .values("state", "college", "kind", "structure_kind", "profession")
            .annotate(count=Count("pk"))
        )
        return list(rows)


class ConsentQuerySet(models.QuerySet[Any]):
    """Agreements of members."""

    def newest_first(self) -> ConsentQuerySet:
        """The order of their history."""
        return self.order_by("-given_at", "-pk")

    def in_force(self) -> ConsentQuerySet:
        """Given and not taken back."""
        return self.filter(revoked_at__isnull=True)
