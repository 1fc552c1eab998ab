"""Shapes of input of opinions and of their invitations; nothing is saved here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms

from foundation.forms import PortalForm
from projects.bodies import Bodies
from projects.forms import LONGEST_TEXT
from projects.models import Filing, Opinion, OpinionRequest
from projects.scoring_grid import SCALE, Criterion
from projects.workflow import Level
from records.files import PROOF_RULE

NOT_SCORED = "Non noté"


class OpinionForm(PortalForm):
    """The opinion of the invited body: the grid, the recommendation, the reasons, a file.

    Nothing is required here: a draft may lack anything, and giving it tells what is missing.
    """

    level = forms.CharField(widget=forms.HiddenInput)
    based_on = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    recommendation = forms.ChoiceField(
        label="Sens de l’avis",
        choices=Opinion.Recommendation.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    text = forms.CharField(
        label="Avis motivé",
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Les motifs sont nécessaires pour un avis défavorable ou avec réserves.",
    )
    file = forms.FileField(
        label="Joindre un fichier",
        max_length=200,
        required=False,
        help_text="PDF, image, document ou tableur, 10 Mo au plus. Aucune donnée de patient.",
        widget=forms.ClearableFileInput(attrs={"accept": PROOF_RULE.accept}),
    )

    def __init__(
        self, asked: OpinionRequest, draft: Mapping[str, Any], number: int, *data: Any
    ) -> None:
        scores = draft.get("scores", {})
        initial = {"level": asked.level, "based_on": number}
        initial |= {name: draft.get(name, "") for name in ("recommendation", "text")}
        for key, given in scores.items():
            initial |= {f"score.{key}": given.get("score"), f"comment.{key}": given.get("comment")}
        super().__init__(*data, initial=initial)
        self.criteria = asked.grid.lines
        for criterion in self.criteria:
            self._add(criterion)

    def _add(self, criterion: Criterion) -> None:
        if criterion.is_scored:
            choices = [("", NOT_SCORED), *((str(n), f"{n} – {word}") for n, word in SCALE.items())]
            self.fields[f"score.{criterion.key}"] = forms.TypedChoiceField(
                label="Note", choices=choices, coerce=int, empty_value=None, required=False
            )
        self.fields[f"comment.{criterion.key}"] = forms.CharField(
            label="Remarque" if criterion.is_scored else "Votre réponse",
            max_length=LONGEST_TEXT,
            required=False,
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    @property
    def lines(self) -> Iterator[tuple[Criterion, list[forms.BoundField]]]:
        """Each criterion with its fields, as the page draws them."""
        for criterion in self.criteria:
            names = [f"score.{criterion.key}", f"comment.{criterion.key}"]
            yield criterion, [self[name] for name in names if name in self.fields]

    @property
    def answer(self) -> dict[str, Any]:
        """What the actions take."""
        return {
            "recommendation": self.cleaned_data["recommendation"],
            "text": self.cleaned_data["text"],
            "scores": self.scores,
            "upload": self.cleaned_data["file"],
        }

    @property
    def scores(self) -> dict[str, dict[str, Any]]:
        found = {}
        for criterion in self.criteria:
            score = self.cleaned_data.get(f"score.{criterion.key}")
            comment = self.cleaned_data.get(f"comment.{criterion.key}", "").strip()
            given: dict[str, Any] = {} if score is None else {"score": score}
            if comment:
                given["comment"] = comment
            if given:
                found[criterion.key] = given
        return found

    def take_over(self, number: int) -> None:
        """A colleague's save was shown: the next save of this form comes after it."""
        data: Any = self.data
        self.data = data.copy()
        self.data["based_on"] = str(number)  # type: ignore[index]


class InviteBodyForm(PortalForm):
    """One more body to ask, until a date."""

    asked = forms.ChoiceField(
        label="Organisme et avis demandé",
        error_messages={"required": "Choisissez l’organisme à inviter."},
    )
    due_on = forms.DateField(
        label="Avis attendu pour le",
        required=False,
        widget=forms.DateInput,
        help_text="Sans date : le délai de la procédure.",
    )

    def __init__(self, filing: Filing, known: Bodies, *data: Any) -> None:
        super().__init__(*data)
        choices = [
            (f"{level.value}|{body}", f"{body} – {filing.procedure.label_of(level, filing.kind)}")
            for level in Level
            for body in sorted(known[level])
        ]
        field: Any = self.fields["asked"]
        field.choices = [("", "Choisissez un organisme"), *choices]

    @property
    def answer(self) -> dict[str, Any]:
        level, body = self.cleaned_data["asked"].split("|", 1)
        return {"level": level, "body": body, "due_on": self.cleaned_data["due_on"]}


class WithdrawRequestForm(PortalForm):
    """Why a body is no longer asked."""

    reason = forms.CharField(
        label="Motif du retrait",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Il est envoyé à l’organisme ; les porteurs ne le lisent pas.",
        error_messages={"required": "Écrivez pourquoi cette invitation est retirée."},
    )
