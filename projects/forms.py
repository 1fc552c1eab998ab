"""Shapes of input of letters and projects; nothing is saved here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EMPTY_VALUES

from foundation.forms import PortalForm
from projects.corrections import EVERYWHERE, Opened
from projects.models import Filing, Ground
from projects.outline import Answer, Choice, Question, Step
from records.files import PROOF_RULE
from territories.models import CpamDistrict, Departement

LONGEST_TEXT = 20_000
LONGEST_LINE = 300
MOST_LINES = 500


# --- Starting, inviting ------------------------------------------------------------------------


class StartForm(PortalForm):
    """The community to found. The CPAM is asked only where the département has several."""

    name = forms.CharField(
        label="Nom de la CPTS",
        max_length=150,
        help_text="Par exemple : CPTS du Vexin-Normand. Il pourra changer.",
    )
    departement = forms.ModelChoiceField(
        Departement.objects.order_by("code"),
        label="Département principal",
        empty_label="Choisissez un département",
        help_text="Celui de la plupart des communes. Il désigne l’ARS chargée du dossier.",
        # With htmx the choice of the fund comes at once; without, it is asked after sending.
        widget=forms.Select(
            attrs={"hx-get": "", "hx-trigger": "change", "hx-target": "#choix-caisse"}
        ),
    )
    cpam_district = forms.ModelChoiceField(
        CpamDistrict.objects.none(),
        label="CPAM chargée du dossier",
        required=False,
        empty_label=None,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, departement: str = "") -> None:
        super().__init__(data, initial={"departement": departement})
        districts = self._districts_of(self.data.get("departement", departement))
        if len(districts) > 1:
            field: Any = self.fields["cpam_district"]
            field.queryset = CpamDistrict.objects.filter(pk__in=[item.pk for item in districts])
            field.required = True
            field.error_messages["required"] = (
                "Ce département a plusieurs caisses : choisissez la vôtre."
            )
        else:
            del self.fields["cpam_district"]
        self._only = districts[0] if len(districts) == 1 else None

    @property
    def asks_fund(self) -> bool:
        """True where the département has several funds."""
        return "cpam_district" in self.fields

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self._only is not None:
            cleaned["cpam_district"] = self._only
        elif "departement" in cleaned and "cpam_district" not in self.fields:
            raise ValidationError("Aucune CPAM n’est connue pour ce département.")
        return cleaned

    @staticmethod
    def _districts_of(code: str) -> list[CpamDistrict]:
        found = CpamDistrict.objects.filter(communes__departement=code)
        return list(found.distinct().order_by("name")) if code else []


class InviteForm(PortalForm):
    """The co-holder to invite."""

    email = forms.EmailField(
        label="Adresse électronique",
        max_length=254,
        help_text="Format attendu : nom@domaine.fr. La personne recevra un lien valable 30 jours.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


# --- One step ----------------------------------------------------------------------------------


class SavedWhenever:
    """A required answer may be missing while one writes: it is asked for at the submission."""

    required: bool
    run_validators: Any

    def validate(self, value: Any) -> None:
        if value not in EMPTY_VALUES:
            super().validate(value)  # type: ignore[misc]  # a mixin of forms.Field


class TextAnswer(SavedWhenever, forms.CharField):
    """One line."""


class LongAnswer(SavedWhenever, forms.CharField):
    """Several paragraphs."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        # Browsers send CRLF: stored as it came, an untouched text would look changed.
        return str(super().to_python(value)).replace("\r\n", "\n")


class ChoiceAnswer(SavedWhenever, forms.ChoiceField):
    """One of a few."""

    widget = forms.RadioSelect


