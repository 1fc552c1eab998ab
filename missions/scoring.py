"""Pure: a measure → the tier reached → euros; the indicators of a mission → its amount."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from aci.funding_lines import Retained
from aci.indicator_rules import Direction as Direction
from aci.indicator_rules import Indicator as Indicator
from aci.indicator_rules import Method as Method
from aci.indicator_rules import Tier as Tier
from aci.indicator_rules import tier_bounds
from foundation.money import ZERO, format_euros, round_cents
from foundation.numbers import format_number
from foundation.refusal import Refused


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
    return (
        tier.euros,
        f"{value} : palier {tier_bounds(indicator, tier)}, {format_euros(tier.euros)}.",
    )


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
