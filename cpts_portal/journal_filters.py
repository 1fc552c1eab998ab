"""Filters of the journal of a dossier, kept in the address bar; others are ignored."""

import datetime as dt
from typing import Any

import django_filters
from django import forms

from foundation import clock
from foundation.forms import PortalForm
from records.models import JournalEntry, JournalEntryQuerySet

# What an act was about, by the app that holds its object.
SUBJECTS = {
    "depot": ("Lettre et projet de santé", "projects."),
    "territoire": ("Dossier et territoire", "territories."),
    "contrat": ("Contrat", "aci."),
    "missions": ("Missions", "missions."),
    "adherents": ("Adhérents", "members."),
}


class JournalFilter(django_filters.FilterSet):  # type: ignore[misc]  # it ships no types
    """The acts on one kind of thing, from one day to another, both included."""

    objet = django_filters.ChoiceFilter(
        method="about",
        choices=[(word, label) for word, (label, _) in SUBJECTS.items()],
        label="Actes sur",
        empty_label="Tout",
    )
    depuis = django_filters.DateFilter(
        method="since", label="Depuis le", widget=forms.DateInput(attrs={"type": "date"})
    )
    jusqu_au = django_filters.DateFilter(
        method="until", label="Jusqu’au", widget=forms.DateInput(attrs={"type": "date"})
    )

    class Meta:
        model = JournalEntry
        fields: list[str] = []
        form = PortalForm

    def about(self, found: JournalEntryQuerySet, name: str, value: str) -> Any:
        return found.filter(subject_type__startswith=SUBJECTS[value][1])

    def since(self, found: JournalEntryQuerySet, name: str, value: dt.date) -> Any:
        return found.filter(at__gte=_midnight(value))

    def until(self, found: JournalEntryQuerySet, name: str, value: dt.date) -> Any:
        if value == dt.date.max:
            return found
        return found.filter(at__lt=_midnight(value + dt.timedelta(days=1)))


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, clock.PARIS)
