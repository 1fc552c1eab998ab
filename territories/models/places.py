"""Reference geography: régions, départements, EPCI, CPAM districts, communes, populations."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse

from territories.querysets import CommuneQuerySet


class Region(models.Model):
    """A French region (COG); each has one ARS."""

    code = models.CharField("code", max_length=3, primary_key=True)
    name = models.CharField("nom", max_length=100)

    class Meta:
        verbose_name = "région"
        verbose_name_plural = "régions"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def ars_name(self) -> str:
        """« ARS Grand Est »."""
        return f"ARS {self.name}"


class Departement(models.Model):
    """A French département (COG)."""

    code = models.CharField("code", max_length=3, primary_key=True)
    name = models.CharField("nom", max_length=100)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="departements", verbose_name="région"
    )

    class Meta:
        verbose_name = "département"
        verbose_name_plural = "départements"
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Epci(models.Model):
    """An intercommunal body, known by its SIREN."""

    siren = models.CharField("SIREN", max_length=9, primary_key=True)
    name = models.CharField("nom", max_length=200)
    kind = models.CharField("nature", max_length=10)
    search_name = models.CharField("nom de recherche", max_length=200, db_index=True)

    class Meta:
        verbose_name = "intercommunalité"
        verbose_name_plural = "intercommunalités"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CpamDistrict(models.Model):
    """The territory of one local health insurance fund (CPAM, CGSS overseas)."""

    code = models.CharField("code", max_length=10, primary_key=True)
    name = models.CharField("nom", max_length=100)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="cpam_districts", verbose_name="région"
    )
    # No open table says which commune belongs to which fund: the default rule is to be confirmed.
    is_confirmed = models.BooleanField("ressort confirmé", default=False)

    class Meta:
        verbose_name = "circonscription de CPAM"
        verbose_name_plural = "circonscriptions de CPAM"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Commune(models.Model):
    """A commune of the COG, or an arrondissement of Paris, Lyon, Marseille (kind ARM)."""

    class Kind(models.TextChoices):
        COMMUNE = "COM", "commune"
        ARRONDISSEMENT = "ARM", "arrondissement municipal"

    insee_code = models.CharField("code INSEE", max_length=5, primary_key=True)
    name = models.CharField("nom", max_length=100)
    search_name = models.CharField("nom de recherche", max_length=100)
    kind = models.CharField("nature", max_length=3, choices=Kind, default=Kind.COMMUNE)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="arrondissements",
        verbose_name="commune entière",
    )
    departement = models.ForeignKey(
        Departement,
        on_delete=models.PROTECT,
        related_name="communes",
        verbose_name="département",
    )
    epci = models.ForeignKey(
        Epci,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="communes",
        verbose_name="intercommunalité",
    )
    cpam_district = models.ForeignKey(
        CpamDistrict,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="communes",
        verbose_name="CPAM",
    )
    # A commune that vanished stays, since frozen territories name it; this one took its place.
    successor = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name="commune qui lui succède",
    )
    postal_codes = models.CharField("codes postaux", max_length=200, blank=True)
    # Newest municipal figure, to put the large communes first in a search; the figures that count
    # for a territory are in `Population`, with their vintage.
    population = models.PositiveIntegerField("population la plus récente", null=True, blank=True)
    population_vintage = models.PositiveSmallIntegerField(
        "millésime de cette population", null=True, blank=True
    )

    objects: ClassVar[CommuneQuerySet] = CommuneQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "commune"
        verbose_name_plural = "communes"
        ordering = ["name", "insee_code"]
        indexes = [
            models.Index(
                fields=["search_name"],
                name="territories_commune_prefix",
                opclasses=["varchar_pattern_ops"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.departement_id})"

    def get_absolute_url(self) -> str:
        return reverse("territories:commune", args=[self.insee_code])

    @property
    def postal_code_list(self) -> list[str]:
        """Large communes have several; a few overseas ones have none."""
        return [code for code in self.postal_codes.split("|") if code]


class CommuneHistory(models.Model):
    """A vanished code and the commune that took its place (merger, split, rename)."""

    old_code = models.CharField("ancien code", max_length=5, db_index=True)
    old_name = models.CharField("ancien nom", max_length=100, blank=True)
    search_name = models.CharField("nom de recherche", max_length=100, blank=True)
    current = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="former_codes", verbose_name="commune"
    )
    kind = models.CharField("nature", max_length=20)

    class Meta:
        verbose_name = "ancien code de commune"
        verbose_name_plural = "anciens codes de commune"
        constraints = [
            models.UniqueConstraint(fields=["old_code", "current"], name="territories_history_once")
        ]

    def __str__(self) -> str:
        return f"{self.old_code} → {self.current_id}"


class Population(models.Model):
    """INSEE reference population of a commune for one vintage, expressed on the COG of today."""

    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="populations", verbose_name="commune"
    )
    vintage = models.PositiveSmallIntegerField("millésime")
    municipal = models.PositiveIntegerField("population municipale")
    total = models.PositiveIntegerField("population totale", null=True, blank=True)

    class Meta:
        verbose_name = "population"
        verbose_name_plural = "populations"
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "vintage"], name="territories_population_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.vintage} : {self.municipal}"


class ReferenceFile(models.Model):
    """A reference file as it was last loaded: the same content is not loaded twice."""

    name = models.CharField("fichier", max_length=60, primary_key=True)
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    loaded_at = models.DateTimeField("chargé le")

    class Meta:
        verbose_name = "fichier de référence"
        verbose_name_plural = "fichiers de référence"

    def __str__(self) -> str:
        return self.name
