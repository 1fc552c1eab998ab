"""The sessions of the committees: agenda, members, conflicts of interest, votes, minutes."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from foundation import clock
from foundation.dates import format_date
from foundation.workflow import Transition
from projects.models.filings import Filing
from projects.models.opinions import Opinion
from projects.session_querysets import AgendaItemQuerySet, CommitteeSessionQuerySet
from projects.session_workflow import PREPARED, SessionState
from projects.votes import Choice, Presence, Quorum, Result, TieRule, in_words, quorum, result
from projects.workflow import SESSION_WORKFLOW, Level
from records.models import Job, StoredFile
from territories.models import Departement, Region


class CommitteeSession(models.Model):
    """One meeting of the committee of a région, or of a local one of a département.

    It keeps the rule of its region as it stood when the session was prepared.
    """

    uuid = models.UUIDField("identifiant public", default=uuid.uuid4, unique=True, editable=False)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="sessions", verbose_name="région"
    )
    departement = models.ForeignKey(
        Departement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        verbose_name="département",
    )
    level = models.CharField("niveau", max_length=10, choices=Level)
    body = models.CharField("comité", max_length=150)
    starts_at = models.DateTimeField("date et heure")
    place = models.CharField("lieu", max_length=300, blank=True)
    link = models.URLField("lien de visioconférence", blank=True)
    state = models.CharField(
        "état", max_length=10, choices=SessionState, default=SessionState.DRAFT
    )
    rule_code = models.CharField("règle du comité", max_length=60)
    quorum_percent = models.PositiveSmallIntegerField("quorum (% des membres convoqués)")
    counts_represented = models.BooleanField("les représentés comptent pour le quorum")
    tie_rule = models.CharField("en cas d’égalité", max_length=12, choices=TieRule)
    is_secret = models.BooleanField("vote secret")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="préparée par",
    )
    created_at = models.DateTimeField("préparée le", default=clock.now)
    # Calendars learn from it that what they hold is old.
    changed_at = models.DateTimeField("modifiée le", default=clock.now)
    convened_at = models.DateTimeField("convoquée le", null=True, blank=True)
    opened_at = models.DateTimeField("ouverte le", null=True, blank=True)
    closed_at = models.DateTimeField("close le", null=True, blank=True)
    minutes = models.TextField("compte rendu", blank=True)
    # Grows with each save: a stale page overwrites nothing.
    minutes_version = models.PositiveIntegerField("version du compte rendu", default=0)
    minutes_edited_at = models.DateTimeField("compte rendu modifié le", null=True, blank=True)
    minutes_edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="compte rendu modifié par",
    )
    minutes_approved_at = models.DateTimeField("compte rendu approuvé le", null=True, blank=True)

    objects: ClassVar[CommitteeSessionQuerySet] = CommitteeSessionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "séance de comité"
        verbose_name_plural = "séances de comité"
        ordering = ["-starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="projects_session_local_has_departement",
                condition=Q(level=Level.REGIONAL, departement=None)
                | Q(level=Level.LOCAL, departement__isnull=False),
            ),
            models.CheckConstraint(
                name="projects_session_somewhere", condition=~Q(place="") | ~Q(link="")
            ),
            models.CheckConstraint(
                name="projects_session_quorum_percent",
                condition=Q(quorum_percent__gte=0, quorum_percent__lte=100),
            ),
            models.CheckConstraint(
                name="projects_session_closed_when_over",
                condition=Q(state=SessionState.CLOSED, closed_at__isnull=False)
                | (~Q(state=SessionState.CLOSED) & Q(closed_at=None, minutes_approved_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body}, {format_date(self.day)}"

    def get_absolute_url(self) -> str:
        return reverse("projects:session", args=[self.uuid])

    @property
    def chain(self) -> str:
        """The session's own chain of the journal."""
        return f"SEANCE-{self.uuid.hex[:12].upper()}"

    @property
    def day(self) -> dt.date:
        return self.starts_at.astimezone(clock.PARIS).date()

    @property
    def is_prepared(self) -> bool:
        """True while the agenda may change: before the opening."""
        return self.state in PREPARED

    @property
    def is_open(self) -> bool:
        return self.state == SessionState.OPEN

    @property
    def is_closed(self) -> bool:
        return self.state == SessionState.CLOSED

    def transition(self, name: str) -> Transition:
        return SESSION_WORKFLOW.by_name[name]

    # --- What the guards read (projects.session_workflow.SessionLike) ----------------------------

    @property
    def lacks_items(self) -> bool:
        told: bool | None = getattr(self, "has_items", None)  # by `with_page`, for the pages
        return not self.items.exists() if told is None else not told

    @property
    def lacks_members(self) -> bool:
        return not self.members.all()

    @property
    def lacks_chair(self) -> bool:
        return not any(member.is_chair for member in self.members.all())

    @property
    def quorum(self) -> Quorum:
        presences = Counter(member.presence for member in self.members.all())
        return quorum(
            presences, percent=self.quorum_percent, counts_represented=self.counts_represented
        )


