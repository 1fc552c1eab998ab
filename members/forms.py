"""Shape of the input: the two application forms, consents, decisions, the lost link."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.forms import BoundField

from accounts.models import User
from foundation.forms import PortalForm
from members.application import Application, Civility, College, Kind, Mode, StructureKind
from members.identifiers import compact
from members.models import Consent
from members.professions import profession_choices

REASON_LENGTH = 1000


class ApplicationForm(PortalForm):
    """What both applications share; `sections` draws the fields in groups with a title."""

    kind: Kind
    section_fields: tuple[tuple[str, tuple[str, ...]], ...] = ()

    first_name = forms.CharField(
        label="Prénom",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label="Nom",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    email = forms.EmailField(
        label="Adresse électronique",
        help_text="La réponse et votre lien de suivi y seront envoyés.",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.CharField(
        label="Téléphone",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    places = forms.CharField(
        label="Commune ou adresse d’exercice",
        help_text="Plusieurs lieux ? Séparez-les par une virgule.",
        max_length=250,
        required=False,
    )
    interests = forms.CharField(
        label="Ce qui vous intéresse dans la CPTS",
        help_text="Par exemple : les soins non programmés, la prévention, la vie associative. "
        "N’écrivez aucune donnée de patient.",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    statutes_accepted = forms.BooleanField(
        label="J’accepte les statuts de l’association",
        help_text="Obligatoire. La CPTS vous les remet sur demande.",
    )
    consents = forms.MultipleChoiceField(
        label="J’accepte aussi de",
        help_text="Chaque accord est séparé. Vous pourrez le retirer à tout moment.",
        choices=Consent.Purpose.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    @classmethod
    def for_person(cls, user: Any) -> dict[str, str]:
        """What the portal already knows of somebody signed in: never asked twice."""
        if not user.is_authenticated:
            return {}
        return {
            "first_name": user.first_name,
            "last_name": user.last_name,
            "email": user.email,
            "phone": user.phone,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The summary of errors follows the page.
        self.order_fields([name for _, names in self.section_fields for name in names])

    def sections(self) -> Iterator[tuple[str, list[BoundField]]]:
        """Title → fields, in order."""
        for title, names in self.section_fields:
            yield title, [self[name] for name in names]

    def clean_email(self) -> str:
        return User.objects.normalize(self.cleaned_data["email"])

    def clean(self) -> dict[str, Any]:
        """Each problem of the application goes beside its field."""
        cleaned = super().clean() or self.cleaned_data
        for field, sentence in self.application().problems().items():
            if field in self.fields and field not in self.errors:
                self.add_error(field, sentence)
        return cleaned

    def application(self) -> Application:
        """The input as the action wants it."""
        names = Application.__dataclass_fields__.keys() - {"kind"}
        required = {"first_name": "", "last_name": "", "email": "", "statutes_accepted": False}
        given = {name: self.cleaned_data[name] for name in names & self.cleaned_data.keys()}
        return Application(kind=self.kind, **{**required, **given})


class PersonApplicationForm(ApplicationForm):
    """A professional joins."""

    kind = Kind.PERSON
    section_fields = (
        ("Vous", ("civility", "first_name", "last_name", "email", "phone")),
        (
            "Votre exercice",
            ("profession", "specialty", "rpps", "mode", "structure_name", "places", "mssante"),
        ),
        ("Votre adhésion", ("college", "is_main_cpts", "interests")),
        ("Vos accords", ("statutes_accepted", "consents")),
    )

    civility = forms.ChoiceField(
        label="Civilité",
        choices=[("", "Ne pas préciser"), *Civility.choices],
        required=False,
    )
    profession = forms.ChoiceField(
        label="Profession",
        choices=lambda: [("", "Choisissez dans la liste"), *profession_choices()],
    )
    specialty = forms.CharField(
        label="Spécialité ou métier",
        help_text="À remplir si votre métier n’est pas dans la liste.",
        max_length=100,
        required=False,
    )
    rpps = forms.CharField(
        label="Numéro RPPS",
        help_text="Répertoire partagé des professionnels de santé : 11 chiffres. "
        "Laissez vide si vous ne l’avez pas sous la main.",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    mode = forms.ChoiceField(
        label="Mode d’exercice", choices=Mode.choices, widget=forms.RadioSelect
    )
    structure_name = forms.CharField(
        label="Structure",
        help_text="Par exemple : maison de santé, centre hospitalier.",
        max_length=150,
        required=False,
    )
    mssante = forms.EmailField(
        label="Adresse MSSanté",
        help_text="Votre messagerie sécurisée de santé.",
        max_length=254,
        required=False,
    )
    college = forms.ChoiceField(
        label="Collège",
        choices=[
            (College.ACTIVE, "Actifs : j’exerce sur le territoire"),
            (College.PARTNER, "Partenaires : je soutiens le projet"),
        ],
        initial=College.ACTIVE,
        widget=forms.RadioSelect,
    )
    is_main_cpts = forms.BooleanField(
        label="C’est ma CPTS principale",
        help_text="Vous pouvez adhérer à plusieurs CPTS.",
        required=False,
        initial=True,
    )

    def clean_rpps(self) -> str:
        return compact(self.cleaned_data["rpps"])


class OrganisationApplicationForm(ApplicationForm):
    """An organisation joins, by its representative."""

    kind = Kind.ORGANISATION
    section_fields = (
        (
            "L’organisation",
            ("structure_name", "structure_kind", "siret", "finess", "places"),
        ),
        ("Qui la représente", ("first_name", "last_name", "position", "email", "phone")),
        ("L’adhésion", ("college", "interests")),
        ("Vos accords", ("statutes_accepted", "consents")),
    )

    structure_name = forms.CharField(
        label="Nom de l’organisation",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    structure_kind = forms.ChoiceField(
        label="Nature",
        choices=[("", "Choisissez dans la liste"), *StructureKind.choices],
    )
    siret = forms.CharField(
        label="Numéro SIRET",
        help_text="14 chiffres. Le SIRET ou le FINESS suffit.",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    finess = forms.CharField(
        label="Numéro FINESS",
        help_text="9 caractères : fichier national des établissements sanitaires et sociaux.",
        max_length=12,
        required=False,
    )
    position = forms.CharField(label="Fonction", max_length=100, required=False)
    college = forms.ChoiceField(
        label="Collège",
        choices=[
            (College.PARTNER, "Partenaires : nous soutenons le projet"),
            (College.ACTIVE, "Actifs : nous prenons en charge des patients du territoire"),
        ],
        initial=College.PARTNER,
        widget=forms.RadioSelect,
    )

    def clean_siret(self) -> str:
        return compact(self.cleaned_data["siret"])

    def clean_finess(self) -> str:
        return compact(self.cleaned_data["finess"])


class ConsentForm(PortalForm):
    """The three agreements as they stand, to tick or to untick."""

    consents = forms.MultipleChoiceField(
        label="J’accepte de",
        choices=Consent.Purpose.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    @classmethod
    def showing(cls, consents: Iterable[Consent]) -> "ConsentForm":
        """Ticked as the agreements in force."""
        given = [consent.purpose for consent in consents if consent.revoked_at is None]
        return cls(initial={"consents": given})


class RefusalForm(PortalForm):
    """Why the bureau declines."""

    reason = forms.CharField(
        label="Motif du refus",
        help_text="Il est envoyé tel quel à la personne. N’écrivez aucune donnée de patient.",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class LostLinkForm(PortalForm):
    """Where to send the follow-up link again."""

    email = forms.EmailField(
        label="Adresse électronique",
        help_text="Celle que vous avez donnée en demandant à adhérer.",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
