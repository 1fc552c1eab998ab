"""Pure: grid + size + missions + achievement → the amounts of a contract year, line by line."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from aci.deadlines import DEFAULTS, ContractYear, contract_year
from aci.funding_lines import (
    FULLY,
    Achievement,
    Counted,
    CrisisBasis,
    Line,
    Payment,
    TimeBasis,
    schedule_of,
)
from aci.funding_settings import FundingSettings, UnscheduledCareRule
from aci.grid import Grid
from aci.mission_codes import MISSIONS, MissionCode, Part
from foundation.dates import format_date
from foundation.money import ZERO, round_cents
from foundation.refusal import Refused


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """The facts of a contract that its amounts depend on, besides its size."""

    signed_on: dt.date
    mission_starts: Mapping[MissionCode, dt.date]
    unscheduled_care_since: dt.date | None  # None: not organised yet
    ended_on: dt.date | None = None  # first day that is no longer paid

    def __post_init__(self) -> None:
        for mission, start in self.mission_starts.items():
            if mission not in MISSIONS:
                raise Refused(f"L’enveloppe « {mission.label} » n’est pas une mission.")
            if start < self.signed_on:
                raise Refused(
                    f"La mission « {mission.label} » ne peut pas démarrer le "
                    f"{format_date(start)}, avant la signature du {format_date(self.signed_on)}."
                )


@dataclass(frozen=True, slots=True)
class YearFunding:
    """The amounts of one contract year, with all that they were computed from."""

    grid: Grid
    size: int
    contract_year: ContractYear
    ended_on: dt.date | None
    settings: FundingSettings
    lines: tuple[Line, ...]

    @property
    def total_due(self) -> Decimal:
        return sum((line.due for line in self.lines), ZERO)

    @property
    def total_advance(self) -> Decimal:
        return sum((line.advance for line in self.lines), ZERO)

    @property
    def total_balance(self) -> Decimal:
        return sum((line.balance for line in self.lines), ZERO)

    @property
    def schedule(self) -> tuple[Payment, ...]:
        return schedule_of(self.lines)


def everything_achieved(missions: Iterable[MissionCode]) -> dict[MissionCode, Achievement]:
    """For a forecast: every variable part whole. The crisis mission has no variable part."""
    return {mission: FULLY for mission in missions if mission is not MissionCode.CRISE}


def compute_year(
    *,
    terms: ContractTerms,
    number: int,
    grid: Grid,
    size: int,
    achieved: Mapping[MissionCode, Achievement],
    crisis_recognised: bool = False,
    settings: FundingSettings = DEFAULTS,
) -> YearFunding:
    """The whole amount of the nth contract year.

    `achieved` names every mission whose variable part is paid that year: a missing one is
    refused, since a zero or a full amount taken by default would look right and be wrong.
    When the contract ends in the year, `achieved` and `crisis_recognised` have no effect: both
    are left to the final review.
    """
    year = contract_year(terms.signed_on, number, settings)
    if terms.ended_on is None:
        _check_review(terms, achieved, crisis_recognised=crisis_recognised)
    elif not year.start < terms.ended_on < year.next_anniversary:
        raise Refused(
            f"La fin du contrat doit tomber après le {format_date(year.start)} et avant le "
            f"{format_date(year.next_anniversary)}, dans l’année de contrat {number}."
        )
    case = _Case(terms, year, grid, size, settings)
    lines = (_operating_line(case), *_mission_lines(case, achieved, crisis_recognised))
    return YearFunding(grid, size, year, terms.ended_on, settings, lines)


@dataclass(frozen=True, slots=True)
class _Case:
    """One year of one contract, as every line needs it."""

    terms: ContractTerms
    year: ContractYear
    grid: Grid
    size: int
    settings: FundingSettings

    @property
    def stop(self) -> dt.date:
        """The first day that this year no longer pays."""
        return self.terms.ended_on or self.year.next_anniversary

    def amount(self, mission: MissionCode, part: Part) -> Decimal:
        return self.grid.amount(self.size, mission, part)

    def counted(self, start: dt.date, end: dt.date) -> Counted:
        return Counted.between(start, end, year=self.year, unit=self.settings.proration)


def _check_review(
    terms: ContractTerms, achieved: Mapping[MissionCode, Achievement], *, crisis_recognised: bool
) -> None:
    """What the year's review says must concern a mission of the contract."""
    for mission in achieved:
        if mission is MissionCode.CRISE:
            raise Refused(f"La mission « {mission.label} » n’a pas de part variable à atteindre.")
        if mission not in terms.mission_starts:
            raise Refused(f"La mission « {mission.label} » ne fait pas partie du contrat.")
    if crisis_recognised and MissionCode.CRISE not in terms.mission_starts:
        raise Refused(
            f"Une crise reconnue ne se paie qu’avec la mission « {MissionCode.CRISE.label} »."
        )