class SessionMember(models.Model):
    """A member of the committee who is convened to a session, for the body they speak for."""

    session = models.ForeignKey(
        CommitteeSession, on_delete=models.CASCADE, related_name="members", verbose_name="séance"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="committee_seats",
        verbose_name="compte",
    )
    body = models.CharField("organisme représenté", max_length=150)
    is_chair = models.BooleanField("préside", default=False)
    presence = models.CharField(
        "présence", max_length=12, choices=Presence, default=Presence.UNKNOWN
    )
    represented_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="represents",
        verbose_name="représenté par",
    )
    convened_at = models.DateTimeField("convoqué le", null=True, blank=True)

    class Meta:
        verbose_name = "membre convoqué"
        verbose_name_plural = "membres convoqués"
        ordering = ["session", "-is_chair", "body", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "user"], name="projects_session_member_once"
            ),
            models.UniqueConstraint(
                fields=["session"], name="projects_session_one_chair", condition=Q(is_chair=True)
            ),
            models.CheckConstraint(
                name="projects_session_member_represented_by",
                condition=Q(presence=Presence.REPRESENTED, represented_by__isnull=False)
                | (~Q(presence=Presence.REPRESENTED) & Q(represented_by=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user.get_full_name()} ({self.body})"

    @property
    def is_present(self) -> bool:
        return self.presence == Presence.PRESENT


class AgendaItem(models.Model):
    """One file on the agenda of a session: its hearing, its votes, and what came of it."""

    session = models.ForeignKey(
        CommitteeSession, on_delete=models.CASCADE, related_name="items", verbose_name="séance"
    )
    number = models.PositiveSmallIntegerField("ordre")
    filing = models.ForeignKey(
        Filing, on_delete=models.PROTECT, related_name="agenda_items", verbose_name="dépôt"
    )
    slot_start = models.TimeField("début de l’audition", null=True, blank=True)
    slot_end = models.TimeField("fin de l’audition", null=True, blank=True)
    heard = models.CharField("personnes entendues", max_length=300, blank=True)
    rapporteur = models.CharField("rapporteur", max_length=150, blank=True)
    # Votes by choice, counted as they come: of a secret ballot nothing else is kept.
    counts = models.JSONField("décompte des votes", default=dict)
    recommendation = models.CharField(
        "avis du comité", max_length=20, choices=Opinion.Recommendation, blank=True
    )
    by_chair = models.BooleanField("voix de la présidence prépondérante", default=False)
    reasons = models.TextField("motifs", blank=True)
    is_postponed = models.BooleanField("reporté", default=False)
    opinion = models.OneToOneField(
        Opinion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="agenda_item",
        verbose_name="avis",
    )

    objects: ClassVar[AgendaItemQuerySet] = AgendaItemQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "point de l’ordre du jour"
        verbose_name_plural = "points de l’ordre du jour"
        ordering = ["session", "number"]
        constraints = [
            models.UniqueConstraint(fields=["session", "filing"], name="projects_item_once"),
            models.UniqueConstraint(fields=["session", "number"], name="projects_item_order"),
            models.CheckConstraint(
                name="projects_item_slot_has_two_ends",
                # Said in full: a comparison with nothing is neither true nor false for SQL.
                condition=Q(slot_start=None, slot_end=None)
                | Q(slot_start__isnull=False, slot_end__isnull=False, slot_end__gt=F("slot_start")),
            ),
            models.CheckConstraint(
                name="projects_item_opinion_or_postponed",
                condition=Q(opinion=None, recommendation="")
                | (Q(opinion__isnull=False, is_postponed=False) & ~Q(recommendation="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.filing}"

    @property
    def title(self) -> str:
        """« CPTS Rives, lettre d’intention »."""
        return f"{self.filing.cpts.name}, {self.filing.get_kind_display().lower()}"

    @property
    def cast_votes(self) -> int:
        return sum(self.counts.values())

    @property
    def votes_in_words(self) -> str:
        return in_words(self.counts)

    def result(self, chair: str | None) -> Result:
        """The opinion of these votes; `chair` is the chair's own vote where it is known."""
        return result(self.counts, tie=self.session.tie_rule, chair=chair)


class ConflictOfInterest(models.Model):
    """What a member declared on one file: they do not vote on it, and are not counted there."""

    item = models.ForeignKey(
        AgendaItem, on_delete=models.CASCADE, related_name="conflicts", verbose_name="point"
    )
    member = models.ForeignKey(
        SessionMember, on_delete=models.CASCADE, related_name="conflicts", verbose_name="membre"
    )
    reason = models.CharField("lien d’intérêts", max_length=300)
    declared_at = models.DateTimeField("déclaré le", default=clock.now)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="déclaré par",
    )

    class Meta:
        verbose_name = "conflit d’intérêts"
        verbose_name_plural = "conflits d’intérêts"
        ordering = ["item", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "member"], name="projects_conflict_once"),
            models.CheckConstraint(name="projects_conflict_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.member} – {self.reason}"


class Vote(models.Model):
    """That a member voted on one file, once. A secret ballot keeps no choice beside the name."""

    item = models.ForeignKey(
        AgendaItem, on_delete=models.CASCADE, related_name="votes", verbose_name="point"
    )
    member = models.ForeignKey(
        SessionMember, on_delete=models.PROTECT, related_name="votes", verbose_name="membre"
    )
    choice = models.CharField("vote", max_length=20, choices=Choice, blank=True)
    cast_at = models.DateTimeField("voté le", default=clock.now)

    class Meta:
        verbose_name = "vote"
        verbose_name_plural = "votes"
        ordering = ["item", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "member"], name="projects_vote_once")
        ]

    def __str__(self) -> str:
        return f"{self.member} – {self.get_choice_display() or 'vote secret'}"


class SessionDocument(models.Model):
    """A PDF of a session: its minutes, or the pack of its files; the last one made of each."""

    class Kind(models.TextChoices):
        MINUTES = "minutes", "Compte rendu"
        PACK = "pack", "Dossier de séance"

    session = models.ForeignKey(
        CommitteeSession, on_delete=models.CASCADE, related_name="documents", verbose_name="séance"
    )
    kind = models.CharField("nature", max_length=10, choices=Kind)
    # The minutes once approved: this file never changes again.
    is_final = models.BooleanField("définitif", default=False)
    job = models.ForeignKey(
        Job, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="travail"
    )
    file = models.ForeignKey(
        StoredFile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="fichier",
    )
    made_at = models.DateTimeField("fait le", null=True, blank=True)

    class Meta:
        verbose_name = "document de séance"
        verbose_name_plural = "documents de séance"
        ordering = ["session", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "kind"], name="projects_session_document_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} – {self.session}"
