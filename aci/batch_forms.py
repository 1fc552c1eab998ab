"""Shape of a choice of contracts: a région, a state."""

from django import forms

from aci.workflow import ContractState
from foundation.forms import PortalForm
from territories.places import region_choices


class BatchForm(PortalForm):
    """Which contracts of one's scope are gathered."""

    region = forms.ChoiceField(
        label="Région", required=False, choices=[("", "Toutes celles de mon périmètre")]
    )
    state = forms.ChoiceField(
        label="État des contrats",
        required=False,
        choices=[("", "Tous"), *(one for one in ContractState.choices if one[0] != "abandoned")],
        help_text=(
            "Un contrat en négociation donne son document de travail ; un contrat signé, le "
            "document signé."
        ),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["region"]
        field.choices = [*field.choices, *region_choices()]  # type: ignore[attr-defined]

    @property
    def label(self) -> str:
        """« Contrats : Hauts-de-France, en vigueur »."""
        data = self.cleaned_data
        names = [dict(region_choices()).get(data["region"], "mon périmètre")]
        if data["state"]:
            names.append(str(ContractState(data["state"]).label))
        return f"Contrats : {', '.join(names)}"
