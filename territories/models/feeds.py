"""Secret addresses of calendars: whose they are, and which part of their dossiers they tell."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from foundation import clock
from territories.feed_querysets import CalendarFeedQuerySet
from territories.models.communities import Cpts
from territories.models.places import CpamDistrict, Departement, Region


class CalendarFeed(models.Model):
    """A calendar that a person subscribes to: all their dossiers, an area of them, or one CPTS.

    It tells what its owner may see on the day it is read, never what they could see once.
    """

    uuid = models.UUIDField("identifiant public", default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="calendar_feeds",
        verbose_name="compte",
    )
    # Only the hash is stored: the address is shown once, and a leaked backup reads nothing.
    token_sha256 = models.CharField("empreinte de l’adresse", max_length=64, unique=True)
    region = models.ForeignKey(
        Region,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="région",
    )
    departement = models.ForeignKey(
        Departement,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="département",
    )
    cpam_district = models.ForeignKey(
        CpamDistrict,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="CPAM",
    )
    cpts = models.ForeignKey(
        Cpts, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name="CPTS"
    )
    created_at = models.DateTimeField("créé le", default=clock.now, editable=False)

    objects: ClassVar[CalendarFeedQuerySet] = CalendarFeedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "abonnement à l’agenda"
        verbose_name_plural = "abonnements à l’agenda"
        ordering = ["user", "created_at"]
        constraints = [
            models.UniqueConstraint(
                # An absent scope equals another: as « nulls not distinct », on both databases.
                "user",
                *(Coalesce(name, Value("")) for name in ("region", "departement", "cpam_district")),
                Coalesce("cpts", Value(0)),
                name="territories_feed_one_a_scope",
            ),
            models.CheckConstraint(
                name="territories_feed_one_scope",
                condition=(
                    Q(region=None, departement=None, cpam_district=None)
                    | Q(region=None, departement=None, cpts=None)
                    | Q(region=None, cpam_district=None, cpts=None)
                    | Q(departement=None, cpam_district=None, cpts=None)
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.scope_label

    @property
    def scope_label(self) -> str:
        """« Pas-de-Calais », « CPTS du Béthunois » or « Tous mes dossiers »."""
        scope = self.cpts or self.cpam_district or self.departement or self.region
        return str(scope) if scope else "Tous mes dossiers"

    @property
    def dossiers(self) -> Q:
        """The condition on the dossiers that it tells, among those that its owner sees."""
        if self.cpts_id is not None:
            return Q(pk=self.cpts_id)
        names = ("region_id", "departement_id", "cpam_district_id")
        return Q(**{name: getattr(self, name) for name in names if getattr(self, name)})
