"""Shape of the input: the terms of a contract, a signature, a return to negotiation."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms

from aci.deadlines import mission_rule
from aci.grid_files import read_mission_rules
from aci.mission_codes import MISSIONS, MissionCode
from aci.models import Contract
from aci.parties import Party
from aci.simulator import FIRST_DAY, YEARS_AHEAD
from foundation import clock
from foundation.dates import format_date
from foundation.forms import PortalForm

REASON_LENGTH = 1000


class TermsForm(PortalForm):
    """The missions with their start, the planned signature, unscheduled care."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    planned_signature_on = forms.DateField(
        label="Date de signature prévue",
        help_text="Les montants et les délais du document sont calculés pour ce jour.",
        widget=forms.DateInput,
    )
    missions = forms.MultipleChoiceField(
        label="Missions du contrat",
        help_text="Cochez les missions que la CPTS s’engage à porter.",
        choices=[(code.value, code.label) for code in MISSIONS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins une mission."},
    )
    unscheduled_care_since = forms.DateField(
        label="Soins non programmés organisés à compter du",
        help_text="Laissez vide s’ils ne le sont pas encore : leur part n’est alors pas versée.",
        required=False,
        widget=forms.DateInput,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for mission in MISSIONS:
            self.fields[f"start_{mission.value}"] = forms.DateField(
                label=f"Démarrage de « {mission.label} »",
                help_text=_start_hint(mission),
                required=False,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            )
        self.order_fields(
            ["version", "planned_signature_on", "missions"]
            + [f"start_{mission.value}" for mission in MISSIONS]
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen = set(cleaned.get("missions") or [])
        for mission in MISSIONS:
            name = f"start_{mission.value}"
            if cleaned.get(name) and mission.value not in chosen:
                self.add_error(name, "Cochez cette mission, ou videz sa date de démarrage.")
        return cleaned

    @property
    def terms(self) -> dict[str, Any]:
        """The arguments that `draft` and `change_terms` share."""
        data = self.cleaned_data
        starts: dict[MissionCode, dt.date | None] = {
            MissionCode(code): data.get(f"start_{code}") for code in data["missions"]
        }
        return {
            "missions": starts,
            "unscheduled_care_since": data["unscheduled_care_since"],
            "planned_signature_on": data["planned_signature_on"],
        }

    @staticmethod
    def values_of(contract: Contract) -> dict[str, Any]:
        """What the form shows at first: the terms as they stand."""
        missions = list(contract.missions.all())
        return {
            "version": contract.terms_version,
            "planned_signature_on": contract.planned_signature_on,
            "missions": [mission.code for mission in missions],
            "unscheduled_care_since": contract.unscheduled_care_since,
            **{f"start_{mission.code}": mission.starts_on for mission in missions},
        }


class SignForm(PortalForm):
    """The consent, for the very document that the page shows."""

    party = forms.ChoiceField(choices=Party, widget=forms.HiddenInput)
    sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)
    consent = forms.BooleanField(
        error_messages={"required": "Cochez la case par laquelle vous signez le contrat."}
    )

    def __init__(self, *args: Any, consent: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consent"].label = consent

    @property
    def signature(self) -> dict[str, Any]:
        """The arguments of `sign`."""
        data = self.cleaned_data
        return {
            "party": Party(data["party"]),
            "sha256": data["sha256"],
            "consent": data["consent"],
        }


class SendBackForm(PortalForm):
    """Why the contract cannot be signed as it is."""

    party = forms.ChoiceField(choices=Party, widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Ce qui doit changer",
        help_text="Les trois parties liront ce motif. N’écrivez aucune donnée de patient.",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class AcceptForm(PortalForm):
    """Which party accepts which version; both come from the page, none is typed."""

    party = forms.ChoiceField(choices=Party)
    version = forms.IntegerField(min_value=1)


def _start_hint(mission: MissionCode) -> str:
    """« Vide : le jour de la signature. Au plus tard 6 mois après. »"""
    rule = mission_rule(mission, clock.today(), read_mission_rules())
    hint = "Vide : le jour de la signature."
    if rule is None or rule.start_within_months is None:
        return hint
    return f"{hint} Au plus tard {rule.start_within_months} mois après la signature."


class SimulationForm(PortalForm):
    """The settings of a simulation, read from the address."""

    # Shown beside the others; the draft itself carries the vintage.
    millesime = forms.ChoiceField(label="Millésime de population", required=False)
    signature = forms.DateField(
        label="Date de signature",
        help_text="Elle fixe le barème. Aujourd’hui, si vous ne savez pas.",
        widget=forms.DateInput,
        required=False,
    )
    mission = forms.MultipleChoiceField(
        label="Missions",
        help_text="Les quatre missions du socle sont cochées d’avance.",
        choices=[(code.value, code.label) for code in MISSIONS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, vintages: Iterable[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(year), str(year)) for year in sorted(vintages, reverse=True)]
        self.fields["millesime"].choices = choices  # type: ignore[attr-defined]
        self.fields["millesime"].required = not self.is_bound  # never « facultatif » on the page

    def clean_signature(self) -> dt.date:
        """Between the agreement and five years ahead; today when nothing is written."""
        today = clock.today()
        day = self.cleaned_data["signature"] or today
        last = dt.date(today.year + YEARS_AHEAD, 12, 31)
        if not FIRST_DAY <= day <= last:
            raise forms.ValidationError(
                f"La signature va du {format_date(FIRST_DAY)} au {format_date(last)}."
            )
        return day
