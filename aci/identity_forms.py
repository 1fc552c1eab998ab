"""Shape of the identity of the parties: the association, its bank account, a signatory."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from stdnum import bic as bic_codes
from stdnum import iban as iban_numbers

from accounts.models import User
from foundation.forms import PortalForm
from members.identifiers import compact, is_finess, is_siret
from territories.identity import Identity

LEGAL_FORMS = (
    "association de la loi de 1901",
    "association de droit local (Alsace-Moselle)",
)


class IdentityForm(PortalForm):
    """What a contract says of the association. Empty fields stay empty in the contract."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    legal_form = forms.ChoiceField(
        label="Forme juridique",
        required=False,
        choices=[("", "À compléter"), *((form, form.capitalize()) for form in LEGAL_FORMS)],
    )
    rna = forms.CharField(
        label="Numéro RNA",
        required=False,
        max_length=14,
        help_text="W suivi de 9 chiffres ou lettres. Aucun pour une association de droit local.",
    )
    siret = forms.CharField(
        label="SIRET", required=False, max_length=20, help_text="14 chiffres ; le SIREN en découle."
    )
    finess = forms.CharField(
        label="Numéro FINESS", required=False, max_length=14, help_text="9 chiffres, catégorie 604."
    )
    seat = forms.CharField(label="Siège", required=False, max_length=250)

    def clean_rna(self) -> str:
        number = compact(self.cleaned_data["rna"])
        if number and not re.fullmatch(r"W[0-9A-Z]{9}", number):
            raise forms.ValidationError(
                "Un numéro RNA s’écrit W suivi de 9 chiffres ou lettres, par exemple W621000000."
            )
        return number

    def clean_siret(self) -> str:
        number = compact(self.cleaned_data["siret"])
        if number and not is_siret(number):
            raise forms.ValidationError("Ce SIRET n’est pas valide : vérifiez ses 14 chiffres.")
        return number

    def clean_finess(self) -> str:
        number = compact(self.cleaned_data["finess"])
        if number and not is_finess(number):
            raise forms.ValidationError(
                "Ce numéro FINESS n’est pas valide : vérifiez ses 9 chiffres."
            )
        return number

    @property
    def identity(self) -> Identity:
        data = self.cleaned_data
        names = ("legal_form", "rna", "siret", "finess", "seat")
        return Identity(**{name: data[name].strip() for name in names})


class BankAccountForm(PortalForm):
    """Where the CPTS is paid."""

    holder = forms.CharField(label="Titulaire du compte", max_length=150)
    iban = forms.CharField(
        label="IBAN",
        max_length=50,
        help_text="Une autre personne devra le confirmer. La présidence en est prévenue.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    bic = forms.CharField(
        label="BIC",
        max_length=20,
        help_text="8 ou 11 lettres et chiffres, écrits sur le RIB à côté de l’IBAN.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_iban(self) -> str:
        text: str = self.cleaned_data["iban"]
        if not iban_numbers.is_valid(text):
            raise forms.ValidationError(
                "Cet IBAN n’est pas valide : vérifiez ses chiffres et sa clé."
            )
        return text

    def clean_bic(self) -> str:
        text: str = self.cleaned_data["bic"]
        if not bic_codes.is_valid(text):
            raise forms.ValidationError(
                "Ce BIC n’est pas valide : il a 8 ou 11 lettres et chiffres."
            )
        return text


class RefuseBankForm(PortalForm):
    """Why the proposed account is not the right one."""

    reason = forms.CharField(label="Motif du refus", max_length=300)


class SignatoryForm(PortalForm):
    """Who signs for a party, in post or by a dated delegation."""

    user = forms.ChoiceField(
        label="Signataire",
        help_text="Les personnes qui ont aujourd’hui le droit de signer pour cette partie.",
        error_messages={"required": "Choisissez le signataire."},
    )
    quality = forms.CharField(
        label="Qualité",
        required=False,
        max_length=120,
        help_text="Laissez vide si la personne signe dans ses fonctions habituelles.",
    )
    delegation = forms.CharField(
        label="Acte de délégation",
        required=False,
        max_length=120,
        help_text="Pour un délégataire, par exemple « arrêté 2024-12 ».",
    )
    delegation_on = forms.DateField(
        label="Date de l’acte de délégation", required=False, widget=forms.DateInput
    )

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.uuid): person for person in people}
        choices = [("", "Choisir"), *((key, str(p)) for key, p in self.people.items())]
        self.fields["user"].choices = choices  # type: ignore[attr-defined]

    @property
    def signatory(self) -> dict[str, Any]:
        """The arguments of `name_signatory`."""
        data = self.cleaned_data
        return {
            "user": self.people[data["user"]],
            "quality": data["quality"],
            "delegation": data["delegation"],
            "delegation_on": data["delegation_on"],
        }
