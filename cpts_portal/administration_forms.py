"""Shape of what an administrator types; nothing is saved here."""

from typing import Any

from django import forms

from accounts.access import Role
from foundation.forms import PortalForm
from territories.models import CpamDistrict, Cpts, Departement, Region
from territories.people import SCOPES_OF_ROLE, scope_words
from territories.places import departement_choices, region_choices


class NewAccountForm(PortalForm):
    """Somebody to let in."""

    email = forms.EmailField(
        label="Adresse électronique",
        help_text="Un lien pour choisir un mot de passe y sera envoyé.",
        max_length=254,
        error_messages={
            "required": "Saisissez l’adresse électronique.",
            "invalid": "Saisissez une adresse complète, par exemple nom@domaine.fr.",
        },
    )
    first_name = forms.CharField(
        label="Prénom", max_length=100, error_messages={"required": "Saisissez le prénom."}
    )
    last_name = forms.CharField(
        label="Nom", max_length=100, error_messages={"required": "Saisissez le nom."}
    )


class NewRoleForm(PortalForm):
    """A role and its one scope; each role says which kind of scope it wants."""

    role = forms.ChoiceField(
        label="Rôle",
        choices=[("", "Choisir un rôle"), *Role.choices],
        error_messages={"required": "Choisissez un rôle."},
    )
    region = forms.ModelChoiceField(
        Region.objects.all(),
        label="Région",
        required=False,
        empty_label="Aucune",
        help_text="Pour l’ARS et les comités.",
    )
    departement = forms.ModelChoiceField(
        Departement.objects.all(),
        label="Département",
        required=False,
        empty_label="Aucun",
        help_text="Pour une délégation départementale de l’ARS.",
    )
    cpam_district = forms.ModelChoiceField(
        CpamDistrict.objects.all(),
        label="CPAM",
        required=False,
        empty_label="Aucune",
        help_text="Pour les agents et la direction d’une CPAM.",
    )
    cpts = forms.ModelChoiceField(
        Cpts.objects.all(),
        to_field_name="reference",
        label="Référence du dossier de la CPTS",
        required=False,
        widget=forms.TextInput,
        help_text="Pour les rôles d’une CPTS. Exemple : 62-7K3M9Q.",
        error_messages={"invalid_choice": "Aucun dossier ne porte cette référence."},
    )
    body = forms.CharField(
        label="Organisme représenté",
        max_length=150,
        required=False,
        help_text="Pour un membre de comité. Exemple : URPS infirmiers.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Read once for all from the reference files: two queries less on the page.
        for name, choices in (("region", region_choices()), ("departement", departement_choices())):
            field: Any = self.fields[name]
            field.choices = [("", field.empty_label), *choices]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        names = ("region", "departement", "cpam_district", "cpts")
        cleaned["scope"] = {name: cleaned[name] for name in names if cleaned.get(name)}
        if cleaned.get("role") and not self.errors:
            role = Role(cleaned["role"])
            wanted = SCOPES_OF_ROLE[role]
            if set(cleaned["scope"]) - wanted or len(cleaned["scope"]) != min(1, len(wanted)):
                self.add_error(
                    "role", f"Ce rôle s’exerce sur {scope_words(role)}, et rien d’autre."
                )
        return cleaned


class EndRoleForm(PortalForm):
    """The last day of a role."""

    valid_to = forms.DateField(
        label="Dernier jour du rôle",
        widget=forms.DateInput,
        error_messages={"required": "Choisissez le dernier jour."},
    )
