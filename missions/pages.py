"""Reads a signed contract's missions and turns them into cards, in a fixed number of queries."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404

from aci.contract_funding import settings_of
from aci.deadlines import ContractYear, contract_years
from aci.mission_codes import MissionCode
from aci.models import Contract, ContractMission
from aci.workflow import RUNNING
from foundation import clock
from foundation.money import format_euros
from foundation.numbers import NBSP
from missions import scoring
from missions.cards import IndicatorCard, MissionCard, indicator_cards, plain_number
from missions.models import Indicator, IndicatorTier
from missions.querysets import commitments_visible_to
from missions.workflow import ProgressState
from territories.models import Cpts


@dataclass(frozen=True, slots=True)
class ContractMissions:
    """The newest signed contract of a CPTS and the cards of its missions."""

    contract: Contract
    cards: tuple[MissionCard, ...]

    @property
    def is_over(self) -> bool:
        return self.contract.state not in RUNNING

    @property
    def current_year(self) -> ContractYear:
        return self.cards[0].current_year


@dataclass(frozen=True, slots=True)
class MeasuredIndicator:
    """An indicator on the page of its mission, with its tiers."""

    card: IndicatorCard
    tiers: tuple[IndicatorTier, ...]

    @property
    def tier_texts(self) -> list[str]:
        """« De 219 à 101 patients : 3 000,00 € »."""
        return [self._tier_text(tier) for tier in self.tiers]

    def _tier_text(self, tier: IndicatorTier) -> str:
        pays = format_euros(tier.euros)
        if tier.best is not None:
            bounds = f"De {plain_number(tier.worst)} à {self.card.text(tier.best)}"
        else:
            side = "ou moins" if self.card.direction is scoring.Direction.LOWER else "ou plus"
            bounds = f"{self.card.text(tier.worst)} {side}"
        return f"{bounds}{NBSP}: {pays}"

    @property
    def standing(self) -> str:
        return self.card.standing(
            scoring.Tier(
                worst=tier.worst.normalize(),
                best=None if tier.best is None else tier.best.normalize(),
                euros=tier.euros,
            )
            for tier in self.tiers
        )


def contract_missions(cpts: Cpts, user: Any) -> ContractMissions | None:
    """Two queries; `None` while no contract was signed, or when it carries no mission."""
    found = list(commitments_visible_to(user).filter(contract__cpts=cpts))
    if not found:
        return None
    contract = found[0].contract
    indicators = _indicators(contract)
    cards = tuple(
        mission_card(commitment, indicators)
        for commitment in found
        if commitment.contract_id == contract.pk
    )
    return ContractMissions(contract, cards)


def commitment_or_404(user: Any, reference: str, mission: MissionCode) -> ContractMission:
    """The mission in the newest signed contract of the dossier, for who may read it. One query."""
    rows = commitments_visible_to(user).filter(
        contract__cpts__reference=reference, code=mission.value
    )
    commitment = rows.first()
    if commitment is None:
        raise Http404
    cpts = commitment.contract.cpts
    # What `Cpts.objects.with_header()` adds, without another query.
    cpts.commune_count = cpts.territory.commune_count if cpts.territory else 0  # type: ignore[attr-defined]
    return commitment


def card_of(commitment: ContractMission) -> MissionCard:
    """One mission with its indicators. One query."""
    return mission_card(commitment, _indicators(commitment.contract, commitment.mission))


def measured(card: MissionCard) -> list[MeasuredIndicator]:
    """The indicators of a card with their tiers. One query."""
    tiers = IndicatorTier.objects.filter(indicator__in=[item.pk for item in card.indicators])
    by_indicator: dict[int, list[IndicatorTier]] = {}
    for tier in tiers.order_by("pk"):
        by_indicator.setdefault(tier.indicator_id, []).append(tier)
    return [
        MeasuredIndicator(item, tuple(by_indicator.get(item.pk, ()))) for item in card.indicators
    ]


def mission_card(
    commitment: ContractMission, indicators: list[IndicatorCard] | tuple[IndicatorCard, ...] = ()
) -> MissionCard:
    """What a page says of a mission; `indicators` may hold those of other missions too."""
    contract = commitment.contract
    progress = getattr(commitment, "progress", None)
    card = MissionCard(
        mission=commitment.mission,
        state=ProgressState(progress.state if progress else ProgressState.NOT_STARTED),
        planned_start=commitment.start_day,
        deadlines=commitment.deadlines,
        today=clock.today(),
        years=begun_years(contract),
        is_over=contract.state not in RUNNING,
        indicators=tuple(item for item in indicators if item.mission is commitment.mission),
    )
    return card.with_progress(progress) if progress else card


def begun_years(contract: Contract) -> tuple[ContractYear, ...]:
    """The contract years that have begun; the first one is always there once signed."""
    years = contract_years(contract.signature_day, settings_of(contract))
    return tuple(year for year in years if year.number == 1 or year.start <= clock.today())


def _indicators(contract: Contract, mission: MissionCode | None = None) -> list[IndicatorCard]:
    """The indicators that served one of the begun years, with every measure."""
    years = begun_years(contract)
    first, last = years[0].start, years[-1].start
    rows = Indicator.objects.in_force_between(first, last)
    if mission:
        rows = rows.of_mission(mission)
    return indicator_cards(rows.with_measures_of(contract))
