"""Shape of the codes that people type; nothing is checked against anybody here."""

from typing import Any

from django import forms

from accounts.models import User
from foundation.forms import PortalForm

_CODE = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}


class ProofForm(PortalForm, forms.Form):
    """One code, of the telephone or of the paper kept aside."""

    code = forms.CharField(
        label="Code",
        help_text="Les six chiffres de votre application, ou un code de secours.",
        max_length=40,
        error_messages={"required": "Saisissez le code."},
        widget=forms.TextInput(attrs=_CODE),
    )


class EnrolForm(PortalForm, forms.Form):
    """The first code of a telephone; the password too, when no factor protects the account yet."""

    password = forms.CharField(
        label="Votre mot de passe",
        help_text="Pour être sûr que c’est vous.",
        error_messages={"required": "Saisissez votre mot de passe."},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label="Code affiché par l’application",
        help_text="Six chiffres, qui changent toutes les trente secondes.",
        max_length=40,
        error_messages={"required": "Saisissez le code."},
        widget=forms.TextInput(attrs={**_CODE, "inputmode": "numeric"}),
    )

    def __init__(self, user: User, *args: Any, asks_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not asks_password:
            del self.fields["password"]
            self.refresh_labels()

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError("Ce n’est pas votre mot de passe.")
        return password
