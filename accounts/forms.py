"""Shape of what people type to sign in and to open an account; nothing is saved here."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm

from accounts.models import User
from accounts.notifications import EVENT_SENTENCES, Event, paces_for
from foundation.forms import PortalForm

EMAIL_HINT = "Format attendu : nom@domaine.fr"


class SignInForm(PortalForm, AuthenticationForm):
    """E-mail and password. One message for all failures: it tells nothing of who has an account."""

    error_messages = {
        "invalid_login": (
            "Adresse ou mot de passe incorrect. Vérifiez votre saisie ou demandez un nouveau "
            "mot de passe."
        ),
        "inactive": "Adresse ou mot de passe incorrect.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        username = self.fields["username"]
        username.label = "Adresse électronique"
        username.help_text = EMAIL_HINT
        username.error_messages["required"] = "Saisissez votre adresse électronique."
        username.widget = forms.EmailInput(
            attrs={"autocomplete": "username", "class": "fr-input", "maxlength": 254}
        )
        password = self.fields["password"]
        password.label = "Mot de passe"
        password.error_messages["required"] = "Saisissez votre mot de passe."
        self.refresh_labels()

    def clean_username(self) -> str:
        """One spelling per account: changing the case must not give six more tries."""
        return User.objects.normalize(self.cleaned_data["username"])


class OpenAccountForm(PortalForm, forms.Form):
    """Who asks for an account."""

    email = forms.EmailField(
        label="Adresse électronique",
        help_text=f"{EMAIL_HINT}. Nous y enverrons un lien valable 24 heures.",
        max_length=254,
        error_messages={
            "required": "Saisissez votre adresse électronique.",
            "invalid": "Saisissez une adresse complète, par exemple nom@domaine.fr.",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    first_name = forms.CharField(
        label="Prénom",
        max_length=100,
        error_messages={"required": "Saisissez votre prénom."},
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label="Nom",
        max_length=100,
        error_messages={"required": "Saisissez votre nom."},
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )


class AskPasswordForm(PortalForm, forms.Form):
    """Whose password was lost."""

    email = forms.EmailField(
        label="Adresse électronique de votre compte",
        help_text=EMAIL_HINT,
        max_length=254,
        error_messages={
            "required": "Saisissez votre adresse électronique.",
            "invalid": "Saisissez une adresse complète, par exemple nom@domaine.fr.",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


def _word_passwords(form: Any) -> None:
    form.fields["new_password1"].label = "Nouveau mot de passe"
    form.fields[
        "new_password1"
    ].help_text = "Au moins 12 caractères, sans votre nom ni un mot de passe courant."
    form.fields["new_password2"].label = "Le même, une seconde fois"
    form.fields["new_password2"].help_text = ""
    for name in ("new_password1", "new_password2"):
        form.fields[name].error_messages["required"] = "Saisissez un mot de passe."
    form.refresh_labels()


class ChoosePasswordForm(PortalForm, SetPasswordForm):  # type: ignore[type-arg]  # generic only in stubs
    """The password of an account reached by a link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word_passwords(self)


class ChangePasswordForm(PortalForm, PasswordChangeForm):
    """A new password, against the old one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = "Mot de passe actuel"
        _word_passwords(self)


class NotificationsForm(PortalForm, forms.Form):
    """One choice for each kind of event."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for event in Event:
            self.fields[event.value] = forms.ChoiceField(
                label=event.label,
                help_text=EVENT_SENTENCES[event],
                choices=paces_for(event),
                widget=forms.RadioSelect,
                error_messages={
                    "required": "Choisissez un rythme.",
                    "invalid_choice": "Choisissez un rythme de la liste.",
                },
            )
        self.refresh_labels()
