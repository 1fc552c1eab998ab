"""A CPTS's filings – letter of intent, then health project – with their opinions and pieces."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from foundation import clock
from foundation.workflow import Transition, Workflow
from projects.deadlines import LegalClock, Pause
from projects.outline import Outline, Step, read_outline
from projects.querysets import (
    FilingQuerySet,
    InvitationQuerySet,
    OfFilingQuerySet,
    ProcedureQuerySet,
)
from projects.workflow import (
    ACTIVE,
    LETTER_WORKFLOW,
    PROJECT_WORKFLOW,
    UNDECIDED,
    WRITABLE,
    Level,
    State,
)
from records.models import StoredFile
from territories.models import Cpts, Region, Territory


class Kind(models.TextChoices):
    """The two filings of a CPTS, in the order of its life."""

    LETTER = "letter", "Lettre d’intention"
    PROJECT = "project", "Projet de santé"


class Ground(models.TextChoices):
    """On what the ARS may object to a projet de santé (article L1434-12 CSP)."""

    REGIONAL_PLAN = "regional_plan", "Le projet régional de santé"
    TERRITORY = "territory", "La pertinence du territoire"


class Procedure(models.Model):
    """How a region decides, from a date on: the opinions it requires, their order, its delays.

    Data read by the guards of the workflows; a filing keeps the procedure it began with.
    """

    class DecisionForm(models.TextChoices):
        ARS_LETTER = "ars_letter", "Courrier de l’ARS"
        JOINT_LETTER = "joint_letter", "Courrier commun de l’ARS et de la CPAM"

    class Certainty(models.TextChoices):
        PRACTICE = "practice", "pratique constatée"
        ASSUMPTION = "assumption", "hypothèse"

    code = models.SlugField("code", max_length=60, unique=True)
    title = models.CharField("intitulé", max_length=150)
    # No region: the default for all of France.
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="procedures",
        verbose_name="région",
    )
    effective_from = models.DateField("en vigueur à partir du")
    decision_form = models.CharField("forme de la décision", max_length=20, choices=DecisionForm)
    # Lists of {"level": …, "label": …}, in the order in which the opinions are given.
    letter_opinions = models.JSONField("avis requis sur la lettre", default=list)
    project_opinions = models.JSONField("avis requis sur le projet", default=list)
    tacit_months = models.PositiveSmallIntegerField("mois avant validation tacite")
    completeness_days = models.PositiveSmallIntegerField("jours pour vérifier la complétude")
    pieces_days = models.PositiveSmallIntegerField("jours pour fournir les pièces")
    opinion_days = models.PositiveSmallIntegerField("jours pour donner les avis")
    certainty = models.CharField("certitude", max_length=20, choices=Certainty)
    source = models.CharField("source", max_length=300)

    objects: ClassVar[ProcedureQuerySet] = ProcedureQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "procédure"
        verbose_name_plural = "procédures"
        ordering = ["region", "effective_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "effective_from"], name="projects_procedure_one_a_day"
            ),
            models.UniqueConstraint(
                fields=["effective_from"],
                name="projects_procedure_one_national_a_day",
                condition=Q(region=None),
            ),
            models.CheckConstraint(
                condition=Q(tacit_months__gte=1), name="projects_procedure_delay_runs"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def opinions(self, kind: str) -> list[tuple[Level, str]]:
        """The required opinions with their regional names, in order."""
        rows = self.letter_opinions if kind == Kind.LETTER else self.project_opinions
        return [(Level(row["level"]), row["label"]) for row in rows]

    def label_of(self, level: str, kind: str) -> str:
        """« Avis d’opportunité du comité de pilotage local »."""
        labels = dict(self.opinions(kind))
        return labels.get(Level(level)) or f"Avis du {Level(level).label.lower()}"


class Filing(models.Model):
    """One version of a letter or of a project: its answers, its state, its dates."""

    cpts = models.ForeignKey(
        Cpts, on_delete=models.CASCADE, related_name="filings", verbose_name="CPTS"
    )
    kind = models.CharField("nature", max_length=10, choices=Kind)
    number = models.PositiveSmallIntegerField("version", default=1)
    state = models.CharField("état", max_length=12, choices=State, default=State.DRAFT)
    procedure = models.ForeignKey(
        Procedure, on_delete=models.PROTECT, related_name="filings", verbose_name="procédure"
    )
    outline_code = models.CharField("trame", max_length=60)
    answers = models.JSONField("réponses", default=dict)
    # Grows with each save; `step_versions` says at which one each step last changed, so that two
    # people writing two steps do not stand in each other's way.
    edit_version = models.PositiveIntegerField("version de saisie", default=0)
    step_versions = models.JSONField("versions des étapes", default=dict)
    letter = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name="lettre d’intention approuvée",
    )
    previous = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="next",
        verbose_name="version reprise",
    )
    territory = models.ForeignKey(
        Territory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="territoire transmis",
    )
    opened_on = models.DateField("ouvert le", default=clock.today)
    edited_at = models.DateTimeField("modifié le", null=True, blank=True)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="modifié par",
    )
    submitted_at = models.DateTimeField("transmis le", null=True, blank=True)
    complete_at = models.DateTimeField("complet le", null=True, blank=True)
    decided_at = models.DateTimeField("décidé le", null=True, blank=True)
    decision_reason = models.TextField("motif de la décision", blank=True)
    # Values of `Ground`, for an opposition only.
    grounds = models.JSONField("fondements de l’opposition", default=list)
    is_tacit = models.BooleanField("validation tacite", default=False)
    # Levels of the opinions given, kept here so that guards and lists need no further query.
    given_levels = models.JSONField("avis donnés", default=list)
    # The legal clock of a project: empty while it is stopped or has not started.
    due_on = models.DateField("fin du délai légal", null=True, blank=True)
    tacit_on = models.DateField("validation tacite le", null=True, blank=True)

    objects: ClassVar[FilingQuerySet] = FilingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "dépôt"
        verbose_name_plural = "dépôts"
        ordering = ["cpts", "kind", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["cpts", "kind", "number"], name="projects_filing_version_once"
            ),
            models.UniqueConstraint(
                fields=["cpts", "kind"],
                name="projects_filing_one_active",
                condition=Q(state__in=sorted(ACTIVE)),
            ),
            models.CheckConstraint(
                name="projects_filing_project_has_letter",
                condition=Q(kind="letter", letter=None) | Q(kind="project", letter__isnull=False),
            ),
            models.CheckConstraint(
                name="projects_filing_decided_when_ended",
                condition=Q(state__in=sorted(UNDECIDED), decided_at=None)
                | Q(~Q(state__in=sorted(UNDECIDED)), decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="projects_filing_complete_was_submitted",
                condition=Q(complete_at=None) | Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="projects_filing_refused_with_reason",
                condition=~Q(state=State.REFUSED) | ~Q(decision_reason=""),
            ),
            models.CheckConstraint(
                name="projects_filing_clock_of_projects",
                condition=Q(due_on=None, tacit_on=None)
                | Q(kind="project", complete_at__isnull=False, tacit_on__gt=F("due_on")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tacit_on"],
                name="projects_filing_tacit",
                condition=Q(kind="project", state="complete"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} de {self.cpts}"

    # --- What it is ----------------------------------------------------------------------------

    @property
    def is_letter(self) -> bool:
        return self.kind == Kind.LETTER

    @property
    def workflow(self) -> Workflow:
        return LETTER_WORKFLOW if self.is_letter else PROJECT_WORKFLOW

    @property
    def state_label(self) -> str:
        """« Approuvée » for a letter, « Validé » for a project."""
        return "Réputé validé" if self.is_tacit else self.workflow.label_of(self.state)

    @property
    def is_writable(self) -> bool:
        return self.state in WRITABLE

    @property
    def is_undecided(self) -> bool:
        return self.state in UNDECIDED

    def transition(self, name: str) -> Transition:
        return self.workflow.by_name[name]

    # --- What it says --------------------------------------------------------------------------

    @property
    def outline(self) -> Outline:
        """The questions asked, as they stood on the day this filing was opened."""
        return read_outline(self.outline_code, self.opened_on)

    @property
    def steps(self) -> list[Step]:
        return self.outline.steps_for(self.answers)

    def step(self, slug: str) -> Step | None:
        return self.outline.step(slug, self.answers)

    def step_version(self, step: Step) -> int:
        """At which save this step last changed."""
        return int(self.step_versions.get(step.slug, 0))

    @property
    def commentable(self) -> dict[str, str]:
        """What a request may be about: the questions, the territory, the kinds of pieces."""
        outline = self.outline
        labels = {item.key: item.label for item in outline.questions(self.answers)}
        labels["territory"] = "Communes du territoire"
        pieces = {
            f"attachment.{item.value}": f"Pièce : {item.label}" for item in outline.attachments
        }
        return labels | pieces

    @property
    def mission_codes(self) -> list[str]:
        """The missions this filing carries: the core ones, then those that were chosen."""
        return [mission.code for mission in self.outline.missions_chosen(self.answers)]

    @property
    def ground_labels(self) -> list[str]:
        return [str(Ground(ground).label) for ground in self.grounds]

    # --- What the guards read (projects.workflow.FilingLike) -------------------------------------

    @property
    def missing_answers(self) -> list[str]:
        """The required questions that have no answer, by their labels."""
        return [item.question.label for item in self.outline.missing(self.answers)]

    @property
    def lacks_territory(self) -> bool:
        return not (self.cpts.territory and self.cpts.territory.population)

    @property
    def required_levels(self) -> list[Level]:
        return [level for level, _ in self.procedure.opinions(self.kind)]

    @property
    def missing_levels(self) -> list[Level]:
        return [level for level in self.required_levels if level not in self.given_levels]

    @property
    def missing_levels_before_regional(self) -> list[Level]:
        """The levels that the procedure puts before the regional opinion and that are awaited."""
        required = self.required_levels
        if Level.REGIONAL not in required:
            return []
        before = required[: required.index(Level.REGIONAL)]
        return [level for level in before if level not in self.given_levels]

    @property
    def is_latest(self) -> bool:
        newer = Filing.objects.filter(cpts=self.cpts_id, kind=self.kind, number__gt=self.number)
        return not newer.exists()

    @property
    def tacit_day_reached(self) -> bool:
        """True from 00:00 in Paris on the day after the last day of the legal delay."""
        return self.tacit_on is not None and clock.today() >= self.tacit_on

    # --- The legal clock -------------------------------------------------------------------------

    def legal_clock(self, pauses: list[Pause]) -> LegalClock | None:
        """The clock of a project once its file was declared complete."""
        if self.is_letter or self.complete_at is None:
            return None
        return LegalClock(
            started_on=self.complete_at.astimezone(clock.PARIS).date(),
            months=self.procedure.tacit_months,
            pauses=tuple(pauses),
        )

    @property
    def tacit_moment(self) -> dt.datetime | None:
        """00:00 in Paris on the tacit day."""
        if self.tacit_on is None:
            return None
        return dt.datetime.combine(self.tacit_on, dt.time.min, clock.PARIS)


class LetterManager(models.Manager.from_queryset(FilingQuerySet)):  # type: ignore[misc]
    """Letters only."""

    def get_queryset(self) -> FilingQuerySet:
        found: FilingQuerySet = super().get_queryset().filter(kind=Kind.LETTER)
        return found


class ProjectManager(models.Manager.from_queryset(FilingQuerySet)):  # type: ignore[misc]
    """Projects only."""

    def get_queryset(self) -> FilingQuerySet:
        found: FilingQuerySet = super().get_queryset().filter(kind=Kind.PROJECT)
        return found


class LetterOfIntent(Filing):
    """A filing whose kind is LETTER."""

    objects: ClassVar[LetterManager] = LetterManager()

    class Meta:
        proxy = True
        verbose_name = "lettre d’intention"
        verbose_name_plural = "lettres d’intention"


class HealthProject(Filing):
    """A filing whose kind is PROJECT."""

    objects: ClassVar[ProjectManager] = ProjectManager()

    class Meta:
        proxy = True
        verbose_name = "projet de santé"
        verbose_name_plural = "projets de santé"


class Submission(models.Model):
    """What was handed over on a day, kept as it was: the authorities read this, not the draft."""

    filing = models.ForeignKey(
        Filing, on_delete=models.CASCADE, related_name="submissions", verbose_name="dépôt"
    )
    number = models.PositiveSmallIntegerField("numéro d’envoi")
    answers = models.JSONField("réponses")
    # Communes with their populations, vintage, total, size: the territory may change afterwards.
    territory = models.JSONField("territoire")
    submitted_at = models.DateTimeField("transmis le", default=clock.now)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="transmis par",
    )

    objects: ClassVar[OfFilingQuerySet] = OfFilingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "envoi"
        verbose_name_plural = "envois"
        ordering = ["filing", "number"]
        constraints = [
            models.UniqueConstraint(fields=["filing", "number"], name="projects_submission_once")
        ]

    def __str__(self) -> str:
        return f"{self.filing} – envoi n° {self.number}"


class Suspension(models.Model):
    """The legal clock of a project stood still: pieces were asked for, until they came."""

    filing = models.ForeignKey(
        Filing, on_delete=models.CASCADE, related_name="suspensions", verbose_name="dépôt"
    )
    since = models.DateField("depuis le")
    until = models.DateField("jusqu’au", null=True, blank=True)
    reason = models.TextField("motif")

    objects: ClassVar[OfFilingQuerySet] = OfFilingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "suspension du délai"
        verbose_name_plural = "suspensions du délai"
        ordering = ["filing", "since", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="projects_suspension_dates_in_order",
            ),
            models.UniqueConstraint(
                fields=["filing"],
                name="projects_suspension_one_open",
                condition=Q(until=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.filing} depuis le {self.since}"

    @property
    def pause(self) -> Pause:
        return Pause(self.since, self.until)


class FieldComment(models.Model):
    """What an authority asks about one answer, until the holder has answered it."""

    filing = models.ForeignKey(
        Filing, on_delete=models.CASCADE, related_name="comments", verbose_name="dépôt"
    )
    # A question of the outline, « territory », or « attachment.<kind> ».
    field_key = models.CharField("question", max_length=80)
    text = models.TextField("demande")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="demandé par",
    )
    by_role = models.CharField("qualité", max_length=80, blank=True)
    asked_at = models.DateTimeField("demandé le", default=clock.now)
    answered_at = models.DateTimeField("répondu le", null=True, blank=True)
    closed_at = models.DateTimeField("clos le", null=True, blank=True)
    # The stop of the legal clock that came with this request, where there was one.
    suspension = models.ForeignKey(
        Suspension,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="comments",
        verbose_name="suspension",
    )

    objects: ClassVar[OfFilingQuerySet] = OfFilingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "demande de pièce"
        verbose_name_plural = "demandes de pièces"
        ordering = ["filing", "asked_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="projects_comment_says_something")
        ]

    def __str__(self) -> str:
        return f"{self.filing} – {self.field_key}"

    @property
    def state_label(self) -> str:
        if self.closed_at:
            return "Close"
        return "Répondue" if self.answered_at else "Réponse attendue"


class Attachment(models.Model):
    """A file joined to a filing, under a kind of the outline (statutes, letter of support…)."""

    filing = models.ForeignKey(
        Filing, on_delete=models.CASCADE, related_name="attachments", verbose_name="dépôt"
    )
    kind = models.CharField("nature", max_length=40)
    label = models.CharField("intitulé", max_length=150)
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name="fichier"
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="ajoutée par",
    )
    added_at = models.DateTimeField("ajoutée le", default=clock.now)

    objects: ClassVar[OfFilingQuerySet] = OfFilingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "pièce jointe"
        verbose_name_plural = "pièces jointes"
        ordering = ["filing", "added_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["filing", "file"], name="projects_attachment_file_once")
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def kind_label(self) -> str:
        labels = {item.value: item.label for item in self.filing.outline.attachments}
        return labels.get(self.kind, "Pièce")


class Opinion(models.Model):
    """What a committee body thinks of a filing; frozen once given."""

    class Recommendation(models.TextChoices):
        FAVOURABLE = "favourable", "Favorable"
        WITH_RESERVATIONS = "with_reservations", "Favorable avec réserves"
        UNFAVOURABLE = "unfavourable", "Défavorable"
        NO_OPINION = "no_opinion", "Sans avis"

    filing = models.ForeignKey(
        Filing, on_delete=models.CASCADE, related_name="opinions", verbose_name="dépôt"
    )
    level = models.CharField("niveau", max_length=10, choices=Level)
    body = models.CharField("organisme", max_length=150)
    recommendation = models.CharField("sens de l’avis", max_length=20, choices=Recommendation)
    text = models.TextField("avis motivé", blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="donné par",
    )
    given_at = models.DateTimeField("donné le", default=clock.now)

    objects: ClassVar[OfFilingQuerySet] = OfFilingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "avis"
        verbose_name_plural = "avis"
        ordering = ["filing", "given_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["filing", "level", "body"], name="projects_opinion_once_a_body"
            ),
            models.CheckConstraint(
                # An unfavourable opinion or a reserve without its reasons helps nobody.
                condition=Q(recommendation__in=["favourable", "no_opinion"]) | ~Q(text=""),
                name="projects_opinion_reasons",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body} – {self.get_recommendation_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("An opinion is frozen once given.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("An opinion is frozen once given.")


class Invitation(models.Model):
    """A co-holder invited by e-mail: a single-use link, kept as its hash only."""

    cpts = models.ForeignKey(
        Cpts, on_delete=models.CASCADE, related_name="invitations", verbose_name="CPTS"
    )
    email = models.EmailField("adresse électronique", max_length=254)
    token_sha256 = models.CharField("empreinte du lien", max_length=64, unique=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="invité par",
    )
    invited_at = models.DateTimeField("invité le", default=clock.now)
    expires_at = models.DateTimeField("valable jusqu’au")
    accepted_at = models.DateTimeField("acceptée le", null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="acceptée par",
    )

    objects: ClassVar[InvitationQuerySet] = InvitationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "invitation de co-porteur"
        verbose_name_plural = "invitations de co-porteurs"
        ordering = ["cpts", "invited_at"]

    def __str__(self) -> str:
        return f"{self.email} – {self.cpts}"
