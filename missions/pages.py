"""Reads a signed contract's missions and turns them into cards, in a fixed number of queries."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404

from aci.contract_funding import settings_of
from aci.deadlines import ContractYear, contract_years
from aci.indicator_rules import AnnexLine
from aci.mission_codes import MissionCode
from aci.models import Contract, ContractMission
from aci.signed_terms import Hold, Standing
from aci.standing import standing_of
from aci.workflow import RUNNING
from foundation import clock
from foundation.money import format_euros
from foundation.numbers import NBSP
from missions import scoring
from missions.annexed import with_annexes
from missions.cards import IndicatorCard, MissionCard, indicator_cards, plain_number
from missions.models import Indicator, IndicatorTier
from missions.querysets import commitments_visible_to
from missions.workflow import ProgressState
from territories.models import Cpts

NOTHING_SAID = Standing()


@dataclass(frozen=True, slots=True)
class ContractMissions:
    """The newest signed contract of a CPTS and the cards of its missions."""

    contract: Contract
    cards: tuple[MissionCard, ...]

    @property
    def is_over(self) -> bool:
        return self.contract.state not in RUNNING

    @property
    def finished_years(self) -> list[ContractYear]:
        """Those whose dialogue de gestion may be held."""
        return [year for year in self.cards[0].years if year.next_anniversary <= clock.today()]

    @property
    def annex(self) -> str:
        """The text whose annex serves the current year; empty: the catalogue does."""
        return self.cards[0].annex

    @property
    def whole_holds(self) -> list[Hold]:
        """What puts the whole contract on hold."""
        return [hold for hold in self.cards[0].holds if hold.mission is None]

    @property
    def current_year(self) -> ContractYear:
        return self.cards[0].current_year


@dataclass(frozen=True, slots=True)
class MeasuredIndicator:
    """An indicator on the page of its mission, with its tiers."""

    card: IndicatorCard
    tiers: tuple[scoring.Tier, ...]

    @property
    def tier_texts(self) -> list[str]:
        """« De 219 à 101 patients : 3 000,00 € »."""
        return [self._tier_text(tier) for tier in self.tiers]

    def _tier_text(self, tier: scoring.Tier) -> str:
        pays = format_euros(tier.euros)
        if tier.best is not None:
            bounds = f"De {plain_number(tier.worst)} à {self.card.text(tier.best)}"
        else:
            side = "ou moins" if self.card.direction is scoring.Direction.LOWER else "ou plus"
            bounds = f"{self.card.text(tier.worst)} {side}"
        return f"{bounds}{NBSP}: {pays}"

    @property
    def standing(self) -> str:
        return self.card.standing(self.tiers)


def contract_missions(cpts: Cpts, user: Any) -> ContractMissions | None:
    """Three queries; `None` while no contract was signed, or when it carries no mission."""
    found = list(commitments_visible_to(user).filter(contract__cpts=cpts))
    if not found:
        return None
    contract = found[0].contract
    standing = standing_of(contract)
    indicators = _indicators(contract, standing)
    cards = tuple(
        mission_card(commitment, indicators, standing)
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
    """One mission with its indicators. Two queries."""
    standing = standing_of(commitment.contract)
    indicators = _indicators(commitment.contract, standing, commitment.mission)
    return mission_card(commitment, indicators, standing)


def measured(card: MissionCard) -> list[MeasuredIndicator]:
    """The indicators of a card with their tiers: those of its annex, else of the catalogue.

    One query at most.
    """
    by_indicator: dict[int | None, list[scoring.Tier]] = {}
    national = [item.pk for item in card.indicators if not item.is_annexed]
    if national:
        for tier in IndicatorTier.objects.filter(indicator__in=national).order_by("pk"):
            by_indicator.setdefault(tier.indicator_id, []).append(_plain(tier))
    return [
        MeasuredIndicator(item, item.tiers or tuple(by_indicator.get(item.pk, ())))
        for item in card.indicators
    ]


def _plain(tier: IndicatorTier) -> scoring.Tier:
    return scoring.Tier(
        worst=tier.worst.normalize(),
        best=None if tier.best is None else tier.best.normalize(),
        euros=tier.euros,
    )


def mission_card(
    commitment: ContractMission,
    indicators: list[IndicatorCard] | tuple[IndicatorCard, ...] = (),
    standing: Standing = NOTHING_SAID,
) -> MissionCard:
    """What a page says of a mission; `indicators` may hold those of other missions too."""
    contract = commitment.contract
    progress = getattr(commitment, "progress", None)
    years = begun_years(contract)
    annex = standing.annexes.get(years[-1].number)
    card = MissionCard(
        mission=commitment.mission,
        state=ProgressState(progress.state if progress else ProgressState.NOT_STARTED),
        planned_start=commitment.start_day,
        deadlines=commitment.deadlines,
        today=clock.today(),
        years=years,
        is_over=contract.state not in RUNNING,
        indicators=tuple(item for item in indicators if item.mission is commitment.mission),
        annex=annex.reference if annex else "",
        holds=tuple(hold for hold in standing.holds if hold.concerns(commitment.mission)),
    )
    return card.with_progress(progress) if progress else card


def begun_years(contract: Contract) -> tuple[ContractYear, ...]:
    """The contract years that have begun; the first one is always there once signed."""
    years = contract_years(contract.signature_day, settings_of(contract))
    return tuple(year for year in years if year.number == 1 or year.start <= clock.today())


def _indicators(
    contract: Contract, standing: Standing, mission: MissionCode | None = None
) -> list[IndicatorCard]:
    """The indicators that served one of the begun years, with every measure."""
    years = begun_years(contract)
    first, last = years[0].start, years[-1].start
    rows = Indicator.objects.serving([contract], first, last)
    if mission:
        rows = rows.of_mission(mission)
    cards = indicator_cards(rows.with_measures_of(contract))
    return with_annexes(cards, lines_of(standing, mission), years)


def lines_of(
    standing: Standing, mission: MissionCode | None = None
) -> dict[int, tuple[AnnexLine, ...]]:
    """By contract year, what its annex names, of one mission or of all."""
    found = {
        year: annex.of(mission) if mission else annex.lines
        for year, annex in standing.annexes.items()
    }
    return {year: lines for year, lines in found.items() if lines}
