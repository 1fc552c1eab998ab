"""Pure: what a page says of a mission — state, deadlines, indicators, what is missing."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from aci.deadlines import ContractYear, MissionDeadlines
from aci.indicator_rules import AnnexLine
from aci.mission_codes import MissionCode
from aci.signed_terms import Hold
from foundation.dates import format_date
from foundation.money import format_euros
from foundation.numbers import NBSP, format_number
from missions import scoring
from missions.workflow import ProgressState


def amount_text(value: Decimal, unit: str) -> str:
    """« 62,5 % », « 80 patients », never with useless zeros."""
    return f"{plain_number(value)}{NBSP}{unit}"


def plain_number(value: Decimal) -> str:
    """« 1 200 », « 62,5 »: never « 62,50 » nor « 1,2E+3 »."""
    is_whole = value == value.to_integral()
    return format_number(value.quantize(Decimal(1)) if is_whole else value.normalize())


@dataclass(frozen=True, slots=True)
class Measure:
    """One value that was entered, with its proof."""

    pk: int
    year: int
    value: Decimal
    text: str  # « 80 patients »
    measured_on: dt.date
    comment: str
    entered_at: dt.datetime
    entered_by: str
    proof_uuid: Any
    proof_name: str
    proof_size: int
    is_replaced: bool  # corrected since: kept, and not counted


@dataclass(frozen=True, slots=True)
class IndicatorCard:
    """An indicator and everything that was measured for a contract, oldest first."""

    pk: int | None  # none while only the annex of the contract knows it
    code: str
    mission: MissionCode
    label: str
    definition: str
    unit: str
    direction: scoring.Direction
    method: scoring.Method
    target: Decimal | None
    baseline: Decimal | None
    euros: Decimal
    is_confirmed: bool
    effective_from: dt.date
    effective_to: dt.date | None
    measures: tuple[Measure, ...]
    # What the annexes signed for the contract say of it, by year: before the catalogue.
    tiers: tuple[scoring.Tier, ...] = ()
    is_annexed: bool = False  # for the current year
    annexed: Mapping[int, AnnexLine] = field(default_factory=dict)
    annexed_years: frozenset[int] = frozenset()  # those whose annex names its mission

    @property
    def counted(self) -> list[Measure]:
        """What counts: the last row of each day of measure."""
        return [measure for measure in self.measures if not measure.is_replaced]

    @property
    def latest(self) -> Measure | None:
        counted = self.counted
        return counted[-1] if counted else None

    @property
    def newest_first(self) -> list[Measure]:
        return sorted(self.measures, key=lambda measure: measure.pk, reverse=True)

    @property
    def trend(self) -> str:
        """« En progrès depuis la mesure du 3 mars 2026 (120) »; empty with less than two."""
        counted = self.counted
        if len(counted) < 2:
            return ""
        before, now = counted[-2], counted[-1]
        since = f"depuis la mesure du {format_date(before.measured_on)} ({self.text(before.value)})"
        if now.value == before.value:
            return f"Stable {since}"
        is_better = self.direction.reaches(now.value, before.value)
        return f"{'En progrès' if is_better else 'En recul'} {since}"

    @property
    def latest_text(self) -> str:
        return self.text(self.latest.value) if self.latest else ""

    @property
    def aim(self) -> str:
        """« Cible : 60 % ou plus »; with tiers, the page lists them."""
        if self.target is None:
            return ""
        side = "ou moins" if self.direction is scoring.Direction.LOWER else "ou plus"
        return f"Cible{NBSP}: {self.text(self.target)} {side}"

    @property
    def worth(self) -> str:
        """« Vaut au plus 9 000,00 € », by the signed annex of the current year."""
        if not self.is_annexed:
            return ""
        most = max((tier.euros for tier in self.tiers), default=self.euros)
        return f"Vaut au plus{NBSP}{format_euros(most)}"

    def standing(self, tiers: Iterable[scoring.Tier] = ()) -> str:
        """What the latest measure is worth: the tier it reaches, or whether the aim is reached."""
        tiers = tuple(tiers)
        if self.latest is None:
            return ""
        if self.latest.year in self.annexed:
            signed = self.annexed[self.latest.year].rule
            return scoring.score(signed, self.latest.value.normalize()).rule
        if tiers or self.euros:
            return scoring.score(self.rule(tiers), self.latest.value.normalize()).rule
        if self.target is None:
            return ""
        reached = self.direction.reaches(self.latest.value, self.target)
        return "Cible atteinte." if reached else "Cible pas encore atteinte."

    def text(self, value: Decimal) -> str:
        """« 62,5 % », « 80 patients »."""
        return amount_text(value, self.unit)

    def serves(self, year: ContractYear) -> bool:
        """Named by the annex of the contract year; without annex, in force on its first day."""
        if year.number in self.annexed_years:
            return year.number in self.annexed
        return self.is_in_force(year)

    def is_in_force(self, year: ContractYear) -> bool:
        """By the dates of the catalogue."""
        begun = self.effective_from <= year.start
        return begun and (self.effective_to is None or self.effective_to >= year.start)

    def is_measured_in(self, year: ContractYear) -> bool:
        return any(measure.year == year.number for measure in self.measures)

    def rule(self, tiers: Iterable[scoring.Tier] = ()) -> scoring.Indicator:
        """As `missions.scoring` reads it."""
        return scoring.Indicator(
            label=self.label,
            direction=self.direction,
            method=self.method,
            euros=self.euros,
            target=self.target,
            baseline=self.baseline,
            tiers=tuple(tiers),
        )


@dataclass(frozen=True, slots=True)
class Gap:
    """Indicators of a contract year that have no value yet."""

    year: ContractYear
    indicators: tuple[IndicatorCard, ...]
    is_late: bool


@dataclass(frozen=True, slots=True)
class MissionCard:
    """A mission of a contract on a page."""

    mission: MissionCode
    state: ProgressState
    planned_start: dt.date
    deadlines: MissionDeadlines
    today: dt.date
    years: tuple[ContractYear, ...]  # begun, oldest first
    is_over: bool  # the contract has ended: nothing is awaited any more
    started_on: dt.date | None = None
    deployed_on: dt.date | None = None
    note: str = ""
    version: int = 0
    updated_at: dt.datetime | None = None
    updated_by: str = ""
    indicators: tuple[IndicatorCard, ...] = field(default=())
    annex: str = ""  # the text whose annex serves the current year
    holds: tuple[Hold, ...] = ()  # on hold today, alone or with the whole contract

    @property
    def has_annex(self) -> bool:
        """The annex of the current year names this mission."""
        number = self.current_year.number
        return any(number in item.annexed_years for item in self.indicators)

    def with_progress(self, progress: Any) -> "MissionCard":
        """With what was declared (a `MissionProgress` row)."""
        return replace(
            self,
            started_on=progress.started_on,
            deployed_on=progress.deployed_on,
            note=progress.note,
            version=progress.version,
            updated_at=progress.updated_at,
            updated_by=progress.updated_by.get_full_name(),
        )

    @property
    def alerts(self) -> tuple[str, ...]:
        """Missed deadlines. Never a deduction by themselves (funding.md)."""
        return self.deadlines.missed(
            started_on=self.started_on, deployed_on=self.deployed_on, today=self.today
        )

    @property
    def next_step(self) -> tuple[str, dt.date] | None:
        """« À démarrer avant le », with the day; `None` when nothing is awaited."""
        if self.is_over:
            return None
        if self.state == ProgressState.NOT_STARTED and self.deadlines.start_by:
            return "À démarrer avant le", self.deadlines.start_by
        if self.state != ProgressState.DEPLOYED and self.deadlines.deployed_by:
            return "À déployer pleinement avant le", self.deadlines.deployed_by
        return None

    @property
    def step_label(self) -> str:
        return self.next_step[0] if self.next_step else ""

    @property
    def step_day(self) -> dt.date | None:
        return self.next_step[1] if self.next_step else None

    @property
    def is_late(self) -> bool:
        """The step still to be done is past its day."""
        return self.step_day is not None and self.today > self.step_day

    @property
    def current_year(self) -> ContractYear:
        """The contract year of today, or the last one."""
        return self.years[-1]

    @property
    def gaps(self) -> list[Gap]:
        """What is missing, year by year, the oldest first."""
        if self.state == ProgressState.NOT_STARTED:
            return []
        found = []
        for year in self.years:
            if self.started_on and self.started_on >= year.next_anniversary:
                continue
            missing = tuple(
                indicator
                for indicator in self.indicators
                if indicator.serves(year) and not indicator.is_measured_in(year)
            )
            if missing:
                found.append(Gap(year, missing, is_late=self.today >= year.next_anniversary))
        return found

    @property
    def gap_sentences(self) -> list[str]:
        """« En retard : 3 valeurs et leurs preuves (années 1 et 2). », then the year under way."""
        if self.is_over:
            return []
        late = [gap for gap in self.gaps if gap.is_late]
        found = []
        if late:
            years = [str(gap.year.number) for gap in late]
            which = f"année {years[0]}" if len(years) == 1 else f"années {_listed(years)}"
            found.append(f"En retard{NBSP}: {_missing(late)} ({which}).")
        now = [gap for gap in self.gaps if not gap.is_late]
        if now:
            last_day = format_date(now[0].year.last_day)
            found.append(f"À saisir avant le {last_day}{NBSP}: {_missing(now)}.")
        return found

    @property
    def to_measure(self) -> list[IndicatorCard]:
        """The indicators of the current year."""
        return [item for item in self.indicators if item.serves(self.current_year)]


def _missing(gaps: Iterable[Gap]) -> str:
    count = sum(len(gap.indicators) for gap in gaps)
    return "une valeur et sa preuve" if count == 1 else f"{count} valeurs et leurs preuves"


def _listed(words: list[str]) -> str:
    """« 1, 2 et 3 »."""
    return f"{', '.join(words[:-1])} et {words[-1]}"


def indicator_cards(rows: Iterable[Mapping[str, Any]]) -> list[IndicatorCard]:
    """From `Indicator.objects.with_measures_of(contract)`: one card for each indicator."""
    return [_indicator_card(list(group)) for _, group in groupby(rows, key=lambda row: row["pk"])]


def _indicator_card(rows: list[Mapping[str, Any]]) -> IndicatorCard:
    first = rows[0]
    measured = [row for row in rows if row["measure__pk"] is not None]
    # Oldest first: a later row for the same year and day corrects the earlier.
    last = {
        (row["measure__year"], row["measure__measured_on"]): row["measure__pk"] for row in measured
    }
    return IndicatorCard(
        pk=first["pk"],
        code=first["code"],
        mission=MissionCode(first["mission"]),
        label=first["label"],
        definition=first["definition"],
        unit=first["unit"],
        direction=scoring.Direction(first["direction"]),
        method=scoring.Method(first["method"]),
        target=first["target"],
        baseline=first["baseline"],
        euros=first["euros"],
        is_confirmed=first["is_confirmed"],
        effective_from=first["effective_from"],
        effective_to=first["effective_to"],
        measures=tuple(_measure(row, last) for row in measured),
    )


def _measure(row: Mapping[str, Any], last: Mapping[tuple[int, dt.date], int]) -> Measure:
    return Measure(
        pk=row["measure__pk"],
        year=row["measure__year"],
        value=row["measure__value"],
        text=amount_text(row["measure__value"], row["unit"]),
        measured_on=row["measure__measured_on"],
        comment=row["measure__comment"],
        entered_at=row["measure__entered_at"],
        entered_by=f"{row['measure__entered_by__first_name']} "
        f"{row['measure__entered_by__last_name']}".strip(),
        proof_uuid=row["measure__proof__uuid"],
        proof_name=row["measure__proof__name"],
        proof_size=row["measure__proof__size"],
        is_replaced=last[_occasion(row)] != row["measure__pk"],
    )


def _occasion(row: Mapping[str, Any]) -> tuple[int, dt.date]:
    return row["measure__year"], row["measure__measured_on"]
