"""Shape of the input: lines to order, a refusal, a payment noted, an aid, a year's review."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from aci.mission_codes import MissionCode
from aci.models import Funder
from aci.payments.actions import REASON_LENGTH
from aci.payments.aids import Aid
from aci.payments.ledger import LedgerLine
from foundation import clock
from foundation.dates import format_date
from foundation.forms import PortalForm
from foundation.money import format_euros

AMOUNT: dict[str, Any] = {
    "max_digits": 12,
    "decimal_places": 2,
    "localize": True,
    "error_messages": {
        "required": "Indiquez le montant.",
        "invalid": "Écrivez un montant en euros, par exemple 15 000,00.",
        "max_digits": "Écrivez un montant de dix chiffres au plus avant la virgule.",
        "max_decimal_places": "Écrivez deux chiffres au plus après la virgule.",
        "max_whole_digits": "Écrivez un montant de dix chiffres au plus avant la virgule.",
    },
}


class AmountField(forms.DecimalField):
    """Euros as a French hand writes them: « 12 345,67 € »."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = re.sub(r"[\s€]", "", value)
        return super().to_python(value)


class OrderForm(PortalForm):
    """The lines that one order holds, among those that are due."""

    lines = forms.TypedMultipleChoiceField(
        label="Lignes à mettre dans l’ordre",
        help_text="Un ordre paie ou récupère, pour un seul financeur.",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choisissez au moins une ligne à payer.",
            "invalid_choice": "L’échéancier a changé depuis que vous l’avez ouvert : relisez-le.",
        },
    )

    def __init__(self, *args: Any, due: Iterable[LedgerLine], **kwargs: Any) -> None:
        rows = list(due)
        kwargs.setdefault("initial", {"lines": _first_group(rows)})
        super().__init__(*args, **kwargs)
        field: Any = self.fields["lines"]
        field.choices = [(row.pk, _told(row)) for row in rows]


def _first_group(rows: list[LedgerLine]) -> list[int]:
    """What is to pay by the health insurance, else whatever goes together with the first line."""
    groups: dict[tuple[bool, str], list[int]] = {}
    for row in rows:
        groups.setdefault((row.amount < 0, row.funder.value), []).append(row.pk)
    usual = (False, Funder.CPAM.value)
    return groups.get(usual) or next(iter(groups.values()), [])


def _told(row: LedgerLine) -> str:
    """« Fonctionnement : avance de 75 %, 45 000,00 €, due le 1er juillet 2025, année 2 »."""
    funder = f", financée par {row.funder.label}" if row.funder is not Funder.CPAM else ""
    year = f", année {row.number}" if row.number else ""
    due = format_date(row.due_on)
    return f"{row.label}, {format_euros(row.amount)}, due le {due}{year}{funder}"


class RefuseOrderForm(PortalForm):
    """Why an order is refused."""

    reason = forms.CharField(
        label="Motif du refus",
        help_text="La personne qui a préparé l’ordre le lira.",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Dites pourquoi vous refusez cet ordre."},
    )


