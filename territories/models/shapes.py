"""Where communes lie: their outlines for maps, who touches whom, and drawings kept ready."""

from __future__ import annotations

from django.db import models

from foundation import clock
from territories.models.places import Commune


class CommuneShape(models.Model):
    """The outline of one commune, in degrees (WGS 84), as well-known binary.

    Two details: `detailed` for a region and below, `coarse` for the whole of France. Neighbours
    share their borders exactly in each, so that territories merge without slivers.
    """

    class Origin(models.TextChoices):
        SCHEMATIC = "schematic", "limites approchées"
        OFFICIAL = "official", "contours officiels"

    commune = models.OneToOneField(
        Commune,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="shape",
        verbose_name="commune",
    )
    detailed = models.BinaryField("contour détaillé")
    coarse = models.BinaryField("contour simplifié")
    origin = models.CharField("origine", max_length=10, choices=Origin)

    class Meta:
        verbose_name = "contour de commune"
        verbose_name_plural = "contours de communes"

    def __str__(self) -> str:
        return f"{self.commune_id} ({self.origin})"


class Adjacency(models.Model):
    """Two communes that touch; each pair stands twice, once from each side."""

    commune = models.ForeignKey(
        Commune, on_delete=models.CASCADE, related_name="adjacencies", verbose_name="commune"
    )
    neighbour = models.ForeignKey(
        Commune, on_delete=models.CASCADE, related_name="+", verbose_name="commune voisine"
    )

    class Meta:
        verbose_name = "voisinage de communes"
        verbose_name_plural = "voisinages de communes"
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "neighbour"], name="territories_adjacency_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.commune_id} – {self.neighbour_id}"


class Rendition(models.Model):
    """An answer that is long to make and the same for everybody (a map, an open data file).

    Valid while `fingerprint` is that of the data; it may be deleted at any time.
    """

    key = models.CharField("contenu", max_length=120, primary_key=True)
    fingerprint = models.CharField("empreinte des données", max_length=64)
    sha256 = models.CharField("empreinte du contenu", max_length=64)
    media_type = models.CharField("type", max_length=60)
    brotli = models.BinaryField("contenu compressé")
    made_at = models.DateTimeField("préparé le", default=clock.real_now)

    class Meta:
        verbose_name = "rendu conservé"
        verbose_name_plural = "rendus conservés"

    def __str__(self) -> str:
        return self.key
