"""Filters of the list of opinions asked for, kept in the address bar; others are ignored."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q

from foundation import clock
from foundation.forms import PortalForm
from foundation.search import search_key
from projects.models import OpinionRequest
from projects.opinion_states import RequestState
from projects.workflow import Kind, Level

LATE = "late"
_S = RequestState
SHOWN = (_S.INVITED, _S.PLANNED, _S.GIVEN, _S.WITHDRAWN)


class OpinionFilterForm(PortalForm):
    """In the order in which people think of it."""

    field_order = ["q", "etat", "nature", "niveau"]


class OpinionFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By CPTS or body, by state (late ones apart), by kind of filing, by level."""

    q = django_filters.CharFilter(
        method="search",
        label="CPTS, référence ou organisme",
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    etat = django_filters.ChoiceFilter(
        method="by_state",
        choices=[
            (LATE, "En retard"),
            *((s.value, s.label) for s in (_S.INVITED, _S.PLANNED, _S.GIVEN, _S.WITHDRAWN)),
        ],
        label="Où en est l’avis",
        empty_label="Tous",
    )
    nature = django_filters.ChoiceFilter(
        field_name="filing__kind", choices=Kind.choices, label="Dépôt", empty_label="Tous"
    )
    niveau = django_filters.ChoiceFilter(
        field_name="level", choices=Level.choices, label="Comité", empty_label="Tous"
    )

    class Meta:
        model = OpinionRequest
        form = OpinionFilterForm
        fields: list[str] = []

    def search(self, found: Any, name: str, value: str) -> Any:
        key = search_key(value)
        return found.filter(
            Q(filing__cpts__search_name__contains=key)
            | Q(filing__cpts__reference__icontains=value.strip())
            | Q(body__icontains=value.strip())
        )

    def by_state(self, found: Any, name: str, value: str) -> Any:
        if value == LATE:
            return found.filter(state=_S.INVITED, due_on__lt=clock.today())
        return found.filter(state=value)
