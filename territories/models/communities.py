"""The CPTS, the dated versions of its territory, and the other authorities it concerns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.db import models
from django.urls import reverse

from foundation import clock
from foundation.search import search_key
from territories.models.places import Commune, CpamDistrict, Departement, Region
from territories.querysets import (
    CptsQuerySet,
    StagePeriodQuerySet,
    TerritoryCommuneQuerySet,
)
from territories.shares import WHOLE, format_share


class Stage(models.TextChoices):
    """Where a CPTS stands in its life (domain/lifecycle.md), written by actions only."""

    EMERGENCE = "emergence", "En émergence"
    LETTER = "letter", "Lettre d’intention déposée"
    PROJECT = "project", "Projet de santé en construction"
    PROJECT_FILED = "project_filed", "Projet de santé déposé"
    VALIDATED = "validated", "Projet de santé validé, ACI en préparation"
    CONTRACTED = "contracted", "ACI en vigueur"
    EXPIRED = "expired", "ACI arrivé à échéance"
    TERMINATED = "terminated", "ACI résilié"
    ABANDONED = "abandoned", "Projet refusé ou retiré"
    REPLACED = "replaced", "Remplacée par une autre CPTS"


class Baton(models.TextChoices):
    """Whose turn it is on the dossier."""

    HOLDER = "holder", "Porteurs de la CPTS"
    ARS = "ars", "ARS"
    CPAM = "cpam", "CPAM"
    COMMITTEE = "committee", "Comité"
    SIGNATORY_CPTS = "signatory_cpts", "Signataire de la CPTS"
    SIGNATORY_CPAM = "signatory_cpam", "Signataire de la CPAM"
    SIGNATORY_ARS = "signatory_ars", "Signataire de l’ARS"
    THREE_PARTIES = "three_parties", "CPTS, CPAM et ARS"
    COORDINATOR = "coordinator", "Coordination de la CPTS"
    NOBODY = "nobody", "Personne"


class Cpts(models.Model):
    """One community, hence one dossier, with what lists show of it.

    Stage, baton, deadline and contract end are written only by `territories.actions`, which the
    apps to the right call in the transaction of their own act.
    """

    slug = models.SlugField("adresse", max_length=80, unique=True)
    reference = models.CharField("référence", max_length=20, unique=True)
    name = models.CharField("nom", max_length=150)
    search_name = models.CharField("texte de recherche", max_length=400, blank=True)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="cpts", verbose_name="ARS chargée du dossier"
    )
    departement = models.ForeignKey(
        Departement,
        on_delete=models.PROTECT,
        related_name="cpts",
        verbose_name="département principal",
    )
    cpam_district = models.ForeignKey(
        CpamDistrict,
        on_delete=models.PROTECT,
        related_name="cpts",
        verbose_name="CPAM chargée du dossier",
    )
    stage = models.CharField("étape", max_length=20, choices=Stage, default=Stage.EMERGENCE)
    stage_since = models.DateField("étape depuis le", default=clock.today)
    # Date of the document a stage is known from, for the real CPTS of the demonstration.
    stage_as_of = models.DateField("situation connue au", null=True, blank=True)
    stage_source = models.CharField("source", max_length=300, blank=True)
    is_public = models.BooleanField("visible du public", default=False)
    baton = models.CharField("à qui le tour", max_length=20, choices=Baton, default=Baton.HOLDER)
    baton_since = models.DateTimeField("tour depuis le", default=clock.now)
    # While pieces are asked for that are not about the territory (written by `projects`).
    is_territory_shut = models.BooleanField("territoire fermé aux corrections", default=False)
    next_deadline = models.DateField("prochaine échéance", null=True, blank=True)
    next_deadline_label = models.CharField("objet de l’échéance", max_length=150, blank=True)
    # When the deadline was last written: calendars replace what they knew before.
    deadline_changed_at = models.DateTimeField("échéance écrite le", default=clock.real_now)
    contract_end = models.DateField("fin du contrat", null=True, blank=True)
    # The version of the territory in use; older ones stay, a signed contract keeps its own.
    territory = models.OneToOneField(
        "Territory",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="territoire en vigueur",
    )
    # Who speaks for the association, and where it may be written to (public once agreed).
    president_name = models.CharField("présidence", max_length=150, blank=True)
    search_president = models.CharField(
        "texte de recherche de la présidence", max_length=200, blank=True
    )
    contact_email = models.EmailField("adresse de contact", blank=True)
    legal_form = models.CharField("forme juridique", max_length=100, blank=True)
    rna = models.CharField("numéro RNA", max_length=10, blank=True)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    finess = models.CharField("numéro FINESS", max_length=9, blank=True)
    seat = models.CharField("siège", max_length=250, blank=True)
    created_at = models.DateTimeField("créée le", default=clock.now, editable=False)

    objects: ClassVar[CptsQuerySet] = CptsQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "CPTS"
        verbose_name_plural = "CPTS"
        ordering = ["name"]
        indexes = [
            models.Index(fields=["search_name", "id"], name="territories_cpts_by_name"),
            models.Index(fields=["baton_since", "id"], name="territories_cpts_by_baton"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.search_name = search_key(f"{self.name} {self.reference}")[:400]
        self.search_president = search_key(self.president_name)[:200]
        fields = kwargs.get("update_fields")
        if fields is not None:
            kwargs["update_fields"] = {*fields, "search_name", "search_president"}  # type: ignore[misc]
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        return reverse("territories:cpts", args=[self.slug])

    @property
    def is_open_to_members(self) -> bool:
        """Professionals may ask to join while the community lives."""
        return self.stage not in {Stage.TERMINATED, Stage.ABANDONED, Stage.REPLACED}

    def get_dossier_url(self) -> str:
        """The dossier page, for the parties."""
        return reverse("dossier", args=[self.reference])


class StagePeriod(models.Model):
    """A stage of a CPTS from one day to another: what « at a date » means for maps and figures.

    Written by `territories.actions.move` only, with the stage that the CPTS itself shows.
    """

    cpts = models.ForeignKey(
        Cpts, on_delete=models.CASCADE, related_name="stage_periods", verbose_name="CPTS"
    )
    stage = models.CharField("étape", max_length=20, choices=Stage)
    is_public = models.BooleanField("visible du public", default=False)
    starts_on = models.DateField("à partir du")
    # The first day that no longer belongs to it; empty for the present stage.
    ends_on = models.DateField("jusqu’au, exclu", null=True, blank=True)
    changed_at = models.DateTimeField("écrite le", default=clock.real_now)

    objects: ClassVar[StagePeriodQuerySet] = StagePeriodQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "période d’étape"
        verbose_name_plural = "périodes d’étape"
        ordering = ["cpts", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["cpts"],
                condition=models.Q(ends_on=None),
                name="territories_stage_one_present",
            ),
            models.UniqueConstraint(
                fields=["cpts", "starts_on"], name="territories_stage_one_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gt=models.F("starts_on")),
                name="territories_stage_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cpts_id} {self.stage} à partir du {self.starts_on}"


class BatonPeriod(models.Model):
    """Who had the file from one day to another: what tells where the time went.

    Written by `territories.actions.move` only, with the baton that the CPTS itself shows. Kept
    by day, as delays are: the last bearer of a day counts for it; the journal has each act.
    """

    cpts = models.ForeignKey(
        Cpts, on_delete=models.CASCADE, related_name="baton_periods", verbose_name="CPTS"
    )
    baton = models.CharField("à qui le tour", max_length=20, choices=Baton)
    starts_on = models.DateField("à partir du")
    # The first day that no longer belongs to it; empty for the present bearer.
    ends_on = models.DateField("jusqu’au, exclu", null=True, blank=True)

    class Meta:
        verbose_name = "période de tour"
        verbose_name_plural = "périodes de tour"
        ordering = ["cpts", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["cpts"],
                condition=models.Q(ends_on=None),
                name="territories_baton_one_present",
            ),
            models.UniqueConstraint(
                fields=["cpts", "starts_on"], name="territories_baton_one_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gt=models.F("starts_on")),
                name="territories_baton_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cpts_id} {self.baton} à partir du {self.starts_on}"


class Territory(models.Model):
    """One dated version of the communes of a CPTS, with its population for one vintage.

    A draft version follows the holder's choices. Once handed over it is kept: the next change opens
    a new version. A frozen one (signature) never changes again; only an amendment follows it.
    """

    cpts = models.ForeignKey(
        Cpts, on_delete=models.CASCADE, related_name="territories", verbose_name="CPTS"
    )
    valid_from = models.DateField("en vigueur à partir du", default=clock.today)
    # The first day that no longer belongs to it; empty for the version in use.
    replaced_on = models.DateField("remplacé le", null=True, blank=True)
    vintage = models.PositiveSmallIntegerField("millésime de population")
    vintage_reason = models.CharField("motif du choix du millésime", max_length=300, blank=True)
    population = models.PositiveIntegerField("population municipale", default=0)
    size = models.PositiveSmallIntegerField("taille", null=True, blank=True)
    # Stored like the population: lists show it without counting for each row.
    commune_count = models.PositiveSmallIntegerField("nombre de communes", default=0)
    source = models.CharField("source", max_length=200, blank=True)
    is_completed = models.BooleanField("territoire complété", default=False)
    handed_over_at = models.DateTimeField("transmis le", null=True, blank=True)
    frozen_at = models.DateTimeField("figé le", null=True, blank=True)
    # Why the holders keep communes that another CPTS already covers.
    overlap_reason = models.CharField("motif du chevauchement", max_length=1000, blank=True)
    # « 62516:12 », a place and a CPTS: the overlaps this reason was given for.
    explained_overlaps = models.JSONField("chevauchements motivés", default=list, blank=True)
    changed_at = models.DateTimeField("modifié le", default=clock.real_now)

    class Meta:
        verbose_name = "territoire"
        verbose_name_plural = "territoires"
        ordering = ["cpts", "valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(replaced_on__isnull=True)
                | models.Q(replaced_on__gte=models.F("valid_from")),
                name="territories_territory_dates_in_order",
            ),
            models.UniqueConstraint(
                fields=["cpts"],
                condition=models.Q(replaced_on=None),
                name="territories_territory_one_in_use",
            ),
            models.CheckConstraint(
                condition=models.Q(size__isnull=True) | models.Q(size__range=(1, 4)),
                name="territories_territory_size_1_to_4",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cpts} à partir du {self.valid_from}"

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at is not None

    @property
    def shares(self) -> dict[str, int]:
        """Code → share, as it is stored now."""
        return dict(self.communes.values_list("commune", "share"))

    def has_explained(self, pairs: Iterable[str]) -> bool:
        """Whether the reason was given for all these overlaps; nothing asks for none."""
        asked = set(pairs)
        return not asked or (bool(self.overlap_reason) and asked <= set(self.explained_overlaps))


class TerritoryCommune(models.Model):
    """A commune of a territory version, with the population counted for it."""

    class Certainty(models.TextChoices):
        """How we know it: stated, or completed for the demonstration (shown « complété »)."""

        NAMED = "named", "nommée"
        EPCI = "epci", "par l’intercommunalité"
        INFERRED = "inferred", "déduite"
        FILLED = "filled", "complétée"

    territory = models.ForeignKey(
        Territory, on_delete=models.CASCADE, related_name="communes", verbose_name="territoire"
    )
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="memberships", verbose_name="commune"
    )
    # Several CPTS may share a commune: each counts its part of the inhabitants.
    share = models.PositiveSmallIntegerField("part, en dix-millièmes", default=WHOLE)
    part = models.CharField("partie de la commune", max_length=100, blank=True)
    population = models.PositiveIntegerField("population municipale comptée")
    certainty = models.CharField(
        "certitude", max_length=10, choices=Certainty, default=Certainty.NAMED
    )

    objects: ClassVar[TerritoryCommuneQuerySet] = TerritoryCommuneQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "commune du territoire"
        verbose_name_plural = "communes du territoire"
        ordering = ["commune__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "commune"], name="territories_commune_once_in_territory"
            ),
            models.CheckConstraint(
                condition=models.Q(share__range=(1, WHOLE)), name="territories_commune_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commune_id} dans {self.territory_id}"

    @property
    def is_completed(self) -> bool:
        """True when no document names this commune: the screens say « complété »."""
        return self.certainty in {self.Certainty.INFERRED, self.Certainty.FILLED}

    @property
    def share_label(self) -> str:
        """« 62,5 % (quartiers nord) »; empty for a whole commune."""
        if self.share == WHOLE and not self.part:
            return ""
        named = f" ({self.part})" if self.part else ""
        return f"{format_share(self.share)}{named}"


class Concern(models.Model):
    """Another ARS or CPAM whose territory a CPTS crosses: it reads the dossier, nothing more."""

    cpts = models.ForeignKey(
        Cpts, on_delete=models.CASCADE, related_name="concerns", verbose_name="CPTS"
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="région"
    )
    cpam_district = models.ForeignKey(
        CpamDistrict, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="CPAM"
    )

    class Meta:
        verbose_name = "autorité concernée"
        verbose_name_plural = "autorités concernées"
        constraints = [
            models.UniqueConstraint(
                fields=["cpts", "region", "cpam_district"], name="territories_concern_once"
            ),
            models.CheckConstraint(
                condition=models.Q(region=None) ^ models.Q(cpam_district=None),
                name="territories_concern_region_or_district",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cpts_id} – {self.region_id or self.cpam_district_id}"
