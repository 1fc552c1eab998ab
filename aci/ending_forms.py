"""Shape of the input around a termination: reasons, observations, a decision."""

from typing import Any

from django import forms

from aci.ending_delays import delays_on
from aci.forms import REASON_LENGTH
from aci.models import Termination
from foundation import clock
from foundation.dates import format_date
from foundation.forms import PortalForm

LONG = 5000


class AskTerminationForm(PortalForm):
    """Why the contract should end."""

    reason = forms.CharField(
        label="Motifs de la résiliation",
        help_text=(
            "Ils figurent dans le courrier de notification. N’écrivez aucune donnée de patient."
        ),
        max_length=REASON_LENGTH * 3,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Donnez les motifs de la résiliation."},
    )


class ObserveTerminationForm(PortalForm):
    """What the other side has to say."""

    text = forms.CharField(
        label="Vos observations",
        help_text="Les trois parties les lisent. N’écrivez aucune donnée de patient.",
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": "Écrivez vos observations."},
    )


class DecideTerminationForm(PortalForm):
    """To terminate on a day, or to give up; why."""

    outcome = forms.ChoiceField(
        label="Décision",
        choices=[(choice.value, choice.label.capitalize()) for choice in Termination.Outcome],
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez : résilier, ou renoncer."},
    )
    ended_on = forms.DateField(
        label="Jour où le contrat prend fin",
        required=False,
        widget=forms.DateInput,
    )
    reason = forms.CharField(
        label="Motifs de la décision",
        help_text="Ils figurent dans le courrier de décision.",
        max_length=REASON_LENGTH * 3,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Donnez les motifs de la décision."},
    )

    def __init__(self, *args: Any, termination: Termination | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        earliest = termination.earliest_end if termination else None
        if earliest:
            self.fields["ended_on"].help_text = (
                "Premier jour qui n’est plus payé, à remplir pour résilier. Au plus tôt le "
                f"{format_date(earliest)}."
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen, day = cleaned.get("outcome"), cleaned.get("ended_on")
        if chosen == Termination.Outcome.TERMINATE and not day and "ended_on" not in self.errors:
            self.add_error("ended_on", "Indiquez le jour où le contrat prend fin.")
        if chosen == Termination.Outcome.GIVE_UP and day:
            self.add_error("ended_on", "Laissez ce jour vide pour renoncer à la résiliation.")
        return cleaned


class MarkForm(PortalForm):
    """What the page showed; nothing is typed."""

    mark = forms.CharField(max_length=60)


def delay_sentences() -> tuple[str, ...]:
    """The delays in force, said as the assumptions they are."""
    return delays_on(clock.today()).sentences