class PaidForm(PortalForm):
    """The day on which the accountants paid a slip."""

    paid_on = forms.DateField(
        label="Date du versement",
        widget=forms.DateInput,
        error_messages={
            "required": "Indiquez le jour du versement.",
            "invalid": "Choisissez une date du calendrier.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"paid_on": clock.today()})
        super().__init__(*args, **kwargs)


class OutsideForm(PortalForm):
    """An amount outside the grid, with its decision."""

    aid = forms.ChoiceField(
        label="Nature",
        error_messages={"required": "Choisissez la nature de la somme."},
    )
    amount = AmountField(label="Montant en euros", **AMOUNT)
    funder = forms.ChoiceField(
        label="Financeur",
        choices=Funder,
        error_messages={"required": "Choisissez qui finance."},
    )
    decided_on = forms.DateField(
        label="Date de la décision",
        widget=forms.DateInput,
        error_messages={"required": "Indiquez la date de la décision."},
    )
    due_on = forms.DateField(
        label="À payer le",
        widget=forms.DateInput,
        error_messages={"required": "Indiquez quand la somme est à payer."},
    )
    reason = forms.CharField(
        label="Motif",
        help_text="Pourquoi cette somme est accordée, et la référence de la décision.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Dites pourquoi cette somme est accordée."},
    )

    def __init__(self, *args: Any, aids: Iterable[Aid], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = list(aids)
        field: Any = self.fields["aid"]
        field.choices = [("", "Choisir"), *((aid.code, aid.label) for aid in rows)]
        usual = [f"{aid.label} : {aid.usual} (à confirmer)" for aid in rows if aid.usual]
        self.fields["amount"].help_text = ", ".join(usual)


class CancelOutsideForm(PortalForm):
    """Which line is taken back."""

    line = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class SettleForm(PortalForm):
    """What the review of a year retains of each variable part."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, ceilings: Mapping[MissionCode, Decimal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.missions = list(ceilings)
        for code, most in ceilings.items():
            self.fields[_field(code)] = AmountField(
                label=f"Montant retenu, {code.label}",
                help_text=f"De 0 à {format_euros(most)}.",
                min_value=0,
                max_value=most,
                **_within(most),
            )
        if self._has_crisis():
            self.fields["crisis_recognised"] = forms.BooleanField(
                label="L’ARS a reconnu une crise sanitaire grave cette année-là", required=False
            )
        self.fields["reason"] = forms.CharField(
            label="Compte rendu du dialogue de gestion",
            help_text="Sa date, et pourquoi un montant s’écarte des indicateurs.",
            max_length=REASON_LENGTH,
            widget=forms.Textarea(attrs={"rows": 3}),
            error_messages={
                "required": (
                    "Indiquez le compte rendu du dialogue de gestion qui arrête ces montants."
                )
            },
        )

    def _has_crisis(self) -> bool:
        return bool(self.initial.get("has_crisis"))

    @property
    def settled(self) -> dict[str, Any]:
        """The arguments of `settle_year`."""
        data = self.cleaned_data
        return {
            "revision": data["revision"],
            "retained": {code: data[_field(code)] for code in self.missions},
            "crisis_recognised": bool(data.get("crisis_recognised")),
            "reason": data["reason"],
        }

    @staticmethod
    def proposed(
        ceilings: Mapping[MissionCode, Decimal], asked: Mapping[str, str]
    ) -> dict[str, Any]:
        """What the address carries from the review of the indicators; nonsense is ignored."""
        found = {}
        for code, most in ceilings.items():
            try:
                amount = Decimal(asked.get(_field(code), "")[:20])
            except InvalidOperation:
                continue
            if amount.is_finite() and 0 <= amount <= most:
                found[_field(code)] = amount
        return found

    @staticmethod
    def values_of(ceilings: Mapping[MissionCode, Decimal], **more: Any) -> dict[str, Any]:
        """At first everything is achieved: the officer lowers what is not."""
        return {**{_field(code): most for code, most in ceilings.items()}, **more}


def _field(code: MissionCode) -> str:
    return f"retained_{code.value}"


def _within(most: Decimal) -> dict[str, Any]:
    limits = f"Écrivez un montant compris entre 0 et {format_euros(most)}."
    errors = {"min_value": limits, "max_value": limits, "required": limits}
    return {**AMOUNT, "error_messages": {**AMOUNT["error_messages"], **errors}}


class PaymentsForm(PortalForm):
    """Filters of the payments of a fund, kept in the address bar."""

    etat = forms.ChoiceField(label="État", required=False)

    def __init__(self, data: Mapping[str, str], *, states: Iterable[tuple[str, str]]) -> None:
        super().__init__({"etat": data.get("etat", "")})
        field: Any = self.fields["etat"]
        field.choices = [("", "Tous"), *states]

    @property
    def state(self) -> str:
        return str(self.cleaned_data.get("etat") or "") if not self.errors else ""


class SentOrdersForm(PortalForm):
    """The approved orders that the page showed: no other one leaves with them."""

    orders = forms.TypedMultipleChoiceField(coerce=int)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        field: Any = self.fields["orders"]
        field.choices = [(key, key) for key in data.getlist("orders") if _is_key(key)]


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19
