"""Shape of a message: words, an optional room of the dossier, a few files. Nothing is saved."""

from __future__ import annotations

from typing import Any

from django import forms

from foundation.forms import PortalForm
from records.files import MEGABYTE, PROOF_RULE
from territories.exchanges.actions import MAX_FILES
from territories.models import Topic

LONGEST = 5000
NO_PATIENT_DATA = "Aucune donnée de patient\u00a0: ni nom, ni dossier, ni ordonnance."


class SeveralFilesInput(forms.ClearableFileInput):
    """The browser's own choice of several files."""

    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """A list of files, maybe empty; their content is checked when they are stored."""

    most = MAX_FILES
    too_many = "Joignez au plus {most} fichiers par message."

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data]
        uploads = [super(SeveralFilesField, self).clean(item, initial) for item in given if item]
        if len(uploads) > self.most:
            raise forms.ValidationError(self.too_many.format(most=self.most))
        return uploads


def _text_field(label: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST,
        error_messages={
            "required": "Écrivez votre message.",
            "max_length": "Le message est trop long\u00a0: 5\u00a0000 caractères au plus.",
        },
        widget=forms.Textarea(attrs={"rows": 7}),
    )


class ReplyForm(PortalForm, forms.Form):
    """An answer in a thread."""

    text = _text_field("Votre message")
    uploads = SeveralFilesField(
        label="Fichiers joints",
        required=False,
        help_text=(
            f"{NO_PATIENT_DATA} {MAX_FILES} fichiers au plus, "
            f"{PROOF_RULE.max_size // MEGABYTE}\u00a0Mo chacun\u00a0: PDF, image, texte ou tableur."
        ),
        widget=SeveralFilesInput(attrs={"accept": PROOF_RULE.accept}),
        error_messages={"invalid": "Choisissez des fichiers."},
    )


class ThreadForm(ReplyForm):
    """A new subject."""

    subject = forms.CharField(
        label="Objet",
        max_length=150,
        error_messages={
            "required": "Donnez un objet à votre message.",
            "max_length": "L’objet est trop long\u00a0: 150 caractères au plus.",
        },
    )
    about = forms.ChoiceField(
        label="À propos de",
        required=False,
        choices=[("", "Le dossier en général"), *Topic.choices],
        error_messages={"invalid_choice": "Choisissez une rubrique de la liste."},
    )
    field_order = ("subject", "about", "text", "uploads")


class ReportFileForm(PortalForm, forms.Form):
    """Why a file must not stay."""

    reason = forms.CharField(
        label="Ce qui pose problème",
        max_length=300,
        help_text="En quelques mots, sans recopier la donnée elle-même.",
        error_messages={
            "required": "Dites ce qui pose problème.",
            "max_length": "300 caractères au plus.",
        },
        widget=forms.Textarea(attrs={"rows": 3}),
    )
