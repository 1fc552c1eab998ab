"""The reminders sent before the end of a legal delay: each once."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from foundation import clock
from projects.models.filings import Filing
from projects.querysets import OfFilingQuerySet


class DueReminder(models.Model):
    """One reminder of one end of the delay: a suspension moves the end, hence other reminders."""

    filing = models.ForeignKey(
        Filing, on_delete=models.CASCADE, related_name="reminders", verbose_name="dépôt"
    )
    due_on = models.DateField("fin du délai rappelée")
    days_before = models.PositiveSmallIntegerField("jours avant la fin")
    sent_at = models.DateTimeField("envoyé le", default=clock.now)

    objects: ClassVar[OfFilingQuerySet] = OfFilingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "rappel du délai légal"
        verbose_name_plural = "rappels du délai légal"
        ordering = ["filing", "due_on", "-days_before"]
        constraints = [
            models.UniqueConstraint(
                fields=["filing", "due_on", "days_before"], name="projects_reminder_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.filing} – {self.days_before} jours avant"
