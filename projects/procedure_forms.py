"""The shape of a new version of a procedure, filled with what holds today."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst

from foundation.forms import PortalForm
from projects.models import Procedure
from projects.workflow import Level
from territories.models import Region

MOST_DAYS = 366
MOST_OPINIONS = 2
KINDS = (("letter", "la lettre"), ("project", "le projet"))
# Columns that the form takes over as they are.
COLUMNS = (
    "region",
    "title",
    "decision_form",
    "tacit_months",
    "completeness_days",
    "pieces_days",
    "opinion_days",
    "certainty",
    "source",
)
LEVELS = [("", "Aucun"), *Level.choices]


class ProcedureForm(PortalForm):
    """Dates, opinions in their order, delays; the preview and the creation read the same form."""

    region = forms.ModelChoiceField(
        Region.objects.order_by("name"),
        label="Région",
        required=False,
        empty_label="France entière (par défaut)",
    )
    effective_from = forms.DateField(
        label="En vigueur à partir du",
        widget=forms.DateInput,
        help_text="Aujourd’hui au plus tôt. Les dossiers ouverts avant gardent leur procédure.",
        error_messages={"required": "Donnez le premier jour de cette version."},
    )
    title = forms.CharField(label="Intitulé", max_length=150)
    decision_form = forms.ChoiceField(
        label="Forme de la décision",
        choices=Procedure.DecisionForm.choices,
        widget=forms.RadioSelect,
    )
    tacit_months = forms.IntegerField(
        label="Mois avant la validation tacite", min_value=1, max_value=24
    )
    completeness_days = forms.IntegerField(
        label="Jours pour vérifier la complétude", min_value=1, max_value=MOST_DAYS
    )
    pieces_days = forms.IntegerField(
        label="Jours pour fournir les pièces", min_value=1, max_value=MOST_DAYS
    )
    opinion_days = forms.IntegerField(
        label="Jours pour donner les avis", min_value=1, max_value=MOST_DAYS
    )
    reminder_days = forms.CharField(
        label="Rappels, en jours avant la fin du délai légal",
        max_length=60,
        required=False,
        help_text="Par exemple\u00a0: 15, 5.",
    )
    certainty = forms.ChoiceField(
        label="Certitude",
        choices=[(value, capfirst(label)) for value, label in Procedure.Certainty.choices],
        widget=forms.RadioSelect,
    )
    source = forms.CharField(
        label="Source", max_length=300, help_text="D’où vient cette pratique, ou qui l’a décidée."
    )

    def __init__(self, base: Procedure, data: Any = None) -> None:
        super().__init__(data, initial=_initial(base))
        for kind, words in KINDS:
            for rank in range(1, MOST_OPINIONS + 1):
                order = "Premier" if rank == 1 else "Second"
                self.fields[f"{kind}_level_{rank}"] = forms.ChoiceField(
                    label=f"{order} avis sur {words}", choices=LEVELS, required=False
                )
                self.fields[f"{kind}_label_{rank}"] = forms.CharField(
                    label=f"Nom du {order.lower()} avis sur {words}",
                    max_length=150,
                    required=False,
                )
        opinions = [name for name in self.fields if "_level_" in name or "_label_" in name]
        self.order_fields(["region", "effective_from", "title", "decision_form", *opinions])

    def clean_reminder_days(self) -> list[int]:
        """« 15, 5 » → [15, 5]."""
        words = self.cleaned_data["reminder_days"].replace(";", ",").split(",")
        given = [word.strip() for word in words if word.strip()]
        if not all(word.isdecimal() and 1 <= int(word) <= MOST_DAYS for word in given):
            raise ValidationError("Écrivez des nombres de jours séparés par des virgules.")
        return sorted({int(word) for word in given}, reverse=True)

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of the new row."""
        given: dict[str, Any] = {
            name: self.cleaned_data[name] for name in ("effective_from", *COLUMNS)
        }
        given["reminder_days"] = self.cleaned_data["reminder_days"]
        return given | {f"{kind}_opinions": self._opinions(kind) for kind, _ in KINDS}

    def _opinions(self, kind: str) -> list[dict[str, str]]:
        rows = [
            {
                "level": self.cleaned_data[f"{kind}_level_{rank}"],
                "label": self.cleaned_data[f"{kind}_label_{rank}"].strip(),
            }
            for rank in range(1, MOST_OPINIONS + 1)
        ]
        return [row for row in rows if row["level"]]


def _initial(base: Procedure) -> dict[str, Any]:
    initial: dict[str, Any] = {name: getattr(base, name) for name in COLUMNS}
    initial["reminder_days"] = ", ".join(map(str, base.reminder_days))
    for kind, _ in KINDS:
        for rank, row in enumerate(getattr(base, f"{kind}_opinions"), 1):
            initial |= {f"{kind}_level_{rank}": row["level"], f"{kind}_label_{rank}": row["label"]}
    return initial
