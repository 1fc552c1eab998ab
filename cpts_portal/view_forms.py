"""Shape of what a person types to keep a view of the list of dossiers."""

from django import forms

from foundation.forms import PortalForm


class ViewNameForm(PortalForm):
    """Its name."""

    name = forms.CharField(
        label="Nom de la vue",
        help_text="Par exemple « Avis en retard ». Les autres ne la verront pas.",
        max_length=60,
        error_messages={"required": "Donnez un nom à cette vue."},
    )


class SaveViewForm(ViewNameForm):
    """Its name, and whether the list opens on it."""

    is_default = forms.BooleanField(
        label="Ouvrir la liste des dossiers sur cette vue", required=False
    )
