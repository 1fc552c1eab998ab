"""Shape of the input of a suspension: what, from when, why; then why it is lifted."""

from typing import Any

from django import forms

from aci.forms import REASON_LENGTH
from aci.mission_codes import MissionCode
from aci.models import Contract
from foundation.forms import PortalForm

WHOLE = ("", "Tout le contrat")


class SuspendForm(PortalForm):
    """A mission of the contract, or all of it."""

    mission = forms.ChoiceField(
        label="Ce qui est suspendu", required=False, widget=forms.RadioSelect
    )
    starts_on = forms.DateField(label="À partir du", widget=forms.DateInput)
    reason = forms.CharField(
        label="Motif",
        help_text="Les trois parties le lisent. N’écrivez aucune donnée de patient.",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Dites pourquoi la mission ou le contrat est suspendu."},
    )

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        missions = [(one.code, one.label) for one in contract.missions.all()]
        self.fields["mission"].choices = [WHOLE, *missions]  # type: ignore[attr-defined]

    @property
    def suspended(self) -> dict[str, Any]:
        """The arguments of `suspend`."""
        data = self.cleaned_data
        mission = MissionCode(data["mission"]) if data["mission"] else None
        return {"mission": mission, "starts_on": data["starts_on"], "reason": data["reason"]}


class LiftForm(PortalForm):
    """From when, and why."""

    lifted_on = forms.DateField(
        label="Levée à compter du",
        help_text="Premier jour où la suspension ne compte plus.",
        widget=forms.DateInput,
    )
    reason = forms.CharField(
        label="Motif de la levée",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Dites pourquoi la suspension est levée."},
    )
