"""Pure: what the amounts of a contract, signed or only foreseen, are computed from."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aci.deadlines import ContractYear, contract_year, contract_years
from aci.funding import ContractTerms, YearFunding, compute_year, everything_achieved
from aci.funding_settings import FundingSettings
from aci.grid import Grid, grid_of_year
from aci.mission_codes import MissionCode


@dataclass(frozen=True, slots=True)
class FundingBasis:
    """A date of signature, the missions with their start, a population and its size."""

    signed_on: dt.date
    mission_starts: Mapping[MissionCode, dt.date]
    unscheduled_care_since: dt.date | None
    population: int
    size: int
    settings: FundingSettings
    grid_code: str | None = None  # the grid that the contract names; else the one in force
    ended_on: dt.date | None = None  # a termination: the first day that is no longer paid

    @property
    def years(self) -> tuple[ContractYear, ...]:
        """Those that begin before the contract ends."""
        years = contract_years(self.signed_on, self.settings)
        return tuple(year for year in years if not self.ended_on or year.start < self.ended_on)

    def year(self, number: int, *, grids: Iterable[Grid]) -> YearFunding:
        """A contract year as it is foreseen: every started mission reaches its objectives."""
        span = contract_year(self.signed_on, number, self.settings)
        ended_on = self.ended_on if self.ended_on and span.contains(self.ended_on) else None
        grid = grid_of_year(
            signed_on=self.signed_on,
            year=span,
            grids=grids,
            settings=self.settings,
            named=self.grid_code,
        )
        return compute_year(
            terms=ContractTerms(
                signed_on=self.signed_on,
                mission_starts=self.mission_starts,
                unscheduled_care_since=self.unscheduled_care_since,
                ended_on=ended_on,
            ),
            number=number,
            grid=grid,
            size=self.size,
            achieved=everything_achieved(self.mission_starts),
            settings=self.settings,
        )

    def first_whole_year(self) -> int:
        """The first year that every mission carries from its first day; else the last one."""
        years = self.years
        last_start = max(self.mission_starts.values(), default=self.signed_on)
        whole = (year.number for year in years[1:] if year.start >= last_start)
        return next(whole, years[-1].number)

    def as_plain(self) -> dict[str, object]:
        """What a computed year keeps, so that it can be computed again."""
        return {
            "signed_on": self.signed_on.isoformat(),
            "missions": {code.value: day.isoformat() for code, day in self.mission_starts.items()},
            "unscheduled_care_since": (
                self.unscheduled_care_since.isoformat() if self.unscheduled_care_since else None
            ),
            "population": self.population,
            "size": self.size,
            "grid": self.grid_code,
            "settings": self.settings.as_texts(),
            "ended_on": self.ended_on.isoformat() if self.ended_on else None,
            "achieved": {code.value: "1" for code in everything_achieved(self.mission_starts)},
        }
