"""Shape of the input: dates of progress, the note, a value with its proof."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from aci.deadlines import ContractYear
from foundation import clock
from foundation.dates import format_date
from foundation.forms import PortalForm
from missions.cards import IndicatorCard
from records.files import MEGABYTE, PROOF_RULE

NO_PATIENT = "N’y mettez aucune donnée de patient."


def proof_rule_text() -> str:
    """« Types permis : DOCX, JPG, PDF… ; 10 Mo au plus. »"""
    names = ", ".join(sorted(PROOF_RULE.extensions)).upper()
    return f"Types permis : {names} ; {PROOF_RULE.max_size // MEGABYTE} Mo au plus. {NO_PATIENT}"


class StartForm(PortalForm):
    """The day a mission started."""

    on = forms.DateField(label="Démarrée le", widget=forms.DateInput)

    def __init__(self, *args: Any, planned: dt.date, **kwargs: Any) -> None:
        initial = {"on": min(planned, clock.today())}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["on"].help_text = f"Le contrat prévoit le {format_date(planned)}."


class DeployForm(PortalForm):
    """The day a mission was fully deployed."""

    on = forms.DateField(
        label="Pleinement déployée le", widget=forms.DateInput, initial=clock.today
    )


class TakeBackForm(PortalForm):
    """Why a declaration is taken back."""

    reason = forms.CharField(
        label="Motif",
        help_text="Il est gardé au journal du dossier.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class NoteForm(PortalForm):
    """Where the mission stands, in words; `version` tells on which text it was written."""

    note = forms.CharField(
        label="Point d’avancement",
        help_text=f"Lu par l’ARS, la CPAM et les adhérents de la CPTS. {NO_PATIENT}",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class ValueForm(PortalForm):
    """A measure of one indicator, for one contract year."""

    indicator = forms.ChoiceField(label="Indicateur")
    year = forms.TypedChoiceField(label="Année de contrat", coerce=int)
    value = forms.DecimalField(
        label="Valeur",
        help_text="Un nombre, avec une virgule s’il le faut. L’unité est celle de l’indicateur.",
        min_value=0,
        max_digits=12,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    measured_on = forms.DateField(label="Mesurée le", widget=forms.DateInput, initial=clock.today)
    proof = forms.FileField(
        label="Preuve",
        widget=forms.FileInput(attrs={"accept": PROOF_RULE.accept}),
        error_messages={"required": "Joignez la preuve de cette valeur."},
    )
    comment = forms.CharField(
        label="Commentaire",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        *args: Any,
        indicators: Iterable[IndicatorCard],
        years: Sequence[ContractYear],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offered = list(indicators)
        self._offered = {item.code: item for item in offered}
        choices = [(item.code, f"{item.label} ({item.unit})") for item in offered]
        self.fields["indicator"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        periods = [(year.number, _period(year)) for year in reversed(years)]
        self.fields["year"].choices = periods  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["proof"].help_text = proof_rule_text()

    def clean_indicator(self) -> IndicatorCard:
        """The address and the page know the code."""
        return self._offered[self.cleaned_data["indicator"]]


def _period(year: ContractYear) -> str:
    return f"Année {year.number} : du {format_date(year.start)} au {format_date(year.last_day)}"
