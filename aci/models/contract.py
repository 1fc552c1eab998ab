"""A contract of a CPTS, and the missions that it commits to carry."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.apps import apps
from django.db import models
from django.urls import reverse

from aci.deadlines import MissionDeadlines, mission_deadlines
from aci.ending_delays import delays_on
from aci.grid_files import read_mission_rules
from aci.mission_codes import MISSIONS, MissionCode
from aci.models.grid import FundingGrid
from aci.parties import Party
from aci.querysets import ContractQuerySet, ContractsOnly, OwnedByContractQuerySet
from aci.workflow import ContractState
from foundation import clock
from foundation.dates import format_date
from foundation.refusal import Refusal, Refused
from projects.models import HealthProject
from records.models import Job
from territories.models import Cpts, Territory

if TYPE_CHECKING:
    from aci.models.ending import Termination
    from aci.models.trail import ContractDocument


@dataclass(frozen=True, slots=True)
class Words:
    """« contrat », « le contrat », « Le contrat », « du contrat »; likewise for an amendment."""

    bare: str
    the: str
    The: str
    of_the: str
    to_the: str

    @property
    def signed(self) -> str:
        return f"{self.bare.capitalize()} signé"

    @property
    def frozen(self) -> str:
        return f"{self.bare.capitalize()} figé, avant signature"


class Contract(models.Model):
    """One tripartite ACI contract of a CPTS; a renewal is a new one, linked to the old.

    An amendment is a row of the same table, negotiated and signed by the same acts: it comes as an
    `Amendment` (ADR 0015). `objects` holds contracts only; `agreements` whatever the parties sign.
    The terms of a contract are those in force: an amendment that takes effect rewrites them.
    """

    cpts = models.ForeignKey(
        Cpts, on_delete=models.PROTECT, related_name="contracts", verbose_name="CPTS"
    )
    number = models.PositiveSmallIntegerField("numéro")
    reference = models.CharField("référence", max_length=40, unique=True)
    state = models.CharField(
        "état", max_length=12, choices=ContractState, default=ContractState.NEGOTIATION
    )
    health_project = models.ForeignKey(
        HealthProject,
        on_delete=models.PROTECT,
        null=True,  # signed outside the portal: nothing was filed here
        blank=True,
        related_name="contracts",
        verbose_name="projet de santé",
    )
    # Frozen with the last signature; while it is negotiated, the territory of the CPTS serves.
    territory = models.ForeignKey(
        Territory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contracts",
        verbose_name="territoire figé",
    )
    previous = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="renewal",
        verbose_name="contrat précédent",
    )
    # Each change of the terms, and each return to negotiation, asks for new acceptances.
    terms_version = models.PositiveSmallIntegerField("version des termes", default=1)
    planned_signature_on = models.DateField("signature prévue le")
    unscheduled_care_since = models.DateField(
        "soins non programmés organisés depuis le", null=True, blank=True
    )
    grid = models.ForeignKey(
        FundingGrid,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="barème convenu",
        help_text="Vide : le barème en vigueur au début de chaque année de contrat.",
    )
    # The clauses it began with, and keeps.
    template = models.ForeignKey(
        "ContractTemplate",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contracts",
        verbose_name="modèle de contrat",
        help_text="Vide : celui en vigueur le jour où le contrat a été préparé.",
    )
    # The choices that the texts leave open, as they were on the day of the signature.
    funding_settings = models.JSONField("réglages de financement", default=dict)
    signed_on = models.DateField("signé le", null=True, blank=True)
    ends_on = models.DateField("dernier jour", null=True, blank=True)
    # Decided by a termination: the first day that is no longer paid.
    terminated_on = models.DateField("résilié à compter du", null=True, blank=True)
    # Told once, before the end of a contract that nothing follows.
    renewal_reminded_on = models.DateField("renouvellement rappelé le", null=True, blank=True)
    # The work whose progress the contract's page follows.
    document_job = models.ForeignKey(
        Job,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="document en préparation",
    )
    created_at = models.DateTimeField("préparé le", default=clock.now, editable=False)
    # Of an amendment only: what it amends, from when, why; both states of what it changes.
    amends = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="contrat modifié",
    )
    effective_on = models.DateField("prend effet le", null=True, blank=True)
    reason = models.CharField("motif de l’avenant", max_length=1000, blank=True)
    amended_terms = models.JSONField("termes modifiés", null=True, blank=True)
    former_terms = models.JSONField("termes remplacés", null=True, blank=True)
    former_territory = models.ForeignKey(
        Territory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="territoire remplacé",
    )
    taken_up_at = models.DateTimeField("pris en compte le", null=True, blank=True)

    objects: ClassVar[ContractsOnly] = ContractsOnly()
    agreements: ClassVar[ContractQuerySet] = ContractQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "contrat ACI"
        verbose_name_plural = "contrats ACI"
        ordering = ["cpts", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["cpts", "number"],
                condition=models.Q(amends=None),
                name="aci_contract_number_once",
            ),
            models.UniqueConstraint(fields=["amends", "number"], name="aci_amendment_number_once"),
            models.UniqueConstraint(
                fields=["cpts"],
                condition=models.Q(state__in=["negotiation", "to_sign"], amends=None),
                name="aci_contract_one_open",
            ),
            models.UniqueConstraint(
                fields=["amends"],
                condition=models.Q(state__in=["negotiation", "to_sign"]),
                name="aci_amendment_one_open",
            ),
            models.UniqueConstraint(
                fields=["cpts"],
                condition=models.Q(state__in=["in_force", "terminating"], amends=None),
                name="aci_contract_one_in_force",
            ),
            models.CheckConstraint(
                # An amendment says from when, why, and what it replaces; a contract does not.
                condition=models.Q(
                    amends=None,
                    effective_on=None,
                    reason="",
                    amended_terms=None,
                    former_terms=None,
                    former_territory=None,
                    taken_up_at=None,
                )
                | models.Q(
                    amends__isnull=False,
                    effective_on__isnull=False,
                    amended_terms__isnull=False,
                    former_terms__isnull=False,
                    territory__isnull=False,
                    former_territory__isnull=False,
                    previous=None,
                )
                & ~models.Q(reason=""),
                name="aci_amendment_is_whole",
            ),
            models.CheckConstraint(
                # Signed and dated together, and only then. An amendment proposes a territory.
                condition=models.Q(
                    models.Q(territory=None) | models.Q(amends__isnull=False),
                    state__in=["negotiation", "to_sign"],
                    signed_on=None,
                    ends_on=None,
                )
                | models.Q(state="abandoned", amends__isnull=False, signed_on=None, ends_on=None)
                | models.Q(
                    state__in=["in_force", "terminating", "terminated", "expired"],
                    signed_on__isnull=False,
                    territory__isnull=False,
                    ends_on__gt=models.F("signed_on"),
                ),
                name="aci_contract_dated_once_signed",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state="terminated",
                    terminated_on__isnull=False,
                    terminated_on__gt=models.F("ends_on"),
                )
                | models.Q(state="terminating")
                | (~models.Q(state="terminated") & models.Q(terminated_on=None)),
                name="aci_contract_terminated_with_its_day",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("aci:contract", args=[self.cpts.reference])

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Contract:
        """A row that amends another one comes as an `Amendment`, wherever it is read."""
        row: Contract = super().from_db(*args, **kwargs)
        if row.__dict__.get("amends_id") is not None and cls is Contract:
            row.__class__ = apps.get_model("aci", "Amendment")
        return row

    def url_of(self, act: str) -> str:
        """The address of an act of the parties: « accept », « freeze », « sign »…"""
        return reverse(f"aci:{act}", args=[self.cpts.reference])

    def signatory_url(self, party: str) -> str:
        return reverse("aci:signatory", args=[self.cpts.reference, party])

    @property
    def is_amendment(self) -> bool:
        return self.amends_id is not None

    @property
    def words(self) -> Words:
        """How sentences name it."""
        return Words("contrat", "le contrat", "Le contrat", "du contrat", "au contrat")

    @property
    def is_signed(self) -> bool:
        return self.signed_on is not None

    @property
    def negotiated_project(self) -> HealthProject:
        """What a contract written here comes from; a paper signed elsewhere has none."""
        if self.health_project is None:
            raise LookupError(f"{self} was signed outside the portal.")
        return self.health_project

    @property
    def signature_day(self) -> dt.date:
        """The day the contract years are counted from; the planned one until it is signed."""
        return self.signed_on or self.planned_signature_on

    @property
    def territory_in_use(self) -> Territory:
        """The frozen one, or the one that the holders still shape."""
        territory = self.territory or self.cpts.territory
        if territory is None:
            raise Refused("La CPTS n’a pas encore de territoire.")
        return territory

    @property
    def territory_mark(self) -> str:
        """What an acceptance was given for besides the terms: another territory voids it."""
        territory = self.territory_in_use
        return f"{territory.pk}/{territory.vintage}/{territory.population}/{territory.size}"

    @property
    def parties_to_accept(self) -> list[Party]:
        """Who has not accepted the terms and the territory as they stand."""
        accepted = set(
            self.acceptances.filter(
                version=self.terms_version, territory_mark=self.territory_mark
            ).values_list("party", flat=True)
        )
        return [party for party in Party if party not in accepted]

    @property
    def parties_to_sign(self) -> list[Party]:
        """Who has not signed yet."""
        signed = set(self.signatures.filter(voided_at=None).values_list("party", flat=True))
        return [party for party in Party if party not in signed]

    @cached_property
    def frozen_document(self) -> ContractDocument | None:
        """What the parties sign, once its file is stored."""
        return self.documents.filter(
            kind="frozen", version=self.terms_version, file__isnull=False
        ).first()

    @cached_property
    def has_frozen_file(self) -> bool:
        """Whether the file to sign is stored; the pages read it with the contract itself."""
        return self.frozen_document is not None

    @cached_property
    def is_on_paper(self) -> bool:
        """Whether the parties sign this text by hand; the pages read it with the contract."""
        document = self.frozen_document
        return document is not None and hasattr(document, "paper")

    @property
    def is_renewal_offered(self) -> bool:
        """In its last months, or over; never while it is being terminated."""
        if self.ends_on is None or self.state == ContractState.TERMINATING:
            return False
        today = clock.today()
        return today >= delays_on(today).renewal_offered_from(self.ends_on)

    @cached_property
    def open_termination(self) -> Termination | None:
        """The procedure under way to end it before its term."""
        return self.terminations.under_way().with_acts().first()

    def first_start_refusal(self, day: dt.date) -> Refusal | None:
        """No mission starts before the signature (funding.md, « Time »)."""
        early = [
            mission
            for mission in self.missions.all()
            if mission.starts_on is not None and mission.starts_on < day
        ]
        if not early:
            return None
        names = ", ".join(
            f"« {mission.label} » au {format_date(mission.starts_on)}" for mission in early
        )
        return Refusal(
            f"Une mission ne démarre pas avant la signature, or le contrat prévoit {names}. "
            "Renvoyez-le en négociation pour changer cette date."
        )

    def previous_refusal(self, day: dt.date) -> Refusal | None:
        """A renewal takes over the day after the contract before it."""
        previous = self.previous
        if previous is None or previous.ends_on is None or previous.ends_on < day:
            return None
        return Refusal(
            f"Le contrat {previous.reference} court jusqu’au {format_date(previous.ends_on)} : "
            "son renouvellement se signe à partir du lendemain."
        )


class ContractMission(models.Model):
    """A mission that the CPTS commits to carry, and when it starts."""

    contract = models.ForeignKey(
        Contract, on_delete=models.CASCADE, related_name="missions", verbose_name="contrat"
    )
    code = models.CharField(
        "mission", max_length=20, choices=[(code.value, code.label) for code in MISSIONS]
    )
    # Empty while negotiated: the day of the signature, which nobody knows yet.
    starts_on = models.DateField("démarre le", null=True, blank=True)
    # Of a mission that an amendment brought, and of one that it took away: from which day.
    committed_on = models.DateField("ajoutée par avenant le", null=True, blank=True)
    left_on = models.DateField("retirée par avenant le", null=True, blank=True)

    objects: ClassVar[OwnedByContractQuerySet] = OwnedByContractQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "mission du contrat"
        verbose_name_plural = "missions du contrat"
        ordering = ["contract", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "code"], name="aci_mission_once"),
            models.CheckConstraint(
                condition=~models.Q(code="FONCTIONNEMENT"), name="aci_mission_is_a_mission"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} – {self.label}"

    @property
    def mission(self) -> MissionCode:
        return MissionCode(self.code)

    @property
    def label(self) -> str:
        return self.mission.label

    @property
    def start_day(self) -> dt.date:
        """The real start, or the planned day of the signature."""
        return self.starts_on or self.contract.signature_day

    @property
    def deadlines(self) -> MissionDeadlines:
        """By the rule in force at the signature, or when an amendment brought the mission."""
        day = self.committed_on or self.contract.signature_day
        return mission_deadlines(self.mission, day, read_mission_rules())

    @property
    def starts_late(self) -> bool:
        """Beyond the deadline of the agreement: an alert, never a refusal nor a deduction."""
        start_by = self.deadlines.start_by
        return start_by is not None and self.start_day > start_by
