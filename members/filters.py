"""Filters of the list of members, kept in the address bar; only known values and sorts pass."""

from typing import Any, ClassVar

import django_filters
from django import forms

from foundation.forms import PortalForm
from members.application import College
from members.figures import Figures
from members.models import Member
from members.querysets import MemberQuerySet
from members.workflow import MemberState

SORTS = {
    "nom": ("search_name",),
    "recents": ("-applied_at",),
    "anciens": ("applied_at",),
}
SORT_CHOICES = [
    ("nom", "Nom"),
    ("recents", "Demande la plus récente"),
    ("anciens", "Demande la plus ancienne"),
]
STATES = [state for state in MemberState if state != MemberState.DRAFT]


class MemberFilter(django_filters.FilterSet):  # type: ignore[misc]  # it ships no types
    """By default members and applicants, applications on top."""

    q = django_filters.CharFilter(
        method="by_text",
        label="Nom ou structure",
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    etat = django_filters.ChoiceFilter(
        method="by_state",
        label="Situation",
        empty_label="Adhérents et demandes",
        choices=[(state.value, state.label) for state in STATES],
    )
    college = django_filters.ChoiceFilter(
        label="Collège", empty_label="Tous", choices=College.choices
    )
    profession = django_filters.ChoiceFilter(label="Profession", empty_label="Toutes", choices=[])
    tri = django_filters.ChoiceFilter(
        method="sorted_by", label="Trier par", empty_label=None, choices=SORT_CHOICES
    )

    class Meta:
        model = Member
        form = PortalForm
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, figures: Figures, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Only the professions that are here, with their number.
        self.filters["profession"].extra["choices"] = [
            (line.code, f"{line.label} ({line.count})") for line in figures.present
        ]

    def by_text(self, found: MemberQuerySet, name: str, text: str) -> MemberQuerySet:
        return found.search(text)

    def by_state(self, found: MemberQuerySet, name: str, state: str) -> MemberQuerySet:
        return found.filter(state=state)

    def sorted_by(self, found: MemberQuerySet, name: str, sort: str) -> MemberQuerySet:
        """Done last, in `filter_queryset`: the applications stay on top whatever the sort."""
        return found

    def filter_queryset(self, queryset: MemberQuerySet) -> MemberQuerySet:
        """An impossible value is ignored rather than refused: it is not in `cleaned_data`."""
        found: MemberQuerySet = super().filter_queryset(queryset)
        given = self.form.cleaned_data
        if not given.get("etat"):
            found = found.open()
        return found.to_decide_first(*SORTS[given.get("tri") or "nom"])
