"""Shapes of input of the requests: asked beside the answers, answered, opened again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from foundation.forms import PortalForm
from projects.forms import LONGEST_TEXT


class PiecesForm(PortalForm):
    """What is asked, question by question, and a word for the whole."""

    reason = forms.CharField(
        label="Message aux porteurs",
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ce qui vaut pour tout le dossier.",
    )

    def __init__(
        self, keys: dict[str, str], data: Any, *, drafts: dict[str, str], may_be_empty: bool
    ) -> None:
        """`drafts`: what was prepared before. `may_be_empty`: kept only, or others go out again."""
        super().__init__(data, initial={f"about.{key}": text for key, text in drafts.items()})
        self.may_be_empty = may_be_empty
        self.names = {f"about.{key}": key for key in keys}
        for name, key in self.names.items():
            self.fields[name] = forms.CharField(
                label=keys[key],
                max_length=LONGEST_TEXT,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    @property
    def comments(self) -> dict[str, str]:
        found = {key: self.cleaned_data.get(name, "") for name, key in self.names.items()}
        return {key: text for key, text in found.items() if text.strip()}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not (self.comments or self.may_be_empty):
            raise ValidationError("Dites au moins une pièce ou une réponse attendue.")
        return cleaned


class AnswerForm(PortalForm):
    """The answer of the holders to one request, in a few words."""

    answer = forms.CharField(
        label="Votre réponse",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="En quelques mots, à côté ou à la place d’une correction.",
        error_messages={"required": "Écrivez votre réponse."},
    )


class ReopenForm(PortalForm):
    """What is still missing in the answer."""

    reason = forms.CharField(
        label="Ce qui manque encore",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Dites ce qui manque encore."},
    )
