"""Shape of the input: what a signed paper says, and its scan."""

from collections.abc import Iterable
from typing import Any

from django import forms

from aci.actions.registrations import SCAN_RULE
from aci.forms import REASON_LENGTH, TermsForm
from aci.parties import Party
from foundation.dates import format_date
from foundation.forms import PortalForm
from foundation.numbers import NBSP, format_number
from territories.models import Territory


class RegisterContractForm(TermsForm):
    """The terms, as those of a negotiation; the real signature, the signatories, the scan."""

    territory = forms.ChoiceField(label="Version du territoire", widget=forms.RadioSelect)
    signatory_cpts = forms.CharField(label="Signé pour la CPTS par", max_length=210)
    signatory_cpam = forms.CharField(label="Signé pour la CPAM par", max_length=210)
    signatory_ars = forms.CharField(label="Signé pour l’ARS par", max_length=210)
    scan = forms.FileField(
        label="Contrat numérisé",
        help_text="Un seul PDF de 20 Mo au plus, avec les trois signatures.",
        widget=forms.FileInput(attrs={"accept": SCAN_RULE.accept}),
        error_messages={"required": "Joignez le contrat numérisé, en PDF."},
    )

    def __init__(self, *args: Any, territories: Iterable[Territory], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versions = {str(one.pk): one for one in territories}
        choices = [(key, _sentence(one)) for key, one in self.versions.items()]
        self.fields["territory"].choices = choices  # type: ignore[attr-defined]
        self.fields["planned_signature_on"].label = "Date de signature"
        self.fields["planned_signature_on"].help_text = "Celle qui est écrite sur le contrat."

    @property
    def registered(self) -> dict[str, Any]:
        """The arguments of `register_contract`."""
        data, terms = self.cleaned_data, self.terms
        return {
            "signed_on": terms["planned_signature_on"],
            "missions": terms["missions"],
            "unscheduled_care_since": terms["unscheduled_care_since"],
            "territory": self.versions[data["territory"]],
            "signatories": {party: data[f"signatory_{party.value}"] for party in Party},
            "scan": data["scan"],
        }


class DismissForm(PortalForm):
    """Why what was registered does not stand."""

    reason = forms.CharField(
        label="Motif pour écarter cet enregistrement",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Dites pourquoi cet enregistrement est écarté."},
    )


def _sentence(territory: Territory) -> str:
    until = (
        f" au {format_date(territory.replaced_on)}, exclu"
        if territory.replaced_on
        else ", en vigueur"
    )
    return (
        f"Du {format_date(territory.valid_from)}{until}{NBSP}: "
        f"{territory.commune_count}{NBSP}communes, {format_number(territory.population)}{NBSP}"
        f"habitants, taille{NBSP}{territory.size}, millésime {territory.vintage}"
    )
