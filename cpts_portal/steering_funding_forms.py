"""Filters of the funding of an area, kept in the address bar."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from aci.mission_codes import MissionCode
from aci.models import Contract
from aci.payments.envelopes import Asked, Grouping
from foundation import clock
from foundation.forms import LongSelect, PortalForm
from foundation.search import search_key

FIRST_YEAR, YEARS_AHEAD = 2019, 6
PLACES = {"region": "Région", "departement": "Département", "cpam_district": "CPAM"}
EVERY_YEAR = "toutes"


class FundingFilterForm(PortalForm):
    """Always bound: what is not said is the whole area, this year, by the next smaller part."""

    zone = forms.ChoiceField(label="Zone", required=False, widget=LongSelect)
    mission = forms.ChoiceField(label="Mission", required=False)
    exercice = forms.ChoiceField(
        label="Exercice", help_text="Année civile du versement.", required=False
    )
    par = forms.ChoiceField(label="Répartir par", required=False)

    def __init__(self, data: Mapping[str, str], *, contracts: Iterable[Contract]) -> None:
        super().__init__({name: data.get(name, "") for name in self.base_fields})
        self._places = _places(contracts)
        today = clock.today()
        years = range(FIRST_YEAR, today.year + YEARS_AHEAD)
        self._choices("zone", [("", "Tout mon périmètre"), *self._places.items()])
        self._choices(
            "mission", [("", "Toutes"), *((code.value, code.label) for code in MissionCode)]
        )
        self._choices(
            "exercice",
            [
                ("", f"{today.year} (en cours)"),
                (EVERY_YEAR, "Tous"),
                *((str(year), str(year)) for year in years if year != today.year),
            ],
        )
        self._choices(
            "par",
            [("", self._default.label), *((one.value, one.label) for one in Grouping)],
        )

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def _asked(self, name: str) -> str:
        """What was asked; nothing when it cannot be read."""
        return str(self.cleaned_data.get(name) or "") if self.errors is not None else ""

    @property
    def _default(self) -> Grouping:
        """Régions, else the départements of one, else its CPTS."""
        kinds = {kind: sum(slug.startswith(f"{kind}-") for slug in self._places) for kind in PLACES}
        if kinds["region"] > 1:
            return Grouping.REGION
        return Grouping.DEPARTEMENT if kinds["departement"] > 1 else Grouping.CPTS

    @property
    def grouping(self) -> Grouping:
        par = self._asked("par")
        if par:
            return Grouping(par)
        kind = self._asked("zone").partition("-")[0]
        if kind == "region":
            return Grouping.DEPARTEMENT
        return Grouping.CPTS if kind else self._default

    @property
    def asked(self) -> Asked:
        kind, _, code = self._asked("zone").partition("-")
        return Asked(
            place=(kind, code) if kind else None,
            mission=self._asked("mission"),
            year=self._year,
        )

    @property
    def _year(self) -> int | None:
        year = self._asked("exercice")
        if year == EVERY_YEAR or (not year and self.grouping is Grouping.YEAR):
            return None
        return int(year) if year else clock.today().year

    @property
    def place_name(self) -> str:
        return self._places.get(self._asked("zone"), "Tout mon périmètre")

    @property
    def year_words(self) -> str:
        return f"exercice {self._year}" if self._year else "tous les exercices"


def _places(contracts: Iterable[Contract]) -> dict[str, str]:
    """« region-32 » → « Région Hauts-de-France », of the contracts seen, each kind by name."""
    found: dict[str, dict[str, str]] = {kind: {} for kind in PLACES}
    for contract in contracts:
        for kind in PLACES:
            place = getattr(contract.cpts, kind)
            found[kind][str(place.pk)] = place.name
    return {
        f"{kind}-{code}": name if kind == "cpam_district" else f"{PLACES[kind]} {name}"
        for kind, names in found.items()
        for code, name in sorted(names.items(), key=lambda item: search_key(item[1]))
    }
