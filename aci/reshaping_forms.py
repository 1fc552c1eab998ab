"""Shape of the input of a merger or a split."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from aci.forms import REASON_LENGTH
from aci.models import ReshapingCommune, ReshapingPart
from aci.reshaping_rules import NOBODY
from foundation.forms import LongSelect, PortalForm
from territories.models import Cpts

MOST = 6  # CPTS that one becomes
PREFIX = "commune-"
NEW, ABSORBED = "new", "absorbed"


class WhenForm(PortalForm):
    """The day and the reason."""

    effective_on = forms.DateField(
        label="Date d’effet",
        help_text=(
            "Premier jour de la nouvelle situation. Les contrats en cours prennent fin la veille."
        ),
        widget=forms.DateInput,
    )
    reason = forms.CharField(
        label="Motif",
        help_text="Les parties le lisent. N’écrivez aucune donnée de patient.",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Dites pourquoi."},
    )


class MergerForm(WhenForm):
    """With whom, under which name, followed by whom."""

    others = forms.MultipleChoiceField(
        label="Fusionne avec",
        help_text="Les CPTS voisines d’abord, puis celles du même département.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins une autre CPTS."},
    )
    mode = forms.ChoiceField(label="Ce qu’elles deviennent", widget=forms.RadioSelect)
    name = forms.CharField(
        label="Nom de la nouvelle CPTS",
        help_text="Pour une nouvelle CPTS seulement. Elle peut garder le nom de l’une d’elles.",
        max_length=150,
        required=False,
    )
    departement = forms.ChoiceField(label="Département principal")
    cpam_district = forms.ChoiceField(label="CPAM chargée du dossier")
    field_order = (
        "others",
        "mode",
        "name",
        "departement",
        "cpam_district",
        "effective_on",
        "reason",
    )

    def __init__(self, *args: Any, cpts: Cpts, candidates: Sequence[Cpts], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cpts = cpts
        self.candidates = {one.slug: one for one in candidates}
        everybody = [cpts, *candidates]
        places = {one.departement.pk: one.departement for one in everybody}
        funds = {one.cpam_district.pk: one.cpam_district for one in everybody}
        self.places, self.funds = places, funds
        self._choose(
            "mode",
            [
                (NEW, "Une nouvelle CPTS, avec son propre dossier"),
                (ABSORBED, f"{cpts.name} absorbe les autres et garde son dossier et son contrat"),
            ],
        )
        self._choose("others", [(one.slug, one.name) for one in candidates])
        self._choose("departement", [(key, one.name) for key, one in places.items()])
        self._choose("cpam_district", [(key, one.name) for key, one in funds.items()])

    def _choose(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    @property
    def absorber(self) -> Cpts | None:
        """The CPTS of the dossier, when it takes the others in."""
        return self.cpts if self.cleaned_data["mode"] == ABSORBED else None

    @property
    def chosen(self) -> list[Cpts]:
        """The CPTS that are replaced."""
        others = [self.candidates[slug] for slug in self.cleaned_data["others"]]
        return others if self.absorber else [self.cpts, *others]


class SplitForm(WhenForm):
    """Into which CPTS; their communes are shared out on the next page."""

    names = forms.CharField(
        label="Noms des nouvelles CPTS",
        help_text=f"Un nom par ligne, de 2 à {MOST}. Les communes se répartissent ensuite.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Donnez au moins deux noms, un par ligne."},
    )
    field_order = ("names", "effective_on", "reason")

    def clean_names(self) -> list[str]:
        """One for each line that says something."""
        names = [line.strip() for line in self.cleaned_data["names"].splitlines() if line.strip()]
        if not 2 <= len(names) <= MOST:
            raise forms.ValidationError(f"Donnez de 2 à {MOST} noms, un par ligne.")
        if any(len(name) > 150 for name in names):
            raise forms.ValidationError("Un nom tient en 150 caractères.")
        return names


class SharingForm(PortalForm):
    """One choice for each commune held before."""

    def __init__(
        self,
        *args: Any,
        successors: Sequence[ReshapingPart],
        communes: dict[str, str],
        known: Iterable[ReshapingCommune],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            ("", "À choisir"),
            *((str(part.position), part.name) for part in successors),
            (str(NOBODY), "À aucune CPTS"),
        ]
        now = {row.commune_id: str(row.part.position if row.part else NOBODY) for row in known}
        for code, name in communes.items():
            self.fields[f"{PREFIX}{code}"] = forms.ChoiceField(
                label=name,
                choices=choices,
                required=False,
                initial=now.get(code, ""),
                widget=LongSelect,
            )

    @property
    def sharing(self) -> dict[str, int]:
        """Code → rank of the successor, 0 for nobody; what is not chosen is not there."""
        return {
            name.removeprefix(PREFIX): int(value)
            for name, value in self.cleaned_data.items()
            if value != ""
        }


class WhyForm(PortalForm):
    """Why it is refused, or given up."""

    reason = forms.CharField(
        label="Motif",
        help_text="Les parties le lisent.",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Dites pourquoi."},
    )
