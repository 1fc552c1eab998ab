"""A merger or a split of CPTS: who before, who after, which commune to whom, who agreed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from aci.parties import Party
from aci.reshaping_querysets import ReshapingPartQuerySet, ReshapingQuerySet
from aci.reshaping_workflow import OPEN, ReshapingState
from foundation import clock
from territories.models import Commune, CpamDistrict, Cpts, Departement, Succession
from territories.shares import WHOLE


@dataclass(frozen=True, slots=True)
class Seat:
    """A party whose accord is needed: a CPTS, a CPAM or an ARS, by its code."""

    party: Party
    body: str
    name: str

    @property
    def with_article(self) -> str:
        """« la CPAM de l’Artois », « l’ARS Hauts-de-France »."""
        return f"l’{self.name}" if self.party is Party.ARS else f"la {self.name}"


class Reshaping(models.Model):
    """One merger or split, from who prepares it to the day it happens."""

    uuid = models.UUIDField("identifiant public", default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField("nature", max_length=6, choices=Succession.Kind)
    state = models.CharField(
        "état", max_length=9, choices=ReshapingState, default=ReshapingState.PREPARING
    )
    effective_on = models.DateField("date d’effet")
    reason = models.TextField("motif", max_length=1000)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="préparée par",
    )
    drafted_at = models.DateTimeField("préparée le", default=clock.now)
    is_asked = models.BooleanField("demandée par une CPTS", default=False)
    # Populations, sizes and yearly amounts, as they were when it was put to the parties.
    figures = models.JSONField("chiffres", default=dict)
    end_reason = models.TextField("motif du refus ou de l’abandon", max_length=1000, blank=True)
    # Told once: why it could not happen on its day.
    blocked_because = models.CharField("empêchée par", max_length=500, blank=True)
    applied_at = models.DateTimeField("réalisée le", null=True, blank=True)

    objects: ClassVar[ReshapingQuerySet] = ReshapingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "fusion ou scission"
        verbose_name_plural = "fusions et scissions"
        ordering = ["-drafted_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="aci_reshaping_has_a_reason"),
            models.CheckConstraint(
                condition=Q(state="applied", applied_at__isnull=False)
                | (~Q(state="applied") & Q(applied_at=None)),
                name="aci_reshaping_applied_has_a_date",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["refused", "dropped"]) | ~Q(end_reason=""),
                name="aci_reshaping_ended_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.uuid}"

    def get_absolute_url(self) -> str:
        return reverse("aci:reshaping", args=[self.uuid])

    @property
    def label(self) -> str:
        """« Fusion » or « Scission »."""
        return str(self.get_kind_display()).capitalize()

    @property
    def is_merger(self) -> bool:
        return self.kind == Succession.Kind.MERGER

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @cached_property
    def all_parts(self) -> list[ReshapingPart]:
        return list(self.parts.all())

    @property
    def predecessors(self) -> list[ReshapingPart]:
        return [one for one in self.all_parts if one.side == ReshapingPart.Side.BEFORE]

    @property
    def successors(self) -> list[ReshapingPart]:
        return [one for one in self.all_parts if one.side == ReshapingPart.Side.AFTER]

    @property
    def absorber(self) -> ReshapingPart | None:
        """The CPTS that takes the others in and stays itself, with its contract."""
        return next((one for one in self.successors if one.absorbs), None)

    @property
    def concerned(self) -> list[ReshapingPart]:
        """The CPTS that are there before the day: those replaced, and the one that absorbs."""
        return [*self.predecessors, *(one for one in self.successors if one.absorbs)]

    @property
    def seats(self) -> list[Seat]:
        """Each CPTS, then each CPAM and each ARS in charge of one of them, once."""
        found: dict[tuple[str, str], Seat] = {}
        for party in Party:
            for part in self.concerned:
                seat = Seat(party, body_of(party, part.known), party.named(part.known))
                found.setdefault((party.value, seat.body), seat)
        return list(found.values())

    @cached_property
    def said(self) -> list[ReshapingVoice]:
        return list(self.voices.all())

    @property
    def missing_seats(self) -> list[str]:
        """Who has not agreed, by name."""
        agreed = {(one.party, one.body) for one in self.said if one.agrees}
        return [
            seat.with_article for seat in self.seats if (seat.party.value, seat.body) not in agreed
        ]

    @property
    def names_before(self) -> str:
        """« CPTS Rives et CPTS Monts »."""
        return in_a_row([part.known.name for part in self.predecessors])

    @property
    def names_after(self) -> str:
        return in_a_row([part.title for part in self.successors])

    @property
    def title(self) -> str:
        """« Fusion de la CPTS Rives et de la CPTS Monts »."""
        before = in_a_row([part.of_the for part in self.predecessors])
        into = f" dans {self.absorber.the}" if self.absorber else ""
        return f"{self.label} {before}{into}"


class ReshapingPart(models.Model):
    """A CPTS before, or one after: founded on the day, from what is said here."""

    class Side(models.TextChoices):
        AFTER = "after", "après"
        BEFORE = "before", "avant"

    reshaping = models.ForeignKey(
        Reshaping,
        on_delete=models.CASCADE,
        related_name="parts",
        verbose_name="fusion ou scission",
    )
    side = models.CharField("moment", max_length=6, choices=Side)
    position = models.PositiveSmallIntegerField("rang")
    cpts = models.ForeignKey(
        Cpts,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reshapings",
        verbose_name="CPTS",
    )
    name = models.CharField("nom", max_length=150, blank=True)
    departement = models.ForeignKey(
        Departement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="département principal",
    )
    cpam_district = models.ForeignKey(
        CpamDistrict,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="CPAM chargée du dossier",
    )
    # It is there already, and stays: its territory grows, its contract goes on.
    absorbs = models.BooleanField("absorbe les autres", default=False)
    # While the merger or the split is neither done nor given up: one at a time for a CPTS.
    is_open = models.BooleanField("en cours", default=True)

    objects: ClassVar[ReshapingPartQuerySet] = ReshapingPartQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "CPTS d’une fusion ou d’une scission"
        verbose_name_plural = "CPTS d’une fusion ou d’une scission"
        ordering = ["reshaping", "-side", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["reshaping", "side", "position"], name="aci_reshaping_part_once"
            ),
            models.UniqueConstraint(
                fields=["reshaping", "cpts"],
                condition=Q(cpts__isnull=False),
                name="aci_reshaping_cpts_once",
            ),
            models.UniqueConstraint(
                fields=["cpts"],
                condition=Q(is_open=True) & (Q(side="before") | Q(absorbs=True)),
                name="aci_reshaping_one_open_for_a_cpts",
            ),
            models.CheckConstraint(
                condition=Q(side="before", cpts__isnull=False)
                | (
                    Q(side="after", departement__isnull=False, cpam_district__isnull=False)
                    & ~Q(name="")
                ),
                name="aci_reshaping_part_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(absorbs=False) | Q(side="after", cpts__isnull=False),
                name="aci_reshaping_absorber_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def known(self) -> Cpts:
        """The CPTS itself; one that is still to be founded has none."""
        if self.cpts is None:
            raise LookupError(f"{self.name} is still to be founded.")
        return self.cpts

    @property
    def title(self) -> str:
        return self.cpts.name if self.cpts else self.name

    @property
    def of_the(self) -> str:
        """« de la CPTS Rives »; a name that says something else takes no article."""
        return f"de {self.the}"

    @property
    def the(self) -> str:
        return f"la {self.title}" if self.title.startswith("CPTS ") else self.title


class ReshapingCommune(models.Model):
    """Where one commune goes; without a CPTS, it is left to nobody, on purpose."""

    reshaping = models.ForeignKey(
        Reshaping,
        on_delete=models.CASCADE,
        related_name="communes",
        verbose_name="fusion ou scission",
    )
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="+", verbose_name="commune"
    )
    share = models.PositiveSmallIntegerField("part, en dix-millièmes", default=WHOLE)
    part = models.ForeignKey(
        ReshapingPart,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="communes",
        verbose_name="CPTS",
    )

    class Meta:
        verbose_name = "commune d’une fusion ou d’une scission"
        verbose_name_plural = "communes d’une fusion ou d’une scission"
        ordering = ["reshaping", "commune__search_name", "commune"]
        constraints = [
            models.UniqueConstraint(
                fields=["reshaping", "commune"], name="aci_reshaping_commune_once"
            ),
            models.CheckConstraint(
                condition=Q(share__range=(1, WHOLE)), name="aci_reshaping_commune_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commune_id} → {self.part_id}"


class ReshapingVoice(models.Model):
    """What a party said: its accord, or its refusal with the reason. Once."""

    reshaping = models.ForeignKey(
        Reshaping,
        on_delete=models.PROTECT,
        related_name="voices",
        verbose_name="fusion ou scission",
    )
    party = models.CharField("partie", max_length=4, choices=Party)
    body = models.CharField("code de la partie", max_length=20)
    body_name = models.CharField("nom de la partie", max_length=150)
    agrees = models.BooleanField("d’accord")
    reason = models.TextField("motif du refus", max_length=1000, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="par"
    )
    # Name and quality as they were on the day.
    name = models.CharField("nom", max_length=210)
    role = models.CharField("qualité", max_length=80)
    at = models.DateTimeField("le", default=clock.now)

    class Meta:
        verbose_name = "accord sur une fusion ou une scission"
        verbose_name_plural = "accords sur une fusion ou une scission"
        ordering = ["reshaping", "at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reshaping", "party", "body"], name="aci_reshaping_voice_once"
            ),
            models.UniqueConstraint(
                fields=["reshaping", "user"], name="aci_reshaping_nobody_for_two"
            ),
            models.CheckConstraint(
                condition=Q(agrees=True, reason="") | (Q(agrees=False) & ~Q(reason="")),
                name="aci_reshaping_refusal_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body_name} : {'accord' if self.agrees else 'refus'}"


def body_of(party: Party, cpts: Any) -> str:
    """The code of the party in charge of this CPTS: its reference, its CPAM, its région."""
    if party is Party.CPTS:
        return str(cpts.reference)
    return str(cpts.cpam_district_id if party is Party.CPAM else cpts.region_id)


def in_a_row(names: list[str]) -> str:
    """« A, B et C »."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} et {names[-1]}"
