"""How to reach the local authorities: given by an administrator, never invented."""

from __future__ import annotations

from django.db import models

from foundation import clock
from territories.models.places import CpamDistrict, Departement, Region


class LocalContact(models.Model):
    """How to reach an ARS, its delegation in a département, or a CPAM."""

    region = models.OneToOneField(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contact",
        verbose_name="ARS de la région",
    )
    departement = models.OneToOneField(
        Departement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contact",
        verbose_name="délégation du département",
    )
    cpam_district = models.OneToOneField(
        CpamDistrict,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contact",
        verbose_name="CPAM",
    )
    phone = models.CharField("téléphone", max_length=20, blank=True)
    email = models.EmailField("adresse électronique", blank=True)
    page = models.URLField("page internet", blank=True)
    hours = models.CharField("horaires", max_length=200, blank=True)
    source = models.CharField("source", max_length=200)
    updated_on = models.DateField("mises à jour le", default=clock.today)

    class Meta:
        verbose_name = "coordonnées d’une autorité"
        verbose_name_plural = "coordonnées des autorités"
        constraints = [
            models.CheckConstraint(
                name="territories_contact_of_one_body",
                condition=(
                    models.Q(region__isnull=False, departement=None, cpam_district=None)
                    | models.Q(region=None, departement__isnull=False, cpam_district=None)
                    | models.Q(region=None, departement=None, cpam_district__isnull=False)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_id or self.departement_id or self.cpam_district_id}"
