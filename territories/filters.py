"""Filters of the public list of CPTS, kept in the address bar. Anything not listed is ignored."""

from typing import Any

import django_filters
from django import forms

from foundation.forms import LongSelect, PortalForm
from territories.models import Cpts, Stage
from territories.places import departement_choices, region_choices
from territories.querysets import CptsQuerySet

# What the public may meet: a CPTS shows once its letter was declared complete.
PUBLIC_STAGES = [choice for choice in Stage.choices if choice[0] != Stage.EMERGENCE]
SIZES = [(str(size), f"Taille {size}") for size in (1, 2, 3, 4)]

# The word of the address bar, the French label, and fields of the model: always ends with the key,
# so that two equal names keep their order from page to page.
SORTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "nom": ("Nom", ("search_name", "pk")),
    "population": ("Population, de la plus grande", ("-territory__population", "pk")),
    "recente": ("Changement d’étape le plus récent", ("-stage_since", "pk")),
}


class CptsFilter(django_filters.FilterSet):  # type: ignore[misc]  # it ships no types
    """Stage, région, département, size, text, sort."""

    q = django_filters.CharFilter(
        method="search",
        label="Nom d’une CPTS ou d’une commune",
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    etape = django_filters.ChoiceFilter(
        field_name="stage", choices=PUBLIC_STAGES, label="Étape", empty_label="Toutes"
    )
    region = django_filters.ChoiceFilter(
        choices=region_choices, label="Région", empty_label="Toutes", widget=LongSelect
    )
    departement = django_filters.ChoiceFilter(
        choices=departement_choices, label="Département", empty_label="Tous", widget=LongSelect
    )
    taille = django_filters.ChoiceFilter(
        field_name="territory__size", choices=SIZES, label="Taille", empty_label="Toutes"
    )
    tri = django_filters.ChoiceFilter(
        method="sort",
        choices=[(word, label) for word, (label, _) in SORTS.items()],
        label="Trier par",
        empty_label=None,
    )

    class Meta:
        model = Cpts
        fields: list[str] = []
        form = PortalForm

    def search(self, found: CptsQuerySet, name: str, value: str) -> CptsQuerySet:
        return found.search(value)

    def sort(self, found: CptsQuerySet, name: str, value: str) -> CptsQuerySet:
        return found.order_by(*SORTS[value][1])

    def filter_queryset(self, queryset: Any) -> Any:
        """Sorted by name unless asked otherwise."""
        return super().filter_queryset(queryset.order_by(*SORTS["nom"][1]))
