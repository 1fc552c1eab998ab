"""How each region decides, from a date on: data that the guards read."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from projects.querysets import ProcedureQuerySet
from projects.workflow import Kind, Level
from territories.models import Region


def usual_reminders() -> list[int]:
    """Two weeks before, then while there is still time for a last signature."""
    return [15, 5]


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
    # Lists of {"level": …, "label": …}, in the order in which the opinions are given. With
    # "answers": "all", a level is given once every invited body has answered; else by the first.
    letter_opinions = models.JSONField("avis requis sur la lettre", default=list)
    project_opinions = models.JSONField("avis requis sur le projet", default=list)
    tacit_months = models.PositiveSmallIntegerField("mois avant validation tacite")
    completeness_days = models.PositiveSmallIntegerField("jours pour vérifier la complétude")
    pieces_days = models.PositiveSmallIntegerField("jours pour fournir les pièces")
    opinion_days = models.PositiveSmallIntegerField("jours pour donner les avis")
    # Days before the end of the legal delay on which the ARS is reminded of it.
    reminder_days = models.JSONField("rappels avant la fin du délai", default=usual_reminders)
    decides_without_late_opinions = models.BooleanField(
        "décision possible, motivée, sans les avis en retard", default=False
    )
    cpam_reads_opinions = models.BooleanField(
        "la CPAM lit les avis avant leur communication", default=True
    )
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
            models.CheckConstraint(
                condition=Q(completeness_days__gte=1, pieces_days__gte=1, opinion_days__gte=1),
                name="projects_procedure_days_run",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def place(self) -> str:
        """« Grand Est », or the whole of France."""
        return self.region.name if self.region else "France entière"

    @property
    def facts(self) -> list[tuple[str, str]]:
        """All that it says, in words, in one order: two versions are compared line by line."""
        return [
            ("Intitulé", self.title),
            ("Forme de la décision", str(self.get_decision_form_display())),
            ("Avis sur la lettre", _in_order(self.letter_opinions)),
            ("Avis sur le projet", _in_order(self.project_opinions)),
            ("Validation tacite", f"{self.tacit_months} mois après le dossier complet"),
            ("Vérifier la complétude", _days(self.completeness_days)),
            ("Fournir les pièces", _days(self.pieces_days)),
            ("Donner les avis", _days(self.opinion_days)),
            ("Rappels avant la fin du délai", _reminders(self.reminder_days)),
            ("Source", f"{self.source} ({self.get_certainty_display()})"),
        ]

    def changes_from(self, before: Procedure) -> list[tuple[str, str, str]]:
        """What is no longer the same: subject, before, after."""
        pairs = zip(before.facts, self.facts, strict=True)
        return [(label, old, new) for (label, old), (_, new) in pairs if old != new]

    def opinions(self, kind: str) -> list[tuple[Level, str]]:
        """The required opinions with their regional names, in order."""
        rows = self.letter_opinions if kind == Kind.LETTER else self.project_opinions
        return [(Level(row["level"]), row["label"]) for row in rows]

    def waits_for_all(self, level: str, kind: str) -> bool:
        """Whether every invited body of this level must answer."""
        rows = self.letter_opinions if kind == Kind.LETTER else self.project_opinions
        return any(row["level"] == level and row.get("answers") == "all" for row in rows)

    def label_of(self, level: str, kind: str) -> str:
        """« Avis d’opportunité du comité de pilotage local »."""
        labels = dict(self.opinions(kind))
        return labels.get(Level(level)) or f"Avis du {Level(level).label.lower()}"


def _in_order(rows: list[dict[str, str]]) -> str:
    names = [f"{row['label']} ({Level(row['level']).label.lower()})" for row in rows]
    then = [name[:1].lower() + name[1:] for name in names[1:]]
    return ", puis ".join([*names[:1], *then]) or "aucun"


def _days(days: int) -> str:
    return f"{days} jour" if days == 1 else f"{days} jours"


def _reminders(days: list[int]) -> str:
    return " et ".join(_days(item) for item in sorted(days, reverse=True)) or "aucun"