class ListAnswer(SavedWhenever, forms.CharField):
    """One item a line, kept as a list."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        lines = [line.strip() for line in super().clean(value).splitlines()]
        lines = [line for line in lines if line]
        if len(lines) > MOST_LINES:
            raise ValidationError(f"La liste dépasse {MOST_LINES} lignes.")
        if any(len(line) > LONGEST_LINE for line in lines):
            raise ValidationError(f"Une ligne dépasse {LONGEST_LINE} caractères.")
        return lines


class LockedCheckboxes(forms.CheckboxSelectMultiple):
    """Checkboxes of which some are always ticked."""

    locked: tuple[str, ...] = ()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if value in self.locked:
            option["attrs"] |= {"checked": True, "disabled": True}
        return option


class ChoicesAnswer(SavedWhenever, forms.MultipleChoiceField):
    """Several of a few; the locked ones are always among them."""

    widget = LockedCheckboxes

    def __init__(
        self, *, choices: list[tuple[str, str]], locked: tuple[str, ...] = (), **kwargs: Any
    ) -> None:
        super().__init__(choices=choices, **kwargs)
        self.known = [value for value, _ in choices]
        self.locked = locked
        self.widget.locked = locked

    def clean(self, value: Any) -> list[str]:
        ticked = {*super().clean(value), *self.locked}
        return [choice for choice in self.known if choice in ticked]


def field_for(question: Question) -> forms.Field:
    """The field that a question of the outline asks for."""
    given: dict[str, Any] = {
        "label": question.label,
        "help_text": question.hint,
        "required": question.required,
    }
    if question.kind == "choices":
        return ChoicesAnswer(choices=_pairs(question.choices), locked=question.locked, **given)
    if question.kind == "choice":
        return ChoiceAnswer(choices=_pairs(question.choices), **given)
    if question.kind == "list":
        rows = forms.Textarea(attrs={"rows": 5})
        return ListAnswer(widget=rows, max_length=LONGEST_TEXT, **given)
    if question.kind == "long":
        rows = forms.Textarea(attrs={"rows": 7})
        return LongAnswer(widget=rows, max_length=LONGEST_TEXT, **given)
    return TextAnswer(max_length=LONGEST_LINE, **given)


class StepForm(PortalForm):
    """One step of the outline. `version` is the state of the filing the person is writing on."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    use_required_attribute = False

    def __init__(
        self, step: Step, filing: Filing, data: Any = None, *, opened: Opened = EVERYWHERE
    ) -> None:
        """`opened` says which questions may be answered now; the others are only read."""
        initial = {**filing.answers, "version": filing.edit_version}
        super().__init__(data, initial=initial)
        self.questions = [item for item in step.questions if opened.allows(item.key)]
        for question in self.questions:
            self.fields[question.key] = field_for(question)

    @property
    def answers(self) -> dict[str, Answer]:
        return {item.key: self.cleaned_data[item.key] for item in self.questions}

    def show_beside(self, filing: Filing) -> dict[str, Answer]:
        """After a refused save: what is stored and differs from what was typed, by question.

        The page now shows both texts, so saving once more is a choice: it takes the new version.
        """
        typed: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        typed[self.add_prefix("version")] = str(filing.edit_version)
        self.data = typed
        return {
            item.key: item.shown(filing.answers.get(item.key))
            for item in self.questions
            if (filing.answers.get(item.key) or "") != (self.cleaned_data.get(item.key) or "")
        }


def _pairs(choices: Iterable[Choice]) -> list[tuple[str, str]]:
    return [
        (item.value, f"{item.label} : {_after_colon(item.hint)}" if item.hint else item.label)
        for item in choices
    ]


def _after_colon(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:].rstrip(".")


# --- Attachments -------------------------------------------------------------------------------


class AttachmentForm(PortalForm):
    """A file to join."""

    kind = forms.ChoiceField(label="Nature de la pièce")
    label = forms.CharField(
        label="Intitulé",
        max_length=150,
        required=False,
        help_text="Par exemple : Soutien du centre hospitalier.",
    )
    file = forms.FileField(
        label="Fichier",
        max_length=200,
        help_text="PDF, image, document ou tableur, 10 Mo au plus. Aucune donnée de patient.",
        widget=forms.ClearableFileInput(attrs={"accept": PROOF_RULE.accept}),
    )

    def __init__(self, filing: Filing, opened: Opened, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = filing.outline.attachments
        kinds = _pairs(item for item in known if opened.allows_attachment(item.value))
        kind: Any = self.fields["kind"]
        kind.choices = [("", "Choisissez la nature"), *kinds]


# --- Instruction, decisions ----------------------------------------------------------


class DecisionForm(PortalForm):
    """A favourable decision, with a word if wanted."""

    reason = forms.CharField(
        label="Message joint à la décision",
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Recommandations, points de vigilance.",
    )


class RefusalForm(PortalForm):
    """A refusal, with its reasons."""

    reason = forms.CharField(
        label="Motifs",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Ils seront envoyés aux porteurs tels quels.",
        error_messages={"required": "Écrivez les motifs de la décision."},
    )


class OppositionForm(RefusalForm):
    """An opposition, on the grounds that the law allows."""

    grounds = forms.MultipleChoiceField(
        label="Fondement de l’opposition",
        choices=Ground.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="L’article L1434-12 du code de la santé publique n’en admet pas d’autre.",
        error_messages={"required": "Choisissez le fondement de l’opposition."},
    )
    field_order = ["grounds", "reason"]


class WithdrawalForm(PortalForm):
    """A withdrawal, with a word if wanted."""

    reason = forms.CharField(
        label="Motif du retrait",
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
