"""Shape of a choice of letters; nothing is saved here."""

from collections.abc import Iterable
from typing import Any

from django import forms

from foundation.forms import PortalForm
from foundation.templatetags.french import day
from projects.models import Filing


class GatheredLettersForm(PortalForm):
    """The decisions whose letters are wanted in one go, among those the person may ask for."""

    filings = forms.MultipleChoiceField(
        label="Décisions",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choisissez au moins une décision.",
            "invalid_choice": "Cette décision n’est pas dans la liste : choisissez-en une autre.",
        },
    )

    def __init__(self, decided: Iterable[Filing], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decided = {_key(filing): filing for filing in decided}
        field: Any = self.fields["filings"]
        field.choices = [(key, _label(filing)) for key, filing in self.decided.items()]

    @property
    def chosen(self) -> list[Filing]:
        """In the order of the list: the newest first."""
        keys = set(self.cleaned_data["filings"])
        return [filing for key, filing in self.decided.items() if key in keys]


def _key(filing: Filing) -> str:
    return f"{filing.cpts.reference}-{filing.kind}-{filing.number}"


def _label(filing: Filing) -> str:
    return (
        f"{filing.cpts}\u00a0: {filing.get_kind_display().lower()}, "
        f"{filing.state_label.lower()} le {day(filing.decided_at)}"
    )
