"""Shape of the text of a letter; nothing is saved here."""

from django import forms

from foundation import clock
from foundation.forms import PortalForm

LONGEST_BODY = 20_000


class TemplateForm(PortalForm):
    """A new version: from when, its subject, its text; `after` is the version it follows."""

    effective_from = forms.DateField(
        label="En vigueur à partir du",
        widget=forms.DateInput,
        initial=clock.today,
        help_text="Les courriers déjà demandés gardent leur version.",
        error_messages={
            "required": "Choisissez la date d’effet.",
            "invalid": "Choisissez une date, par exemple 01/03/2026.",
        },
    )
    subject = forms.CharField(
        label="Objet", max_length=200, error_messages={"required": "Écrivez l’objet du courrier."}
    )
    body = forms.CharField(
        label="Texte",
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 22}),
        help_text=(
            "Une ligne vide sépare deux paragraphes. « # » ouvre un titre, « - » un élément de "
            "liste, **deux étoiles** mettent en gras. Un paragraphe dont les variables sont vides "
            "disparaît."
        ),
        error_messages={"required": "Écrivez le texte du courrier."},
    )
    after = forms.IntegerField(min_value=0, max_value=32_000, widget=forms.HiddenInput)
