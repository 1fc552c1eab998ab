"""Which dossiers a calendar tells: only areas and CPTS that the person follows."""

from typing import Any

from django import forms

from accounts.models import User
from foundation.forms import PortalForm
from territories.models import Cpts
from territories.places import departement_names, departement_regions

EVERYTHING = "tout"


class SubscribeForm(PortalForm):
    """All one's dossiers, one's areas and their départements, one's CPTS."""

    scope = forms.ChoiceField(
        label="Dates à recevoir",
        error_messages={
            "required": "Choisissez les dates à recevoir.",
            "invalid_choice": "Choisissez un périmètre de la liste.",
        },
    )

    def __init__(self, *args: Any, user: User, cpts: Cpts | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._scopes = _scopes_of(user, cpts)
        scope: Any = self.fields["scope"]
        scope.choices = [(word, label) for word, (label, _) in self._scopes.items()]
        self.fields["scope"].initial = f"cpts-{cpts.reference}" if cpts else EVERYTHING
        self.refresh_labels()

    @property
    def chosen(self) -> dict[str, Any]:
        """The scope for `territories.feeds.subscribe`."""
        return self._scopes[self.cleaned_data["scope"]][1]


def _scopes_of(user: User, cpts: Cpts | None) -> dict[str, tuple[str, dict[str, Any]]]:
    found: dict[str, tuple[str, dict[str, Any]]] = {EVERYTHING: ("Tous mes dossiers", {})}
    if cpts is not None:
        found[f"cpts-{cpts.reference}"] = (cpts.name, {"cpts": cpts})
    for item in user.current_assignments:
        for name in ("region", "departement", "cpam_district", "cpts"):
            scope = getattr(item, name)
            if scope is not None:
                word = scope.reference if name == "cpts" else scope.pk
                found[f"{name}-{word}"] = (str(scope), {name: scope})
        if item.region_id is not None:
            found |= _departements_of(item.region_id)
    return found


def _departements_of(region: str) -> dict[str, tuple[str, dict[str, Any]]]:
    codes = [code for code, its in departement_regions().items() if its == region]
    names = departement_names()
    return {f"departement-{code}": (names[code], {"departement_id": code}) for code in codes}
