"""Shape of what an administrator types; nothing is saved here."""

from typing import Any

from django import forms
from django.core.validators import URLValidator

from accounts.access import Role
from foundation.forms import LongSelect, PortalForm
from territories.areas import cpam_areas
from territories.models import CpamDistrict, Cpts, Departement, LocalContact, Region
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


class BodyForm(PortalForm):
    """The authority whose contacts are to be written."""

    autorite = forms.ChoiceField(
        label="ARS, délégation départementale ou CPAM",
        widget=LongSelect,
        error_messages={
            "required": "Choisissez une autorité.",
            "invalid_choice": "Cette autorité n’existe pas : choisissez-en une autre.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["autorite"]
        departements = departement_choices()
        field.choices = [
            ("", "Choisir une autorité"),
            *((f"region-{code}", f"ARS {name}") for code, name in region_choices()),
            *((f"departement-{code}", f"Délégation {name}") for code, name in departements),
            *((area.slug, area.name) for area in cpam_areas()),
        ]


class ContactForm(PortalForm):
    """How to reach one authority; at least one way."""

    phone = forms.RegexField(
        r"^\+?[0-9][0-9 .()-]{2,18}$",
        label="Téléphone",
        required=False,
        help_text="Exemple : 03 20 00 00 00.",
        error_messages={"invalid": "Écrivez le numéro en chiffres, par exemple 03 20 00 00 00."},
    )
    email = forms.EmailField(
        label="Adresse électronique",
        required=False,
        max_length=254,
        help_text="Celle d’un service, jamais celle d’une personne.",
        error_messages={"invalid": "Saisissez une adresse complète, par exemple nom@domaine.fr."},
    )
    page = forms.URLField(
        label="Page internet",
        required=False,
        max_length=200,
        assume_scheme="https",
        validators=[URLValidator(["https", "http"])],
        help_text="Exemple : https://www.exemple.fr/contact.",
        error_messages={"invalid": "Saisissez une adresse qui commence par https://."},
    )
    hours = forms.CharField(label="Horaires", max_length=200, required=False)
    source = forms.CharField(
        label="Source",
        max_length=200,
        help_text="D’où vient l’information : annuaire, courrier, appel.",
        error_messages={"required": "Dites d’où viennent ces coordonnées."},
    )

    def __init__(self, *args: Any, known: LocalContact | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known is not None:
            self.initial = {name: getattr(known, name) for name in self.fields}
