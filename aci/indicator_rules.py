"""Pure: the indicators of a contract's annex, with their value in euros, as a contract writes them.

How a measure is turned into euros is `missions.scoring`, which knows the measures.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Any

from aci.mission_codes import MissionCode
from foundation.money import ZERO, format_euros
from foundation.numbers import format_number
from foundation.refusal import Refused


class Direction(StrEnum):
    """Which way an indicator gets better."""

    HIGHER = "higher"
    LOWER = "lower"

    def reaches(self, value: Decimal, bound: Decimal) -> bool:
        return value >= bound if self is Direction.HIGHER else value <= bound


class Method(StrEnum):
    """How the annex turns a measure into euros."""

    TIERS = "tiers"
    ALL_OR_NOTHING = "all_or_nothing"
    PROPORTIONAL = "proportional"  # only where the annex says « proportionnel »


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier as the annex writes it: 219–101 → 3 000; ≤ 50 → 9 000 has no best bound."""

    worst: Decimal
    best: Decimal | None
    euros: Decimal


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator of the contract's annex, for one contract year.

    `euros` is its value when it is wholly reached; with tiers, each tier carries its own.
    `baseline` is where a proportional indicator begins to pay: zero unless the annex says so.
    """

    label: str
    direction: Direction
    method: Method
    euros: Decimal = ZERO
    target: Decimal | None = None
    baseline: Decimal | None = None
    tiers: tuple[Tier, ...] = ()

    def __post_init__(self) -> None:
        if self.method is Method.TIERS:
            self._check_tiers()
        else:
            self._check_target(self.required_target)
        if self.euros < 0 or any(tier.euros < 0 for tier in self.tiers):
            raise Refused(f"L’indicateur « {self.label} » a une valeur négative.")

    def _check_tiers(self) -> None:
        if not self.tiers:
            raise Refused(f"L’indicateur « {self.label} » n’a pas de palier.")
        for tier in self.tiers:
            if tier.best is not None and not self.direction.reaches(tier.best, tier.worst):
                raise Refused(f"L’indicateur « {self.label} » a un palier aux bornes inversées.")
        for tier, following in pairwise(self.ordered_tiers):
            # « 219–101 » then « 100–51 »: the next tier begins beyond the best of this one.
            if tier.best is None or self.direction.reaches(tier.best, following.worst):
                raise Refused(f"L’indicateur « {self.label} » a des paliers qui se chevauchent.")

    def _check_target(self, target: Decimal) -> None:
        if self.method is not Method.PROPORTIONAL:
            return
        if self.baseline is None and self.direction is Direction.LOWER:
            raise Refused(f"L’indicateur « {self.label} » n’a pas de point de départ.")
        if self.start == target or not self.direction.reaches(target, self.start):
            raise Refused(
                f"L’indicateur « {self.label} » a une cible qui ne dépasse pas son point de départ."
            )

    @property
    def required_target(self) -> Decimal:
        if self.target is None:
            raise Refused(f"L’indicateur « {self.label} » n’a pas de cible.")
        return self.target

    @property
    def start(self) -> Decimal:
        return Decimal(0) if self.baseline is None else self.baseline

    @property
    def ordered_tiers(self) -> tuple[Tier, ...]:
        """From the easiest to the hardest, whatever the order of the annex."""
        lower = self.direction is Direction.LOWER
        return tuple(sorted(self.tiers, key=lambda tier: tier.worst, reverse=lower))

    @property
    def most(self) -> Decimal:
        """What the indicator pays at best."""
        if self.method is Method.TIERS:
            return max(tier.euros for tier in self.tiers)
        return self.euros


def tier_bounds(indicator: Indicator, tier: Tier) -> str:
    """« 100 à 51 », « 50 et moins », « 80 et plus »."""
    worst = format_number(tier.worst)
    if tier.best is not None:
        return f"{worst} à {format_number(tier.best)}"
    return f"{worst} et {'moins' if indicator.direction is Direction.LOWER else 'plus'}"


@dataclass(frozen=True, slots=True)
class AnnexLine:
    """One indicator of the annex of one contract year."""

    code: str
    mission: MissionCode
    unit: str
    rule: Indicator

    @property
    def label(self) -> str:
        return self.rule.label

    @property
    def goal(self) -> str:
        """« 219 à 101 : 3 000,00 € ; 100 à 51 : 6 000,00 € », « 8 % ou moins, tout ou rien »."""
        rule = self.rule
        if rule.method is Method.TIERS:
            return "\u00a0; ".join(
                f"{tier_bounds(rule, tier)}\u00a0: {format_euros(tier.euros)}"
                for tier in rule.ordered_tiers
            )
        target = format_number(rule.required_target)
        if rule.method is Method.PROPORTIONAL:
            return f"de {format_number(rule.start)} à {target}, au prorata"
        side = "ou moins" if rule.direction is Direction.LOWER else "ou plus"
        return f"{target} {side}, tout ou rien"

    def as_plain(self) -> dict[str, Any]:
        """As JSON: decimals are texts."""
        rule = self.rule
        return {
            "code": self.code,
            "mission": self.mission.value,
            "unit": self.unit,
            "label": rule.label,
            "direction": rule.direction.value,
            "method": rule.method.value,
            "euros": str(rule.euros),
            "target": _text(rule.target),
            "baseline": _text(rule.baseline),
            "tiers": [
                {"worst": _text(t.worst), "best": _text(t.best), "euros": str(t.euros)}
                for t in rule.tiers
            ],
        }


def read_line(plain: Mapping[str, Any]) -> AnnexLine:
    """From JSON; an indicator that could not be scored is refused."""
    return AnnexLine(
        code=plain["code"],
        mission=MissionCode(plain["mission"]),
        unit=plain["unit"],
        rule=Indicator(
            label=plain["label"],
            direction=Direction(plain["direction"]),
            method=Method(plain["method"]),
            euros=Decimal(plain["euros"]),
            target=_decimal(plain["target"]),
            baseline=_decimal(plain["baseline"]),
            tiers=tuple(
                Tier(
                    worst=Decimal(tier["worst"]),
                    best=_decimal(tier["best"]),
                    euros=Decimal(tier["euros"]),
                )
                for tier in plain["tiers"]
            ),
        ),
    )


def most_of(lines: Iterable[AnnexLine], mission: MissionCode) -> Decimal:
    """What the indicators of a mission pay at best, before the cap of its envelope."""
    return sum((line.rule.most for line in lines if line.mission is mission), ZERO)


def _text(value: Decimal | None) -> str | None:
    """Without useless zeros: « 8.00 » and « 8 » are the same target."""
    return None if value is None else format(value.normalize(), "f")


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
