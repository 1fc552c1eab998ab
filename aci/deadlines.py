"""Pure: contract years, anniversaries, the start and deployment deadlines of missions."""

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from aci.funding_settings import FundingSettings, LeapAnniversary
from aci.mission_codes import MissionCode, MissionKind
from foundation.dates import add_months, format_date, refuse_beyond_calendar
from foundation.refusal import Refused

DEFAULTS = FundingSettings()


def whole_months(start: dt.date, end: dt.date) -> int:
    """How many whole months fit between two days, the second excluded."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months) <= end else months - 1


def anniversary(
    signed_on: dt.date, years: int, leap: LeapAnniversary = DEFAULTS.leap_anniversary
) -> dt.date:
    """The nth anniversary, always counted from the signature: 29 February returns in leap years."""
    year = signed_on.year + years
    refuse_beyond_calendar(signed_on, year)
    if (signed_on.month, signed_on.day) != (2, 29) or calendar.isleap(year):
        return signed_on.replace(year=year)
    return dt.date(year, 3, 1) if leap is LeapAnniversary.MARCH_1 else dt.date(year, 2, 28)


@dataclass(frozen=True, slots=True)
class ContractYear:
    """The reference period: from an anniversary, included, to the next one, excluded."""

    number: int
    start: dt.date
    next_anniversary: dt.date

    @property
    def last_day(self) -> dt.date:
        return self.next_anniversary - dt.timedelta(days=1)

    @property
    def days(self) -> int:
        """365 or 366."""
        return (self.next_anniversary - self.start).days

    def contains(self, day: dt.date) -> bool:
        return self.start <= day < self.next_anniversary


def contract_year(
    signed_on: dt.date, number: int, settings: FundingSettings = DEFAULTS
) -> ContractYear:
    """The nth year of a contract, counted from 1."""
    if not 1 <= number <= settings.contract_years:
        raise Refused(f"L’année de contrat est un nombre de 1 à {settings.contract_years}.")
    leap = settings.leap_anniversary
    return ContractYear(
        number=number,
        start=anniversary(signed_on, number - 1, leap),
        next_anniversary=anniversary(signed_on, number, leap),
    )


def contract_years(
    signed_on: dt.date, settings: FundingSettings = DEFAULTS
) -> tuple[ContractYear, ...]:
    """All the years of a contract."""
    return tuple(
        contract_year(signed_on, number, settings)
        for number in range(1, settings.contract_years + 1)
    )


def year_containing(
    signed_on: dt.date, day: dt.date, settings: FundingSettings = DEFAULTS
) -> ContractYear | None:
    """The contract year of a day; `None` before the signature and after the last year."""
    years = contract_years(signed_on, settings)
    return next((year for year in years if year.contains(day)), None)


def contract_end(signed_on: dt.date, settings: FundingSettings = DEFAULTS) -> dt.date:
    """The last day of the contract."""
    return contract_year(signed_on, settings.contract_years, settings).last_day


@dataclass(frozen=True, slots=True)
class MissionRule:
    """What the agreement asks of a mission from a date on. No months: the start is free."""

    effective_from: dt.date
    mission: MissionCode
    kind: MissionKind
    start_within_months: int | None
    deployed_within_months: int | None
    certainty: str
    source: str


@dataclass(frozen=True, slots=True)
class MissionDeadlines:
    """The last days on which a mission starts, then is fully deployed, in time."""

    mission: MissionCode
    start_by: dt.date | None
    deployed_by: dt.date | None

    def missed(
        self, *, started_on: dt.date | None, deployed_on: dt.date | None, today: dt.date
    ) -> tuple[str, ...]:
        """The alerts to show. A missed deadline never reduces an amount by itself."""
        alerts = []
        if self.start_by is not None and (started_on or today) > self.start_by:
            limit = format_date(self.start_by)
            alerts.append(
                f"La mission « {self.mission.label} » devait démarrer au plus tard le {limit}."
            )
        if self.deployed_by is not None and (deployed_on or today) > self.deployed_by:
            limit = format_date(self.deployed_by)
            alerts.append(
                f"La mission « {self.mission.label} » devait être déployée au plus tard le {limit}."
            )
        return tuple(alerts)


def mission_rule(
    mission: MissionCode, day: dt.date, rules: Iterable[MissionRule]
) -> MissionRule | None:
    """The rule of a mission in force on a day; `None` when the agreement did not know it yet."""
    begun = [rule for rule in rules if rule.mission is mission and rule.effective_from <= day]
    return max(begun, key=lambda rule: rule.effective_from, default=None)


def mission_deadlines(
    mission: MissionCode, signed_on: dt.date, rules: Iterable[MissionRule]
) -> MissionDeadlines:
    """The deadlines of a mission after the signature, by the rule in force that day."""
    rule = mission_rule(mission, signed_on, rules)
    if rule is None:
        return MissionDeadlines(mission, start_by=None, deployed_by=None)
    return MissionDeadlines(
        mission,
        start_by=_months_after(signed_on, rule.start_within_months),
        deployed_by=_months_after(signed_on, rule.deployed_within_months),
    )


def _months_after(day: dt.date, months: int | None) -> dt.date | None:
    return None if months is None else add_months(day, months)
