"""The checklist laid out: one line a point, with the tick and the note of this authority."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from foundation.forms import PortalForm
from projects.checklist import Point
from projects.models import CompletenessCheck, Submission


class ChecklistForm(PortalForm):
    """A tick and a note for each point; before the first save, what the portal sees is ticked."""

    sending = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(
        self,
        points: list[Point],
        own: Mapping[str, CompletenessCheck],
        sending: int,
        data: Any = None,
    ) -> None:
        super().__init__(data, initial={"sending": sending})
        self.points = points
        for point in points:
            check = own.get(point.key)
            self.fields[f"met.{point.key}"] = forms.BooleanField(
                label=point.label,
                required=False,
                initial=check.is_met if check else point.is_found,
            )
            self.fields[f"note.{point.key}"] = forms.CharField(
                label=f"Note sur « {point.label} »",
                max_length=300,
                required=False,
                initial=check.note if check else "",
            )

    @property
    def ticks(self) -> dict[str, tuple[bool, str]]:
        given = self.cleaned_data
        return {
            point.key: (given[f"met.{point.key}"], given[f"note.{point.key}"])
            for point in self.points
        }


@dataclass(frozen=True, slots=True)
class Line:
    """One point on the page; `own` and `other` are what both authorities ticked."""

    point: Point
    met: Any
    note: Any
    own: CompletenessCheck | None
    other: CompletenessCheck | None

    @property
    def checks(self) -> list[CompletenessCheck]:
        """What was ticked or not, the ARS first."""
        given = [check for check in (self.own, self.other) if check]
        return sorted(given, key=lambda check: check.party)


@dataclass(frozen=True, slots=True)
class ChecklistPage:
    """The whole list for one authority."""

    submission: Submission
    form: ChecklistForm
    checks: list[CompletenessCheck]
    party: str

    @property
    def lines(self) -> list[Line]:
        own = {check.key: check for check in self.checks if check.party == self.party}
        other = {check.key: check for check in self.checks if check.party != self.party}
        return [
            Line(
                point,
                self.form[f"met.{point.key}"],
                self.form[f"note.{point.key}"],
                own.get(point.key),
                other.get(point.key),
            )
            for point in self.submission.points
        ]

    @property
    def other_party(self) -> str:
        parties = CompletenessCheck.Party
        return str((parties.CPAM if self.party == parties.ARS else parties.ARS).label)
