"""Pure: contracts × five years, by the grid in force and by another one, and the difference.

Each year is computed by the rules that pay it (`aci.funding`): every started mission reaches its
objectives, no crisis is recognised. A contract that ends is supposed renewed on the same terms.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from aci.deadlines import anniversary
from aci.funding import YearFunding
from aci.funding_basis import FundingBasis
from aci.funding_settings import FundingSettings
from aci.grid import Grid
from aci.mission_codes import MissionCode
from foundation.money import ZERO

HORIZON = 5  # civil years, each with the contract years that open in it


@dataclass(frozen=True, slots=True)
class Case:
    """A contract in force: what it is paid from, and its people in the vintage tried."""

    name: str
    slug: str
    departement: str
    signed_on: dt.date
    mission_starts: Mapping[MissionCode, dt.date]
    unscheduled_care_since: dt.date | None
    population: int
    size: int
    settings: FundingSettings
    grid_code: str | None = None  # the grid that the contract names: no other one changes it
    tried_population: int | None = None
    tried_size: int | None = None


@dataclass(slots=True)
class Pair:
    """The same money by the grid in force and by the one that is tried."""

    now: Decimal = ZERO
    tried: Decimal = ZERO

    def add(self, other: "Pair") -> None:
        self.now += other.now
        self.tried += other.tried

    @property
    def change(self) -> Decimal:
        return self.tried - self.now

    @property
    def rate(self) -> Decimal | None:
        """0.05 for five per cent more; nothing where nothing was paid."""
        return self.change / self.now if self.now else None


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One CPTS over the horizon."""

    case: Case
    by_year: Mapping[int, Pair]

    @property
    def total(self) -> Pair:
        whole = Pair()
        for pair in self.by_year.values():
            whole.add(pair)
        return whole

    @property
    def new_size(self) -> int:
        return self.case.tried_size or self.case.size

    @property
    def changes_size(self) -> bool:
        return self.new_size != self.case.size


@dataclass(slots=True)
class Projection:
    """The whole of it, added up in three ways."""

    results: list[CaseResult] = field(default_factory=list)
    by_year: dict[int, Pair] = field(default_factory=dict)
    by_mission: dict[MissionCode, Pair] = field(default_factory=dict)
    by_size: dict[int, Pair] = field(default_factory=dict)  # by the size of the contract
    total: Pair = field(default_factory=Pair)

    @property
    def winners(self) -> list[CaseResult]:
        """The largest gain first."""
        won = [result for result in self.results if result.total.change > 0]
        return sorted(won, key=lambda result: (-result.total.change, result.case.name))

    @property
    def losers(self) -> list[CaseResult]:
        """The largest loss first."""
        lost = [result for result in self.results if result.total.change < 0]
        return sorted(lost, key=lambda result: (result.total.change, result.case.name))

    @property
    def unchanged(self) -> int:
        return sum(result.total.change == 0 for result in self.results)

    @property
    def resized(self) -> int:
        return sum(result.changes_size for result in self.results)


def project(
    cases: Iterable[Case], *, grids: Sequence[Grid], tried: Grid | None, from_day: dt.date
) -> Projection:
    """Each case over `HORIZON` civil years; what is tried pays the years that open on or after it.

    `tried=None` keeps the grids in force: only the populations change.
    """
    years = range(from_day.year, from_day.year + HORIZON)
    found = Projection(by_year={year: Pair() for year in years})
    sizes: defaultdict[int, Pair] = defaultdict(Pair)
    missions: defaultdict[MissionCode, Pair] = defaultdict(Pair)
    for case in cases:
        by_year = {}
        for year in years:
            pair = _year(case, year, grids, tried, from_day, missions)
            if pair is not None:
                by_year[year] = pair
                found.by_year[year].add(pair)
                found.total.add(pair)
                sizes[case.size].add(pair)
        found.results.append(CaseResult(case, by_year))
    found.by_size = dict(sorted(sizes.items()))
    found.by_mission = {code: missions[code] for code in MissionCode if code in missions}
    return found


def _year(
    case: Case,
    year: int,
    grids: Sequence[Grid],
    tried: Grid | None,
    from_day: dt.date,
    missions: defaultdict[MissionCode, Pair],
) -> Pair | None:
    """The contract year that opens in a civil year; nothing before the signature."""
    number = year - case.signed_on.year + 1
    if number < 1:
        return None
    now, number = _basis(case, number)
    before = now.year(number, grids=grids)
    after = before
    if before.contract_year.start >= from_day:
        after = _tried(case, now, grids, tried).year(number, grids=_with(grids, tried))
    pair = Pair()
    for funding, is_tried in ((before, False), (after, True)):
        _add_lines(funding, missions, pair, is_tried=is_tried)
    return pair


def _basis(case: Case, number: int) -> tuple[FundingBasis, int]:
    """The basis of that year: beyond the last one, the same terms go on, every mission started."""
    last = case.settings.contract_years
    signed_on, starts = case.signed_on, case.mission_starts
    if number > last:
        signed_on = anniversary(case.signed_on, number - last, case.settings.leap_anniversary)
        starts = dict.fromkeys(starts, signed_on)
        number = last
    basis = FundingBasis(
        signed_on=signed_on,
        mission_starts=starts,
        unscheduled_care_since=case.unscheduled_care_since,
        population=case.population,
        size=case.size,
        settings=case.settings,
        grid_code=case.grid_code,
    )
    return basis, number


def _tried(
    case: Case, now: FundingBasis, grids: Sequence[Grid], tried: Grid | None
) -> FundingBasis:
    """The same with the grid and the people that are tried."""
    return FundingBasis(
        signed_on=now.signed_on,
        mission_starts=now.mission_starts,
        unscheduled_care_since=now.unscheduled_care_since,
        population=case.tried_population or case.population,
        size=case.tried_size or case.size,
        settings=now.settings,
        grid_code=case.grid_code or (tried.code if tried else None),
    )


def _with(grids: Sequence[Grid], tried: Grid | None) -> Sequence[Grid]:
    return grids if tried is None else [*grids, tried]


def _add_lines(
    funding: YearFunding, missions: defaultdict[MissionCode, Pair], pair: Pair, *, is_tried: bool
) -> None:
    for line in funding.lines:
        mission = missions[line.code]
        if is_tried:
            mission.tried += line.due
            pair.tried += line.due
        else:
            mission.now += line.due
            pair.now += line.due
