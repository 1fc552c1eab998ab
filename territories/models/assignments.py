"""Who works where, in which role, from when to when."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.access import ROLE_SENTENCES, Role
from foundation import clock
from territories.models.communities import Cpts
from territories.models.places import CpamDistrict, Departement, Region
from territories.querysets import AssignmentQuerySet


class Assignment(models.Model):
    """Who works where, in which role, from when to when: the only source of anyone's rights.

    Exactly one scope: the whole of France (none given), a région, a département, a CPAM district or
    one CPTS.
    """

    uuid = models.UUIDField("identifiant public", default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="assignments",
        verbose_name="compte",
    )
    role = models.CharField("rôle", max_length=20, choices=Role)
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="région",
    )
    departement = models.ForeignKey(
        Departement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="département",
    )
    cpam_district = models.ForeignKey(
        CpamDistrict,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="CPAM",
    )
    cpts = models.ForeignKey(
        Cpts,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="assignments",
        verbose_name="CPTS",
    )
    # The committee a member speaks for (« URPS infirmiers », « comité régional »).
    body = models.CharField("organisme représenté", max_length=150, blank=True)
    valid_from = models.DateField("à partir du", default=clock.today)
    valid_to = models.DateField("jusqu’au", null=True, blank=True)

    objects: ClassVar[AssignmentQuerySet] = AssignmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "affectation"
        verbose_name_plural = "affectations"
        ordering = ["user", "role"]
        constraints = [
            models.CheckConstraint(
                name="territories_assignment_one_scope",
                # At most one is given: three of the four are always absent.
                condition=(
                    models.Q(region=None, departement=None, cpam_district=None)
                    | models.Q(region=None, departement=None, cpts=None)
                    | models.Q(region=None, cpam_district=None, cpts=None)
                    | models.Q(departement=None, cpam_district=None, cpts=None)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} – {self.scope_label}"

    @property
    def area(self) -> dict[str, str]:
        """The area in the fields that `Cpts` shares with it; empty for a CPTS or all of France."""
        area = {
            "region_id": self.region_id,
            "departement_id": self.departement_id,
            "cpam_district_id": self.cpam_district_id,
        }
        return {name: code for name, code in area.items() if code is not None}

    @property
    def role_sentence(self) -> str:
        """What the role does, in one sentence."""
        return ROLE_SENTENCES[Role(self.role)]

    @property
    def scope_label(self) -> str:
        """« Grand Est », « CPAM de l’Artois », « CPTS du Béthunois » or « France entière »."""
        scope = self.cpts or self.cpam_district or self.departement or self.region
        return str(scope) if scope else "France entière"
