"""Filters of the working list of dossiers, kept in the address bar; others are ignored."""

from typing import Any
from urllib.parse import urlencode

import django_filters
from django import forms
from django.db.models import Case, F, Q, Value, When
from django.db.models.expressions import OrderBy
from django.http import QueryDict

from accounts.access import Role
from foundation.forms import PortalForm
from foundation.search import search_key
from territories.filters import SIZES, CptsFilter
from territories.models import Assignment, Baton, Cpts, Stage
from territories.querysets import CptsQuerySet

SPEAKING = [Role.HOLDER, Role.PRESIDENT, Role.COORDINATOR]
# The longest wait first: that is where work is.
DEFAULT_SORT = "attente"
# Missions being carried out, or nothing: nobody waits there, so these rows come last.
IS_WAITED_FOR = Case(
    When(baton__in=[Baton.COORDINATOR, Baton.NOBODY], then=Value(1)), default=Value(0)
).asc()
SORTS: dict[str, tuple[str, tuple[str | OrderBy, ...]]] = {
    DEFAULT_SORT: ("Attente, de la plus longue", (IS_WAITED_FOR, "baton_since", "pk")),
    "echeance": ("Échéance la plus proche", (F("next_deadline").asc(nulls_last=True), "pk")),
    "fin": ("Fin de contrat la plus proche", (F("contract_end").asc(nulls_last=True), "pk")),
    "nom": ("Nom", ("name", "pk")),
    "population": ("Population, de la plus grande", ("-territory__population", "pk")),
}


class DossierFilterForm(PortalForm):
    """In the order in which people think of it."""

    field_order = ["q", "tour", "etape", "departement", "taille", "tri"]


class DossierFilter(CptsFilter):
    """The public filters, and those of the people who work on the dossiers."""

    q = django_filters.CharFilter(
        method="search",
        label="Nom, commune, personne ou référence",
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    etape = django_filters.ChoiceFilter(
        field_name="stage", choices=Stage.choices, label="Étape", empty_label="Toutes"
    )
    tour = django_filters.ChoiceFilter(
        field_name="baton", choices=Baton.choices, label="À qui le tour", empty_label="Tous"
    )
    taille = django_filters.ChoiceFilter(
        field_name="territory__size", choices=SIZES, label="Taille", empty_label="Toutes"
    )
    region = None
    tri = django_filters.ChoiceFilter(
        method="sort",
        choices=[(word, label) for word, (label, _) in SORTS.items()],
        label="Trier par",
        empty_label=None,
    )

    class Meta(CptsFilter.Meta):
        form = DossierFilterForm

    def search(self, found: CptsQuerySet, name: str, value: str) -> CptsQuerySet:
        """As everybody's, and the people of the CPTS: whoever opens a dossier reads their names."""
        return found.search(value, people=_speaking_for(value))

    def sort(self, found: CptsQuerySet, name: str, value: str) -> CptsQuerySet:
        return found.order_by(*SORTS[value][1])

    def filter_queryset(self, queryset: Any) -> Any:
        """The longest wait first unless asked otherwise."""
        ordered = queryset.order_by(*SORTS[DEFAULT_SORT][1])
        return super(CptsFilter, self).filter_queryset(ordered)


def _speaking_for(text: str) -> Q:
    """The dossiers of the holders, presidents and coordinators in post who are named so."""
    words = search_key(text).split()
    named, presided = Q(), Q()
    for word in words:
        named &= Q(user__search_name__contains=word)
        presided &= Q(search_president__contains=word)
    posts = Assignment.objects.current().with_people().filter(named, role__in=SPEAKING)
    # Not correlated: from the few people to their dossiers, once.
    return Q(pk__in=posts.order_by().values("cpts")) | presided


def criteria_of(given: QueryDict) -> str:
    """« etape=letter&tour=ars »: what the list understands of an address, in one order."""
    filters = DossierFilter(given, queryset=Cpts.objects.none())
    filters.is_valid()
    kept = {name: given[name] for name in DossierFilterForm.field_order if given.get(name)}
    refused = filters.form.errors
    return urlencode({name: value for name, value in kept.items() if name not in refused})


def ignored_in(filters: DossierFilter, given: QueryDict) -> list[str]:
    """The criteria that the list no longer understands: obsolete ones, or typed by hand."""
    form = filters.form
    wrong = [str(form[name].label) for name in form.errors if name in form.fields]
    return wrong + sorted(set(given) - set(form.fields) - {"page"})[:5]


def told_criteria(given: QueryDict) -> str:
    """« Étape : ACI en vigueur, Taille : Taille 2 »: the same criteria in words."""
    filters = DossierFilter(given, queryset=Cpts.objects.none())
    filters.is_valid()
    told = []
    for name in DossierFilterForm.field_order:
        value = filters.form.cleaned_data.get(name)
        if value:
            choices = dict(getattr(filters.form.fields[name], "choices", ()))
            told.append(f"{filters.form[name].label}\u00a0: {choices.get(value, value)}")
    return ", ".join(told)
