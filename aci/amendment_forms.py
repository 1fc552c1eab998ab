"""Shape of the input of an amendment: its purpose, its territory, its missions."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms

from aci.forms import REASON_LENGTH
from aci.mission_codes import MISSIONS, MissionCode
from aci.models import Amendment
from foundation.forms import PortalForm
from territories.actions import ChosenCommune
from territories.forms import PasteForm
from territories.models import TerritoryCommune
from territories.shares import WHOLE


def _day_field(label: str, hint: str, *, required: bool = False) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=hint, required=required, widget=widget)


class PurposeForm(PortalForm):
    """From when the contract changes, and why."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    effective_on = forms.DateField(
        label="Date d’effet",
        help_text="Dans une année de contrat qui n’est pas close. Le 1er jour d’une année est plus "
        "simple : aucune année n’est alors partagée.",
        widget=forms.DateInput,
    )
    reason = forms.CharField(
        label="Motif de l’avenant",
        help_text="Il figure dans le document. N’écrivez aucune donnée de patient.",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    @property
    def purpose(self) -> dict[str, Any]:
        """The arguments that `draft_amendment` and `change_amendment_purpose` share."""
        return {name: self.cleaned_data[name] for name in ("effective_on", "reason")}


class AbandonForm(PortalForm):
    """Why the amendment will not be signed."""

    reason = forms.CharField(
        label="Motif de l’abandon",
        help_text="Les trois parties liront ce motif. N’écrivez aucune donnée de patient.",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Dites pourquoi l’avenant est abandonné."},
    )


class AmendedTerritoryForm(PasteForm):
    """The communes that come in, those that go, and the vintage that counts them."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    leaving = forms.MultipleChoiceField(
        label="Communes qui sortent",
        help_text="Cochez celles qui quittent le territoire.",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    vintage = forms.TypedChoiceField(
        label="Millésime de population",
        help_text="Celui du contrat est gardé, sauf si les parties en choisissent un autre.",
        coerce=int,
    )
    vintage_reason = forms.CharField(
        label="Motif du changement de millésime",
        help_text="Obligatoire si le millésime change.",
        max_length=300,
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        rows: Iterable[TerritoryCommune],
        vintages: Iterable[int],
        kept_vintage: int,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rows = list(rows)
        self.kept_vintage = kept_vintage
        entering = self.fields["communes"]
        entering.label, entering.required = "Communes qui entrent", False
        leaving: Any = self.fields["leaving"]
        leaving.choices = [
            (row.commune_id, f"{row.commune.name} ({row.commune_id})") for row in self.rows
        ]
        vintage: Any = self.fields["vintage"]
        vintage.choices = [(year, str(year)) for year in vintages]
        self.order_fields(["version", "communes", "leaving", "vintage", "vintage_reason"])
        self.refresh_labels()

    def clean(self) -> dict[str, Any]:
        if not (self.data.get("communes") or "").strip():
            self.cleaned_data.pop("communes", None)  # nobody comes in
        cleaned = super().clean()
        changes = cleaned.get("vintage") not in (None, self.kept_vintage)
        if changes and not cleaned.get("vintage_reason"):
            self.add_error("vintage_reason", "Dites pourquoi le millésime change.")
        return cleaned

    @property
    def territory(self) -> dict[str, Any]:
        """The arguments of `change_amended_territory`."""
        leaving = set(self.cleaned_data["leaving"])
        chosen = {
            row.commune_id: ChosenCommune(row.commune_id, row.certainty, row.share, row.part)
            for row in self.rows
            if row.commune_id not in leaving
        }
        entering = self.resolved.shares
        chosen |= {
            code: ChosenCommune(code, share=entering.get(code, WHOLE))
            for code in entering
            if code not in chosen or code in self.resolved.with_share
        }
        return {
            "chosen": list(chosen.values()),
            "vintage": self.cleaned_data["vintage"],
            "vintage_reason": self.cleaned_data["vintage_reason"] or None,
        }


class AmendedMissionsForm(PortalForm):
    """The missions from the date of effect on, with their start; unscheduled care."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    missions = forms.MultipleChoiceField(
        label="Missions à compter de la date d’effet",
        help_text="Décochez une mission pour la retirer. Elle est payée jusqu’à la date d’effet.",
        choices=[(code.value, code.label) for code in MISSIONS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins une mission."},
    )
    unscheduled_care_since = _day_field(
        "Soins non programmés organisés à compter du",
        "Laissez vide s’ils ne le sont pas encore.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for mission in MISSIONS:
            self.fields[f"start_{mission.value}"] = _day_field(
                f"Démarrage de « {mission.label} »", "Vide : le jour où l’avenant prend effet."
            )
        self.order_fields(
            ["version", "missions", *(f"start_{mission.value}" for mission in MISSIONS)]
        )
        self.refresh_labels()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen = set(cleaned.get("missions") or [])
        for mission in MISSIONS:
            name = f"start_{mission.value}"
            if cleaned.get(name) and mission.value not in chosen:
                del cleaned[name]  # a mission that is taken away has no start any more
        return cleaned

    @property
    def terms(self) -> dict[str, Any]:
        """The arguments of `change_amended_missions`."""
        data = self.cleaned_data
        starts: dict[MissionCode, dt.date | None] = {
            MissionCode(code): data.get(f"start_{code}") for code in data["missions"]
        }
        return {"missions": starts, "unscheduled_care_since": data["unscheduled_care_since"]}

    @staticmethod
    def values_of(amendment: Amendment) -> dict[str, Any]:
        terms = amendment.terms
        return {
            "version": amendment.terms_version,
            "missions": [item.mission.value for item in terms.missions],
            "unscheduled_care_since": terms.unscheduled_care_since,
            **{f"start_{item.mission.value}": item.starts_on for item in terms.missions},
        }
