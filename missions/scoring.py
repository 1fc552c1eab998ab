"""Pure: a measure → the tier reached → euros; the indicators of a mission → its amount."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from aci.funding_lines import Retained
from foundation.money import ZERO, format_euros, round_cents
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


@dataclass(frozen=True, slots=True)
class IndicatorScore:
    """What a measure pays, and why."""

    indicator: Indicator
    measured: Decimal
    euros: Decimal
    rule: str


def score(indicator: Indicator, measured: Decimal | None) -> IndicatorScore:
    """The euros of one indicator. A missing measure is refused, never taken as zero."""
    if measured is None or not measured.is_finite():
        raise Refused(f"La valeur de l’indicateur « {indicator.label} » n’est pas saisie.")
    euros, rule = _METHODS[indicator.method](indicator, measured)
    return IndicatorScore(indicator, measured, round_cents(euros), rule)


def _by_tiers(indicator: Indicator, measured: Decimal) -> tuple[Decimal, str]:
    """The hardest tier whose first bound is reached pays its value.

    A measure between two tiers (100.5 for 219–101 and 100–51) has not reached the harder one.
    """
    reached = [
        tier
        for tier in indicator.ordered_tiers
        if indicator.direction.reaches(measured, tier.worst)
    ]
    value = f"Valeur {format_number(measured)}"
    if not reached:
        return ZERO, f"{value} : aucun palier atteint."
    tier = reached[-1]
    return tier.euros, f"{value} : palier {_bounds(indicator, tier)}, {format_euros(tier.euros)}."


def _all_or_nothing(indicator: Indicator, measured: Decimal) -> tuple[Decimal, str]:
    target = indicator.required_target
    compared = f"Valeur {format_number(measured)}, cible {format_number(target)}"
    if indicator.direction.reaches(measured, target):
        return indicator.euros, f"{compared} : atteinte, {format_euros(indicator.euros)}."
    return ZERO, f"{compared} : non atteinte."


def _proportional(indicator: Indicator, measured: Decimal) -> tuple[Decimal, str]:
    """The way done from the baseline to the target, between nothing and everything."""
    target, start = indicator.required_target, indicator.start
    low, high = sorted((start, target))
    done = min(max(measured, low), high) - start
    euros = round_cents(indicator.euros * done / (target - start))
    return euros, (
        f"Valeur {format_number(measured)}, de {format_number(start)} à {format_number(target)} : "
        f"au prorata, {format_euros(euros)} sur {format_euros(indicator.euros)}."
    )


def _bounds(indicator: Indicator, tier: Tier) -> str:
    """« 100 à 51 », « 50 et moins », « 80 et plus »."""
    worst = format_number(tier.worst)
    if tier.best is not None:
        return f"{worst} à {format_number(tier.best)}"
    return f"{worst} et {'moins' if indicator.direction is Direction.LOWER else 'plus'}"


_METHODS = {
    Method.TIERS: _by_tiers,
    Method.ALL_OR_NOTHING: _all_or_nothing,
    Method.PROPORTIONAL: _proportional,
}


@dataclass(frozen=True, slots=True)
class MissionScore:
    """The indicators of a mission, and their sum within its variable envelope."""

    scores: tuple[IndicatorScore, ...]
    envelope: Decimal

    @property
    def reached(self) -> Decimal:
        """The sum of the indicators, before the cap."""
        return sum((score.euros for score in self.scores), ZERO)

    @property
    def euros(self) -> Decimal:
        return min(self.reached, self.envelope)

    @property
    def achievement(self) -> Retained:
        """For `aci.funding.compute_year`: the amount that the indicators give."""
        reason = "somme des indicateurs de l’annexe"
        if self.reached > self.envelope:
            reason += f", {format_euros(self.reached)} plafonnés à l’enveloppe"
        return Retained(self.euros, reason)


def mission_score(
    measures: Iterable[tuple[Indicator, Decimal | None]], *, envelope: Decimal
) -> MissionScore:
    """Every indicator of a mission with its measure, capped by the variable envelope."""
    return MissionScore(tuple(score(*measure) for measure in measures), envelope)
