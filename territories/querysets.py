"""Who sees which rows, and named filters. `visible_to` is the only door of the views."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.access import Permission, Role, roles_granting
from foundation import clock
from foundation.search import search_key

READING = {Permission.DOSSIER_SEE, Permission.DOSSIER_LIST, Permission.SHARED_SEE}


def scope_filter(user: Any, permission: str, prefix: str = "") -> Q:
    """The CPTS on which this person's current assignments bring the permission.

    `prefix` leads from the filtered model to the CPTS (« cpts__ »). Parties always see their own
    CPTS; authorities only what was handed to them (submitted at least once), committees only what
    the ARS declared complete. `territories.scopes.permissions_on` is the same rule for one object,
    and a test compares the two for everybody of the cast.
    """
    if not user.is_authenticated:
        return Q(pk__in=[])
    granting = roles_granting(permission)
    condition = Q(pk__in=[])
    for assignment in user.current_assignments:
        if assignment.role in granting:
            condition |= _covered_by(assignment, permission, prefix)
    return condition


def _covered_by(assignment: Any, permission: str, prefix: str) -> Q:
    if assignment.cpts_id is not None:
        return Q(**{f"{prefix}id": assignment.cpts_id})
    handed_over = ~Q(**{f"{prefix}stage": "emergence"})
    if assignment.role == Role.COMMITTEE:
        handed_over = Q(**{f"{prefix}is_public": True})
    area = assignment.area
    if not area:  # the whole of France
        return handed_over
    in_charge = Q(**{f"{prefix}{name}": value for name, value in area.items()})
    if permission in READING and "departement_id" not in area:
        # A CPTS may cross regions and districts: the others concerned read (procedures.md).
        concern = apps.get_model("territories", "Concern")
        in_charge |= Q(Exists(concern.objects.filter(cpts=OuterRef(f"{prefix}pk"), **area)))
    return in_charge & handed_over


class CptsQuerySet(models.QuerySet[Any]):
    """Communities, as the public sees them or as their parties do."""

    def visible_to(self, user: Any, permission: str = Permission.DOSSIER_SEE) -> CptsQuerySet:
        """The dossiers this person may open, or act upon with another permission."""
        return self.filter(scope_filter(user, permission))

    def public(self) -> CptsQuerySet:
        """What anybody may see: communities whose letter was declared complete."""
        return self.filter(is_public=True)

    def with_header(self) -> CptsQuerySet:
        """With what the head of a dossier shows, in the same query."""
        communes = (
            apps.get_model("territories", "TerritoryCommune")
            .objects.filter(territory=OuterRef("territory"))
            .order_by()
            .values("territory")
            .annotate(count=Count("pk"))
            .values("count")
        )
        return self.select_related("territory", "region", "departement", "cpam_district").annotate(
            commune_count=Coalesce(Subquery(communes), 0)
        )

    def search(self, text: str) -> CptsQuerySet:
        """Name, reference or commune, without accents or case; every word must be found."""
        found = self
        for word in search_key(text).split():
            found = found.filter(
                Q(search_name__contains=word)
                | Exists(
                    apps.get_model("territories", "TerritoryCommune").objects.filter(
                        territory=OuterRef("territory"), commune__search_name__startswith=word
                    )
                )
            )
        return found


class CommuneQuerySet(models.QuerySet[Any]):
    """Communes, found as people name them."""

    def whole(self) -> CommuneQuerySet:
        """Communes only: the arrondissements of Paris, Lyon, Marseille would count twice."""
        return self.filter(kind="COM")

    def search(self, text: str) -> CommuneQuerySet:
        """By name (prefix, no accents), INSEE code or postal code."""
        text = text.strip()
        if len(text) == 5 and text[:2].isalnum() and text[-3:].isdigit():
            return self.filter(Q(insee_code=text.upper()) | Q(postal_codes__contains=text))
        return self.filter(search_name__startswith=search_key(text) or "\0")


class AssignmentQuerySet(models.QuerySet[Any]):
    """Who works where."""

    def current(self) -> AssignmentQuerySet:
        """In force today."""
        today = clock.today()
        return self.filter(valid_from__lte=today).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=today)
        )

    def with_scope(self) -> AssignmentQuerySet:
        """With the names of the scopes, in the same query."""
        return self.select_related("cpts", "cpam_district", "departement", "region").order_by("pk")

    def on(self, cpts: Any) -> AssignmentQuerySet:
        """Whose scope covers this CPTS."""
        return self.filter(
            Q(cpts=cpts)
            | Q(cpam_district=cpts.cpam_district_id)
            | Q(departement=cpts.departement_id)
            | Q(region=cpts.region_id)
            | Q(cpts=None, cpam_district=None, departement=None, region=None)
        )
