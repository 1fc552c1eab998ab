"""Shape of what people type about a territory, stored or simulated."""

from collections.abc import Callable
from typing import Any

from django import forms

from foundation.forms import PortalForm
from foundation.refusal import Refused
from territories.drafts.uploads import MAX_BYTES, read_communes
from territories.naming import MAX_ENTRIES, Resolved, resolve
from territories.shares import read_share

_CHOICE = "choix_"  # followed by the position of the entry in the list


class PasteForm(PortalForm):
    """A list of communes, kept by people in a letter or a spreadsheet.

    A name that several communes bear comes back as a question beside the list, which stays.
    """

    communes = forms.CharField(
        label="Liste de communes",
        help_text=(
            "Des noms ou des codes INSEE, un par ligne ou séparés par des virgules. Une part se "
            "note à la fin : « Lillers 62,5 % ». Un nom porté par plusieurs communes est d’abord "
            "cherché dans le département."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=60 * MAX_ENTRIES,
        strip=False,  # an empty first line counts when a mistake is said with its line
        error_messages={"required": "Collez au moins un nom ou un code INSEE."},
    )

    def __init__(self, *args: Any, departement: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.departement = departement
        self.resolved = Resolved()

    def clean(self) -> dict[str, Any]:
        """Once every field is read, since shared names add theirs; one clear sentence for each."""
        cleaned = super().clean() or self.cleaned_data
        text = cleaned.get("communes")
        if text is None:
            return cleaned
        if not text.strip():
            self.add_error("communes", self.fields["communes"].error_messages["required"])
            return cleaned
        choices = {
            int(name.removeprefix(_CHOICE)): str(self.data[name])
            for name in self.data
            if name.startswith(_CHOICE) and name.removeprefix(_CHOICE).isdecimal()
        }
        self.resolved = resolve(text, departement=self.departement, choices=choices)
        self._ask_choices()
        if self.resolved.sentence:
            self.add_error("communes", self.resolved.sentence)
        return cleaned

    def _ask_choices(self) -> None:
        """One question for each shared name; it is drawn only when the form is shown again."""
        for doubt in self.resolved.doubts:
            self.fields[f"{_CHOICE}{doubt.position}"] = forms.ChoiceField(
                label=f"Ligne {doubt.entry.line}, « {doubt.entry.name[:60]} » : quelle commune ?",
                choices=[(one.code, one.label) for one in doubt.candidates],
                widget=forms.RadioSelect,
                required=False,
            )
        self.refresh_labels()


class ImportForm(PortalForm):
    """A CSV file of communes; what it holds then goes the way of a pasted list."""

    file = forms.FileField(
        label="Fichier CSV",
        help_text=(
            "La première colonne de codes INSEE ou de noms est lue ; une colonne « part » est "
            "facultative. 1 Mo au plus."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"}),
        error_messages={
            "required": "Choisissez un fichier.",
            "empty": "Ce fichier est vide : choisissez un fichier qui contient des communes.",
        },
    )

    def clean_file(self) -> str:
        """The text of a pasted list, line for line."""
        upload = self.cleaned_data["file"]
        text: str = _cleaned(lambda: read_communes(upload.read(MAX_BYTES + 1)))
        return text


class ShareForm(PortalForm):
    """The part of one commune that a territory counts."""

    part = forms.CharField(
        label="Part comptée",
        help_text="En pourcentage, par exemple 62,5 %. Vide : la commune entière.",
        required=False,
        max_length=20,
    )

    def clean_part(self) -> int:
        """In ten-thousandths."""
        share: int = _cleaned(lambda: read_share(self.cleaned_data["part"]))
        return share


class NamedShareForm(ShareForm):
    """The same in a dossier, where the part may have a name."""

    part_name = forms.CharField(
        label="Nom de cette partie",
        help_text="Par exemple : quartiers nord.",
        required=False,
        max_length=100,
    )


class OverlapReasonForm(PortalForm):
    """Why the holders keep communes that another CPTS already covers."""

    reason = forms.CharField(
        label="Motif du chevauchement",
        help_text="L’ARS et la CPAM le liront avec le dossier.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        error_messages={"required": "Donnez le motif de ce chevauchement."},
    )


class VintageForm(PortalForm):
    """Which year of figures counts, and why."""

    vintage = forms.TypedChoiceField(
        label="Millésime de population", coerce=int, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label="Motif",
        help_text="Demandé si ce n’est pas le millésime en vigueur aujourd’hui.",
        required=False,
        max_length=300,
    )

    def __init__(self, *args: Any, choices: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["vintage"].choices = choices  # type: ignore[attr-defined]


def _cleaned(read: Callable[[], Any]) -> Any:
    """A refusal of the rules becomes an error of the field."""
    try:
        return read()
    except Refused as refused:
        raise forms.ValidationError(refused.reason) from None
