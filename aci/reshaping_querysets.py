"""Who sees which mergers and splits: whoever sees the dossier of one of their CPTS."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q

from accounts.access import Permission
from aci.parties import Party
from aci.reshaping_workflow import OPEN, ReshapingState
from foundation import clock
from territories.querysets import scope_filter


class ReshapingQuerySet(models.QuerySet[Any]):
    """Mergers and splits."""

    def visible_to(self, user: Any, permission: str = Permission.DOSSIER_SEE) -> ReshapingQuerySet:
        """Those of a CPTS that this person sees, before or after."""
        parts = apps.get_model("aci", "ReshapingPart").objects.filter(reshaping=OuterRef("pk"))
        return self.filter(Exists(parts.filter(scope_filter(user, permission, "cpts__"))))

    def with_parts(self) -> ReshapingQuerySet:
        """With the CPTS before and after, in one query more."""
        parts = apps.get_model("aci", "ReshapingPart").objects.select_related(
            "cpts__territory",
            "cpts__region",
            "cpts__departement",
            "cpts__cpam_district",
            "departement",
            "cpam_district",
        )
        found: ReshapingQuerySet = self.prefetch_related(Prefetch("parts", parts))
        return found

    def with_voices(self) -> ReshapingQuerySet:
        """With what the parties said, in one query more."""
        found: ReshapingQuerySet = self.prefetch_related("voices").select_related("drafted_by")
        return found

    def open_first(self) -> ReshapingQuerySet:
        """What is under way, then the newest."""
        under_way = models.Case(
            models.When(state__in=OPEN, then=models.Value(0)), default=models.Value(1)
        )
        return self.order_by(under_way, "-drafted_at", "-pk")

    def of_cpts(self, cpts: Any) -> ReshapingQuerySet:
        """Those that a CPTS takes part in, or comes from."""
        return self.filter(parts__cpts=cpts)

    def to_apply_today(self) -> ReshapingQuerySet:
        """Accepted, and their day has come; the oldest day first."""
        due = self.filter(state=ReshapingState.AGREED, effective_on__lte=clock.today())
        return due.order_by("effective_on", "pk")


class ReshapingPartQuerySet(models.QuerySet[Any]):
    """The CPTS before and after."""

    def awaiting(self, user: Any) -> ReshapingPartQuerySet:
        """« À faire »: what this person may answer for a silent party, or prepare for a CPTS."""
        asked = Q(reshaping__state=ReshapingState.PREPARING, reshaping__is_asked=True)
        condition = asked & scope_filter(user, Permission.RESHAPING_DRAFT, "cpts__")
        voices = apps.get_model("aci", "ReshapingVoice").objects.filter(
            reshaping=OuterRef("reshaping")
        )
        for party in Party:
            said = voices.filter(party=party, body=OuterRef(_BODY[party]))
            may = scope_filter(user, party.sign_permission, "cpts__")
            proposed = Q(reshaping__state=ReshapingState.PROPOSED)
            condition |= proposed & may & Q(~Exists(said))
        before = Q(side="before") | Q(absorbs=True)
        return self.filter(condition & before, is_open=True).order_by("pk")


# The code of the party in charge of a CPTS: see `models.reshaping.body_of`.
_BODY = {
    Party.CPTS: "cpts__reference",
    Party.CPAM: "cpts__cpam_district",
    Party.ARS: "cpts__region",
}