def _mission_lines(
    case: _Case, achieved: Mapping[MissionCode, Achievement], crisis_recognised: bool
) -> Iterator[Line]:
    """The lines of the missions started before the year, or the contract, ends."""
    for mission in MISSIONS:
        start = case.terms.mission_starts.get(mission)
        if start is None or start >= case.stop:
            continue
        # Only the grid of the year computed is looked at.
        if mission not in case.grid.missions:
            raise Refused(
                f"Le barème {case.grid.code} ne prévoit pas la mission « {mission.label} »."
            )
        if mission is MissionCode.CRISE:
            yield from _crisis_lines(case, start, crisis_recognised)
        else:
            yield _fixed_line(case, mission, start)
            if case.terms.ended_on is None:
                yield _variable_line(case, mission, start, achieved.get(mission))


def _operating_line(case: _Case) -> Line:
    """Fonctionnement: from the signature on, whatever the missions."""
    first = case.year.number == 1
    rate = case.settings.operating_first_advance_rate if first else case.settings.advance_rate
    code, part = MissionCode.FONCTIONNEMENT, Part.FIXED
    return _time_line(case, code, part, case.amount(code, part), case.year.start, rate)


def _fixed_line(case: _Case, mission: MissionCode, start: dt.date) -> Line:
    """A fixed part, without the share of unscheduled care where nobody organises it yet."""
    begins = max(start, case.year.start)
    amount = case.amount(mission, Part.FIXED)
    removed = ZERO
    if mission is MissionCode.ACCES_SOINS and not _unscheduled_care_organised(case, begins):
        removed = case.amount(mission, Part.FIXED_OF_WHICH_SNP)
    rate = case.settings.advance_rate
    return _time_line(case, mission, Part.FIXED, amount - removed, begins, rate, removed)


def _unscheduled_care_organised(case: _Case, part_begins: dt.date) -> bool:
    since = case.terms.unscheduled_care_since
    at_part_start = case.settings.unscheduled_care_rule is UnscheduledCareRule.PART_START
    return since is not None and (since <= part_begins if at_part_start else since < case.stop)


def _crisis_lines(case: _Case, start: dt.date, recognised: bool) -> Iterator[Line]:
    """The plan, written in the year the mission starts and updated in later years; the crisis."""
    written = start >= case.year.start
    part = Part.PLAN_FIRST_YEAR if written else Part.PLAN_UPDATE
    begins = max(start, case.year.start)
    amount = case.amount(MissionCode.CRISE, part)
    yield _time_line(case, MissionCode.CRISE, part, amount, begins, case.settings.advance_rate)
    if recognised and case.terms.ended_on is None:
        whole = case.amount(MissionCode.CRISE, Part.CRISIS_RECOGNISED)
        yield Line(
            code=MissionCode.CRISE,
            part=Part.CRISIS_RECOGNISED,
            ceiling=whole,
            due=round_cents(whole),
            advance=ZERO,
            advance_rate=ZERO,
            advance_on=case.year.next_anniversary,
            balance_on=case.year.next_anniversary,
            basis=CrisisBasis(),
        )


def _time_line(
    case: _Case,
    mission: MissionCode,
    part: Part,
    ceiling: Decimal,
    begins: dt.date,
    advance_rate: Decimal,
    removed_snp: Decimal = ZERO,
) -> Line:
    """An amount due for the time from `begins` on, with an advance.

    The advance is taken on the rounded due of the time up to the anniversary, also when the
    contract ends before: it was paid when nobody knew.
    """
    full_due = case.counted(begins, case.year.next_anniversary).of(ceiling)
    counted = case.counted(begins, case.stop)
    return Line(
        code=mission,
        part=part,
        ceiling=ceiling,
        due=counted.of(ceiling),
        advance=round_cents(full_due * advance_rate),
        advance_rate=advance_rate,
        advance_on=begins,
        balance_on=case.stop,
        basis=TimeBasis(counted, removed_snp, case.terms.ended_on),
    )


def _variable_line(
    case: _Case, mission: MissionCode, start: dt.date, achievement: Achievement | None
) -> Line:
    """What the review found achieved. Not prorated in the first year, but by setting."""
    if achievement is None:
        raise Refused(f"La part atteinte de « {mission.label} » n’est pas renseignée.")
    ceiling = case.amount(mission, Part.VARIABLE)
    begins = case.year.start
    if case.settings.variable_prorated_in_first_year:
        begins = max(start, begins)
    counted = case.counted(begins, case.year.next_anniversary)
    return Line(
        code=mission,
        part=Part.VARIABLE,
        ceiling=ceiling,
        due=achievement.due(ceiling, counted),
        advance=ZERO,
        advance_rate=ZERO,
        advance_on=case.year.next_anniversary,
        balance_on=case.year.next_anniversary,
        basis=achievement.basis(ceiling, counted),
    )
