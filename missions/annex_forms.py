"""Shape of one indicator of the annex, with its values as the parties write them."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import slugify

from aci.indicator_rules import AnnexLine
from aci.mission_codes import MissionCode
from foundation.forms import PortalForm
from foundation.refusal import Refused
from missions.scoring import Direction, Indicator, Method, Tier

_NUMBER = r"\d{1,9}(?:[,.]\d{1,2})?"
# « 219 à 101 : 3000 », « 50 : 9000 ».
_TIER = re.compile(rf"({_NUMBER})\s*(?:(?:à|-|–)\s*({_NUMBER}))?\s*:\s*({_NUMBER})\s*€?")
_THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}\b)")


def _amount(label: str, help_text: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


class FillAnnexForm(PortalForm):
    """Where the indicators of a year are taken from, and on which version."""

    year = forms.IntegerField(min_value=1, max_value=20)
    version = forms.IntegerField(min_value=1)
    source = forms.ChoiceField(choices=[("national", ""), ("previous", "")])


class RemoveLineForm(PortalForm):
    """Which indicator leaves the annex."""

    year = forms.IntegerField(min_value=1, max_value=20)
    version = forms.IntegerField(min_value=1)
    code = forms.SlugField(max_length=60)


class AnnexLineForm(PortalForm):
    """An indicator: its goal, and what it pays."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    mission = forms.ChoiceField(label="Mission")
    label = forms.CharField(label="Intitulé", max_length=150)
    unit = forms.CharField(label="Unité", max_length=30, help_text="Par exemple « patients ».")
    direction = forms.ChoiceField(
        label="Sens",
        choices=[("lower", "Plus bas est mieux"), ("higher", "Plus haut est mieux")],
    )
    method = forms.ChoiceField(
        label="Calcul",
        choices=[
            ("tiers", "Par paliers"),
            ("all_or_nothing", "Tout ou rien"),
            ("proportional", "Au prorata"),
        ],
    )
    tiers = forms.CharField(
        label="Paliers",
        required=False,
        help_text=(
            "Pour un calcul par paliers, un par ligne, bornes puis euros : « 219 à 101 : 3000 ». "
            "Le dernier n’a qu’une borne : « 50 : 9000 »."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    baseline = _amount("Point de départ", "Pour un calcul au prorata.")
    target = _amount("Cible", "Pour un calcul en tout ou rien ou au prorata.")
    euros = _amount("Valeur en euros", "Ce que paie la cible atteinte, hors paliers.")

    def __init__(self, *args: Any, missions: Iterable[MissionCode], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(code.value, code.label) for code in missions]
        self.fields["mission"].choices = choices  # type: ignore[attr-defined]

    def clean_tiers(self) -> tuple[Tier, ...]:
        found = []
        for text in self.cleaned_data["tiers"].splitlines():
            line = _THOUSANDS.sub("", text.replace("\u00a0", " ").strip())
            if not line:
                continue
            match = _TIER.fullmatch(line)
            if match is None:
                raise forms.ValidationError(
                    f"« {line[:60]} » ne se lit pas : écrivez « 219 à 101 : 3000 »."
                )
            worst, best, euros = match.groups()
            found.append(Tier(_read(worst), _read(best) if best else None, _read(euros)))
        return tuple(found)

    def line(self, code: str, taken: Iterable[str]) -> AnnexLine:
        """What was written; an indicator that could not be scored is refused."""
        data = self.cleaned_data
        method = Method(data["method"])
        if method is not Method.TIERS and data["euros"] is None:
            raise Refused("Donnez la valeur en euros de cet indicateur.")
        return AnnexLine(
            code=code or _free_code(data["label"], set(taken)),
            mission=MissionCode(data["mission"]),
            unit=data["unit"].strip(),
            rule=Indicator(
                label=data["label"].strip(),
                direction=Direction(data["direction"]),
                method=method,
                euros=data["euros"] or Decimal(0),
                target=data["target"],
                baseline=data["baseline"],
                tiers=data["tiers"] if method is Method.TIERS else (),
            ),
        )

    @staticmethod
    def values_of(line: AnnexLine) -> dict[str, Any]:
        """What the form shows at first."""
        rule = line.rule
        return {
            "mission": line.mission.value,
            "label": rule.label,
            "unit": line.unit,
            "direction": rule.direction.value,
            "method": rule.method.value,
            "tiers": "\n".join(_tier_text(tier) for tier in rule.tiers),
            "baseline": rule.baseline,
            "target": rule.target,
            "euros": None if rule.method is Method.TIERS else rule.euros,
        }


def _read(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def _tier_text(tier: Tier) -> str:
    bounds = _said(tier.worst) + (f" à {_said(tier.best)}" if tier.best is not None else "")
    return f"{bounds} : {_said(tier.euros)}"


def _said(value: Decimal) -> str:
    return format(value.normalize(), "f").replace(".", ",")


def _free_code(label: str, taken: set[str]) -> str:
    base = slugify(label)[:50] or "indicateur"
    code, number = base, 2
    while code in taken:
        code, number = f"{base}-{number}", number + 1
    return code
