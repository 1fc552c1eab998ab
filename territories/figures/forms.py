"""Where and when figures are asked for: an area and a day of the address bar."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from foundation import clock
from foundation.forms import LongSelect, PortalForm
from territories.areas import FRANCE, Area, area_of
from territories.coverage import FIRST_YEAR
from territories.places import departement_choices, region_choices

FIRST_DAY = dt.date(FIRST_YEAR, 1, 1)


class AreaDayForm(PortalForm):
    """Always bound: what is not said is the first area offered, today."""

    zone = forms.ChoiceField(
        label="Zone",
        required=False,
        widget=LongSelect,
        error_messages={"invalid_choice": "Cette zone n’existe pas : choisissez-en une autre."},
    )
    date = forms.DateField(
        label="À la date du",
        help_text="Depuis 2019. Vide : aujourd’hui.",
        required=False,
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        widget=forms.DateInput,
        error_messages={"invalid": "Choisissez une date du calendrier, depuis 2019."},
    )

    def __init__(
        self,
        data: Mapping[str, str],
        *,
        own: Sequence[Area] = (),
        districts: Sequence[Area] = (),
    ) -> None:
        super().__init__({name: data.get(name, "") for name in ("zone", "date")})
        self._areas = {area.slug: area for area in (*own, FRANCE, *districts)}
        choices = [(area.slug, f"Mon périmètre : {area.name}") for area in own]
        choices += [(FRANCE.slug, FRANCE.name)]
        choices += [(f"region-{code}", f"Région {name}") for code, name in region_choices()]
        choices += [(f"departement-{code}", label) for code, label in departement_choices()]
        choices += [(area.slug, area.name) for area in districts]
        field: Any = self.fields["zone"]
        mine = {area.slug for area in own}
        field.choices = choices[: len(mine)] + [item for item in choices if item[0] not in mine]
        self._offer_asked(field)
        widget = self.fields["date"].widget
        widget.attrs |= {"min": FIRST_DAY.isoformat(), "max": clock.today().isoformat()}

    def _offer_asked(self, field: Any) -> None:
        """An EPCI or a CPAM comes by a link of a table: it joins the choices."""
        slug = self.data["zone"]
        if not slug or any(slug == choice for choice, _ in field.choices):
            return
        area = area_of(slug[:40].replace("\0", ""))
        if area is not None:
            self._areas[area.slug] = area
            field.choices = [*field.choices, (area.slug, area.name)]

    def clean_date(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["date"]
        if day is not None and not FIRST_DAY <= day <= clock.today():
            raise forms.ValidationError(
                "Choisissez une date entre le 1er janvier 2019 et aujourd’hui."
            )
        return day

    @property
    def area(self) -> Area:
        """The area asked for; the first one offered when it cannot be read."""
        first = next(iter(self._areas.values()))
        slug = self.cleaned_data.get("zone") if self.is_bound and self.errors is not None else ""
        if not slug:
            return first
        return self._areas.get(slug) or area_of(slug) or first

    @property
    def day(self) -> dt.date:
        """The day asked for; today when it cannot be read."""
        return (self.cleaned_data.get("date") if self.errors is not None else None) or clock.today()
