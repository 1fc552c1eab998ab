"""A CPTS's filings: letter of intent, then health project, each version with its answers."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from foundation import clock
from foundation.workflow import Transition, Workflow
from projects.deadlines import LegalClock, Pause
from projects.models.procedures import Procedure
from projects.outline import Outline, Step, read_outline
from projects.querysets import FilingQuerySet
from projects.workflow import (
    ACTIVE,
    LETTER_WORKFLOW,
    PROJECT_WORKFLOW,
    RUNNING,
    UNDECIDED,
    WRITABLE,
    Ground,
    Kind,
    Level,
    State,
)
from territories.models import Cpts, Territory
from territories.overlap import named, overlaps_with, pairs_of


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
    opinions_due_on = models.DateField("avis attendus pour le", null=True, blank=True)
    # Before, an opinion is read by its own body and by the authorities only.
    opinions_released_at = models.DateTimeField("avis communiqués le", null=True, blank=True)
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
                condition=Q(kind="project", state__in=sorted(RUNNING)),
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
        """What a request may be about: sections, questions, the territory, the kinds of pieces."""
        outline = self.outline
        labels = {f"section.{step.slug}": f"Partie : {step.title}" for step in self.steps}
        labels |= {item.key: item.label for item in outline.questions(self.answers)}
        labels["territory"] = "Communes du territoire"
        pieces = {
            f"attachment.{item.value}": f"Pièce : {item.label}" for item in outline.attachments
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
    def unexplained_overlap(self) -> str:
        """« Lillers (CPTS Monts) »: what other CPTS cover today, without a reason given for it."""
        territory = self.cpts.territory
        if territory is None:
            return ""
        overlaps = overlaps_with(territory.shares, clock.today(), besides=self.cpts_id)
        return "" if territory.has_explained(pairs_of(overlaps)) else named(overlaps)

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
    def opinions_are_overdue(self) -> bool:
        return self.opinions_due_on is not None and clock.today() > self.opinions_due_on

    @property
    def goes_on_without_opinions(self) -> bool:
        """The date of the opinions has passed, and the procedure lets the ARS decide, reasoned."""
        return self.procedure.decides_without_late_opinions and self.opinions_are_overdue

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
