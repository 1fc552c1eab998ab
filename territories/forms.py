"""Shape of what the holders type about their territory."""

from typing import Any

from django import forms

from foundation.forms import PortalForm
from territories.naming import MAX_ENTRIES, resolve


class PasteForm(PortalForm):
    """A list of communes, kept by people in a letter or a spreadsheet."""

    communes = forms.CharField(
        label="Liste de communes",
        help_text=(
            "Des noms ou des codes INSEE, un par ligne ou séparés par des virgules. Un nom porté "
            "par plusieurs communes est d’abord cherché dans le département du dossier."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=60 * MAX_ENTRIES,
        error_messages={"required": "Collez au moins un nom ou un code INSEE."},
    )

    def __init__(self, *args: Any, departement: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.departement = departement

    def clean_communes(self) -> list[str]:
        """The INSEE codes; one clear sentence for what is unknown or ambiguous."""
        resolved = resolve(self.cleaned_data["communes"], departement=self.departement)
        if resolved.sentence:
            raise forms.ValidationError(resolved.sentence)
        return resolved.codes


class VintageForm(PortalForm):
    """Which year of figures counts, and why."""

    vintage = forms.TypedChoiceField(
        label="Millésime de population", coerce=int, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label="Motif",
        help_text="Demandé si ce n’est pas le millésime en vigueur aujourd’hui.",
        required=False,
        max_length=300,
    )

    def __init__(self, *args: Any, choices: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["vintage"].choices = choices  # type: ignore[attr-defined]
