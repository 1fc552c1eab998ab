"""Who belongs to a CPTS: persons and organisations, and what they agree to."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse

from foundation import clock
from foundation.search import search_key
from members.application import Civility, College, Kind, Mode, StructureKind
from members.professions import profession_label
from members.querysets import ConsentQuerySet, MemberQuerySet
from members.workflow import MemberState
from territories.models import Cpts

OPEN_STATES = (MemberState.APPLIED, MemberState.APPROVED)


class Member(models.Model):
    """One membership of one CPTS, from the application on. A new application is a new row.

    For an organisation, the names and the address are those of its representative.
    """

    uuid = models.UUIDField("identifiant public", default=uuid.uuid4, unique=True, editable=False)
    cpts = models.ForeignKey(
        Cpts, on_delete=models.PROTECT, related_name="members", verbose_name="CPTS"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name="compte",
    )
    kind = models.CharField("nature", max_length=12, choices=Kind)
    state = models.CharField("état", max_length=10, choices=MemberState, default=MemberState.DRAFT)
    college = models.CharField("collège", max_length=10, choices=College)
    # The person, or who represents the organisation
    civility = models.CharField("civilité", max_length=5, choices=Civility, blank=True)
    first_name = models.CharField("prénom", max_length=100)
    last_name = models.CharField("nom", max_length=100)
    email = models.EmailField("adresse électronique", max_length=254)
    email_confirmed_at = models.DateTimeField("adresse confirmée le", null=True, blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    mssante = models.EmailField("adresse MSSanté", max_length=254, blank=True)
    # Practice: the code of the nomenclature (members/reference/professions.csv)
    profession = models.CharField("profession", max_length=3, blank=True)
    specialty = models.CharField("spécialité", max_length=100, blank=True)
    rpps = models.CharField("numéro RPPS", max_length=11, blank=True)
    mode = models.CharField("mode d’exercice", max_length=1, choices=Mode, blank=True)
    places = models.CharField("lieux d’exercice", max_length=250, blank=True)
    # The structure: where a person works, or the organisation itself
    structure_name = models.CharField("structure", max_length=150, blank=True)
    structure_kind = models.CharField(
        "nature de la structure", max_length=15, choices=StructureKind, blank=True
    )
    siret = models.CharField("SIRET", max_length=14, blank=True)
    finess = models.CharField("numéro FINESS", max_length=9, blank=True)
    position = models.CharField("fonction du représentant", max_length=100, blank=True)
    # Joining
    interests = models.TextField("centres d’intérêt", max_length=1000, blank=True)
    is_main_cpts = models.BooleanField("CPTS principale", default=False)
    statutes_accepted_at = models.DateTimeField("statuts acceptés le")
    applied_at = models.DateTimeField("demande reçue le")
    decided_at = models.DateTimeField("décidée le", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="décidée par",
    )
    # Kept here and not in the journal: ARS and CPAM read the journal, not the members.
    decision_reason = models.TextField("motif de la décision", max_length=1000, blank=True)
    left_at = models.DateTimeField("partie le", null=True, blank=True)
    # After a merger or a split: the membership of the former CPTS, continued once.
    continues = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="continued_by",
        verbose_name="adhésion continuée",
    )
    # The follow-up link: only its hash is stored, and each e-mail replaces it (quality.md).
    link_sha256 = models.CharField("empreinte du lien de suivi", max_length=64, blank=True)
    link_sent_at = models.DateTimeField("lien envoyé le", null=True, blank=True)
    search_name = models.CharField("texte de recherche", max_length=400, blank=True)

    objects: ClassVar[MemberQuerySet] = MemberQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "adhérent"
        verbose_name_plural = "adhérents"
        ordering = ["search_name", "pk"]
        indexes = [
            models.Index(fields=["cpts", "search_name", "id"], name="members_member_by_name"),
            models.Index(fields=["cpts", "applied_at", "id"], name="members_member_by_date"),
            models.Index(fields=["email"], name="members_member_by_email"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state=MemberState.DRAFT), name="members_member_handed_in"
            ),
            models.UniqueConstraint(
                fields=["cpts", "email"],
                condition=models.Q(state__in=OPEN_STATES),
                name="members_member_once_by_email",
            ),
            models.UniqueConstraint(
                fields=["cpts", "user"],
                condition=models.Q(state__in=OPEN_STATES, user__isnull=False),
                name="members_member_once_by_account",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(state__in=OPEN_STATES, user__isnull=False, is_main_cpts=True),
                name="members_member_one_main_cpts",
            ),
            models.UniqueConstraint(
                fields=["link_sha256"],
                condition=~models.Q(link_sha256=""),
                name="members_member_link_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=Kind.PERSON) | models.Q(rpps=""),
                name="members_member_rpps_of_persons",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=[MemberState.APPROVED, MemberState.REFUSED])
                | models.Q(decided_at__isnull=False, decided_by__isnull=False),
                name="members_member_decision_has_author",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        words = f"{self.last_name} {self.first_name} {self.structure_name}"
        self.search_name = search_key(words)[:400]
        fields = kwargs.get("update_fields")
        if fields is not None:
            kwargs["update_fields"] = {*fields, "search_name"}  # type: ignore[misc]
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        return reverse("members:member", args=[self.cpts.reference, self.uuid])

    @property
    def name(self) -> str:
        """« Camille Durand », or the name of the organisation."""
        return self.structure_name if self.is_organisation else self.person_name

    @property
    def person_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def is_organisation(self) -> bool:
        return self.kind == Kind.ORGANISATION

    @property
    def quality(self) -> str:
        """« Infirmier », « Service social »: what the figures count."""
        if self.is_organisation:
            return str(self.get_structure_kind_display())
        return profession_label(self.profession)

    @property
    def is_open(self) -> bool:
        """True while the person is a member or waits for an answer."""
        return self.state in OPEN_STATES


class Consent(models.Model):
    """One agreement, dated and revocable by itself; given again, it is another row."""

    class Purpose(models.TextChoices):
        """Each agreement stands alone: none is a condition of another."""

        DIRECTORY = "directory", "Figurer dans l’annuaire public de la CPTS"
        IMAGE = "image", "Paraître sur des photos ou des vidéos de la CPTS"
        NEWSLETTER = "newsletter", "Recevoir la lettre d’information de la CPTS"

    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, related_name="consents", verbose_name="adhérent"
    )
    purpose = models.CharField("objet", max_length=12, choices=Purpose)
    given_at = models.DateTimeField("donné le", default=clock.now)
    revoked_at = models.DateTimeField("retiré le", null=True, blank=True)

    objects: ClassVar[ConsentQuerySet] = ConsentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "consentement"
        verbose_name_plural = "consentements"
        ordering = ["given_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "purpose"],
                condition=models.Q(revoked_at__isnull=True),
                name="members_consent_once_in_force",
            ),
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True)
                | models.Q(revoked_at__gte=models.F("given_at")),
                name="members_consent_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_purpose_display())
