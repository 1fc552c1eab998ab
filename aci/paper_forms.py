"""Shape of the input: the pages signed by hand, and what is read on them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from accounts.models import User
from aci.actions.paper import MOST_FILES, SCAN_RULE, Written
from aci.parties import SIGNING_ORDER, Party
from foundation.forms import PortalForm
from records.files import MEGABYTE
from territories.exchanges.forms import SeveralFilesField, SeveralFilesInput


class PagesField(SeveralFilesField):
    """One PDF, or a picture a page."""

    most = MOST_FILES
    too_many = "Joignez au plus {most} images, ou un seul PDF."


class ScanForm(PortalForm):
    """The pages; for each party still to sign, who signed on them and which day."""

    uploads = PagesField(
        label="Pages signées",
        help_text=(
            "Toutes les pages du document, avec leur code QR lisible : un PDF, ou une image "
            f"par page. {SCAN_RULE.max_size // MEGABYTE} Mo au plus par fichier."
        ),
        widget=SeveralFilesInput(attrs={"accept": SCAN_RULE.accept}),
        error_messages={"required": "Joignez les pages signées, en un PDF ou en images."},
    )

    def __init__(self, *args: Any, people: Mapping[Party, Sequence[User]], **kwargs: Any) -> None:
        self.people = {
            party: {str(person.uuid): person for person in people[party]}
            for party in SIGNING_ORDER
            if party in people
        }
        super().__init__(*args, **kwargs)
        for party, known in self.people.items():
            self.fields[f"signatory_{party.value}"] = forms.ChoiceField(
                label=f"Signé pour {party.with_article} par",
                required=False,
                choices=[
                    ("", f"{party.with_article.capitalize()} n’a pas signé ces pages"),
                    *((key, person.get_full_name()) for key, person in known.items()),
                ],
            )
            self.fields[f"signed_on_{party.value}"] = forms.DateField(
                label=f"Date écrite à côté de la signature pour {party.with_article}",
                required=False,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            )
        self.order_fields([name for name in self.fields if name != "uploads"] + ["uploads"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        told = 0
        for party in self.people:
            who, day = f"signatory_{party.value}", f"signed_on_{party.value}"
            told += bool(cleaned.get(who))
            if cleaned.get(who) and not cleaned.get(day) and day not in self.errors:
                self.add_error(day, "Recopiez la date écrite à côté de la signature.")
            if cleaned.get(day) and not cleaned.get(who) and who not in self.errors:
                self.add_error(who, "Dites qui a signé, ou videz la date.")
        if not told and not self.errors:
            raise forms.ValidationError("Indiquez qui a signé, pour au moins une partie.")
        return cleaned

    @property
    def scan(self) -> dict[str, Any]:
        """The arguments of `upload_scan`."""
        data = self.cleaned_data
        written = {}
        for party, known in self.people.items():
            chosen = data[f"signatory_{party.value}"]
            if chosen:
                written[party] = Written(known[chosen], data[f"signed_on_{party.value}"])
        return {"uploads": data["uploads"], "written": written}


class DismissScanForm(PortalForm):
    """Why the pages do not count."""

    reason = forms.CharField(
        label="Motif pour écarter ces pages",
        help_text="Qui les a déposées lira ce motif.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Dites pourquoi ces pages sont écartées."},
    )
