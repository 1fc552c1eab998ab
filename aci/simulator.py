"""What the simulator shows of a draft: its yearly funding in each vintage, alone or beside another.

A whole contract year, by the funding rules themselves: every chosen mission starts on the day of
the signature and reaches its objectives. Asks the grids once; the territory is counted elsewhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from aci.contract_funding import stored_grids
from aci.deadlines import mission_rule
from aci.funding_basis import FundingBasis
from aci.funding_sheet import Envelope, FundingSheet, plain_sheet, read_sheet
from aci.grid_files import read_mission_rules, read_setting_rows, settings_on
from aci.mission_codes import MISSIONS, MissionCode, MissionKind
from foundation import clock
from foundation.refusal import Refused
from territories.drafts.counted import Drafted, VintageCount
from territories.drafts.draft import PARAMETER, Draft
from territories.overlap import Surroundings, surroundings

FIRST_DAY = dt.date(2019, 8, 25)  # the agreement
YEARS_AHEAD = 5
WHOLE_YEAR = 1  # every mission starts with it


@dataclass(frozen=True, slots=True)
class Choices:
    """The missions and the day of the signature, as somebody chose them or as they usually are."""

    missions: tuple[MissionCode, ...]
    signed_on: dt.date

    @classmethod
    def usual(cls) -> Choices:
        """The core missions of today's agreement, signed today."""
        return cls(core_missions(clock.today()), clock.today())

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """What an address must say of them: nothing for the usual ones."""
        if self == Choices.usual():
            return []
        missions = [("mission", mission.value) for mission in self.missions]
        return [("reglages", "1"), *missions, ("signature", self.signed_on.isoformat())]


def core_missions(day: dt.date) -> tuple[MissionCode, ...]:
    """The missions that every CPTS carries, by the rules of a day."""
    rules = read_mission_rules()
    found = ((mission, mission_rule(mission, day, rules)) for mission in MISSIONS)
    return tuple(mission for mission, rule in found if rule and rule.kind is MissionKind.CORE)


@dataclass(frozen=True)
class Address:
    """The address that is the simulation, and what the forms of the page carry along."""

    draft: Draft
    choices: Choices
    kept: str = ""  # the compact text of a draft kept to be compared

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The hidden fields of a form that goes on from here."""
        kept = [("a", self.kept)] if self.kept else []
        return [(PARAMETER, self.draft.text), *self.choices.parameters, *kept]

    @property
    def hidden_but_settings(self) -> list[tuple[str, str]]:
        """For the form that gives the settings itself."""
        settings = self.choices.parameters
        return [pair for pair in self.hidden if pair not in settings]

    def of(self, draft: Draft, route: str = "aci:simulator", **more: str) -> str:
        return _written(route, Address(draft, self.choices, self.kept).hidden, more)

    @property
    def here(self) -> str:
        return self.of(self.draft)

    @property
    def map(self) -> str:
        return self.of(self.draft, "aci:simulator_map")

    @property
    def funding(self) -> str:
        return self.of(self.draft, "aci:simulated_funding")

    @property
    def csv(self) -> str:
        return self.of(self.draft, "aci:simulated_csv")

    @property
    def geojson(self) -> str:
        return self.of(self.draft, "aci:simulated_geojson")

    @property
    def use(self) -> str:
        return self.of(self.draft, "aci:use_simulation")

    @property
    def keep(self) -> str:
        """The same page, this draft kept to be compared with what it becomes."""
        return self.of(self.draft, a=self.draft.text)

    @property
    def compare(self) -> str:
        parameters = [("a", self.kept), ("b", self.draft.text), *self.choices.parameters]
        return _written("aci:compare_simulations", parameters, {})


@dataclass(frozen=True)
class VintageFunding:
    """One line of the table: what a vintage counts, and the yearly amount of each envelope."""

    count: VintageCount
    envelopes: tuple[Envelope, ...]

    @property
    def total(self) -> Decimal | None:
        return sum((one.due for one in self.envelopes), Decimal(0)) if self.envelopes else None


@dataclass
class SimulatedFunding:
    """The funding of a draft in each vintage."""

    drafted: Drafted
    choices: Choices
    grids: Callable[[], Any] = stored_grids

    @property
    def problem(self) -> str:
        """Why no amount can be given, for instance a mission that the grid did not know yet."""
        sized = (row.size for row in self.drafted.counts if row.size)
        return next((said for said in (self._of_size(size)[1] for size in sized) if said), "")

    @property
    def rows(self) -> list[VintageFunding]:
        """Newest first."""
        return [
            VintageFunding(count, self._envelopes(count.size))
            for count in reversed(self.drafted.counts)
        ]

    @property
    def codes(self) -> tuple[MissionCode, ...]:
        """The columns: fonctionnement, then the chosen missions."""
        return (MissionCode.FONCTIONNEMENT, *self.choices.missions)

    @property
    def sheet(self) -> FundingSheet | None:
        """The whole sheet for the vintage kept, each amount with its rule."""
        kept = self.drafted.kept
        return self._of_size(kept.size)[0] if kept and kept.size else None

    @property
    def any_sheet(self) -> FundingSheet | None:
        """For what is said of the grid when the vintage kept lacks a figure."""
        sized = (row.size for row in self.drafted.counts if row.size)
        return next((sheet for sheet in (self._of_size(size)[0] for size in sized) if sheet), None)

    def _envelopes(self, size: int | None) -> tuple[Envelope, ...]:
        sheet = self._of_size(size)[0] if size else None
        return sheet.envelopes if sheet else ()

    def _of_size(self, size: int) -> tuple[FundingSheet | None, str]:
        """An amount depends on the size alone: four computations at most, whatever the vintages."""
        if size not in self._computed:
            self._computed[size] = self._compute(size)
        return self._computed[size]

    @cached_property
    def _computed(self) -> dict[int, tuple[FundingSheet | None, str]]:
        return {}

    @cached_property
    def _known_grids(self) -> Any:
        return self.grids()

    def _compute(self, size: int) -> tuple[FundingSheet | None, str]:
        day = self.choices.signed_on
        try:
            basis = FundingBasis(
                signed_on=day,
                mission_starts=dict.fromkeys(self.choices.missions, day),
                unscheduled_care_since=day,
                population=0,
                size=size,
                settings=settings_on(day, read_setting_rows()),
            )
            year = basis.year(WHOLE_YEAR, grids=self._known_grids)
        except Refused as refused:
            return None, refused.reason
        return read_sheet(plain_sheet(year)), ""


@dataclass
class SimulatorPage:
    """Everything the simulator shows; what a part does not draw is not asked."""

    drafted: Drafted
    address: Address

    @cached_property
    def funding(self) -> SimulatedFunding:
        return SimulatedFunding(self.drafted, self.address.choices)

    @cached_property
    def around(self) -> Surroundings | None:
        """Overlaps and neighbours; nothing while something must be corrected."""
        if self.drafted.problem or not self.drafted.communes:
            return None
        return surroundings(self.drafted, clock.today())

    @property
    def departement(self) -> str:
        """Where a shared name is looked for first: where most of the communes are."""
        places = [commune.departement for commune in self.drafted.communes]
        return max(set(places), key=places.count, default="")


def _written(route: str, parameters: list[tuple[str, str]], more: Mapping[str, str]) -> str:
    query = urlencode([*((name, value) for name, value in parameters if name not in more)])
    extra = urlencode(more)
    whole = "&".join(filter(None, (query, extra))).replace("%3A", ":").replace("%2A", "*")
    return f"{reverse(route)}?{whole}"
