"""What is tried: an area, a table of amounts, a date of effect, a vintage of populations."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms

from foundation import clock
from foundation.csv_files import text_of
from foundation.forms import PortalForm
from foundation.refusal import Refused
from territories.areas import FRANCE, Area, area_of
from territories.places import region_choices

MAX_BYTES = 200_000
YEARS_AHEAD = 5
_TOO_LARGE = "Ce fichier dépasse 200 ko : un barème tient en quelques pages."


class GridTrialForm(PortalForm):
    """A file, or the same lines in the box: they stay there, to be changed and tried again."""

    zone = forms.ChoiceField(label="Périmètre")
    from_day = forms.DateField(
        label="Date d’effet",
        help_text="Les années de contrat qui s’ouvrent à partir de ce jour sont payées à l’essai.",
        widget=forms.DateInput,
    )
    vintage = forms.TypedChoiceField(
        label="Populations",
        required=False,
        coerce=int,
        empty_value=None,
        help_text="Un autre millésime peut changer la taille de certaines CPTS.",
    )
    file = forms.FileField(
        label="Barème, en fichier CSV",
        required=False,
        help_text="Colonnes Taille, Mission, Part, Montant. Seules les lignes à changer suffisent.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )
    lines = forms.CharField(
        label="Ou ses lignes",
        required=False,
        max_length=MAX_BYTES,
        help_text="Ce qui n’y figure pas reste au montant du barème en vigueur.",
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )

    def __init__(
        self, *args: Any, own: Sequence[Area], vintages: Sequence[int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._own, self._vintages = own, vintages
        self._areas = {area.slug: area for area in own}
        if FRANCE.slug in self._areas:
            regions = (area_of(f"region-{code}") for code, _ in region_choices())
            self._areas |= {area.slug: area for area in regions if area}
        zone: Any = self.fields["zone"]
        zone.choices = [(slug, area.name) for slug, area in self._areas.items()]
        vintage: Any = self.fields["vintage"]
        vintage.choices = [
            ("", "Figées à la signature de chaque contrat"),
            *((str(year), f"Millésime {year}") for year in vintages),
        ]
        today = clock.today()
        self.fields["from_day"].initial = dt.date(today.year + 1, 1, 1)

    def with_its_lines(self) -> "GridTrialForm":
        """The same, the lines of its file in the box: ready to be changed and tried again."""
        typed = {name: self.data.get(name, "") for name in self.fields}
        data = {**typed, "lines": self.cleaned_data["text"]}
        return GridTrialForm(data, own=self._own, vintages=self._vintages)

    @property
    def area(self) -> Area:
        return self._areas[self.cleaned_data["zone"]]

    def clean_from_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["from_day"]
        this_year = clock.today().year
        if not this_year <= day.year <= this_year + YEARS_AHEAD:
            raise forms.ValidationError(
                f"Choisissez une date entre {this_year} et {this_year + YEARS_AHEAD}."
            )
        return day

    def clean_file(self) -> str:
        """The text of the file; it takes the place of the lines in the box."""
        upload = self.cleaned_data["file"]
        if not upload:
            return ""
        content = upload.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise forms.ValidationError(_TOO_LARGE)
        try:
            return text_of(content)
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["text"] = cleaned.get("file") or cleaned.get("lines", "")
        return cleaned
