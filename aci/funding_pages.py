"""What the funding page shows: one contract year, stored, foreseen or estimated."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from aci.amended_funding import ASSUMPTIONS
from aci.amendment_funding import amendments_within, year_of
from aci.contract_funding import estimate_basis, settings_of, stored_grids
from aci.contract_pages import chosen_missions, shown_cpts
from aci.deadlines import ContractYear as YearSpan
from aci.deadlines import contract_years
from aci.funding_sheet import FundingSheet, plain_sheet, read_sheet
from aci.mission_codes import MissionCode
from aci.models import Amendment, Contract, ContractYear
from foundation import clock
from foundation.numbers import NBSP
from projects.models import Filing
from territories.models import Cpts, Territory
from territories.sizes import read_thresholds, size_of, thresholds_on


@dataclass(frozen=True, slots=True)
class FundingPage:
    """One contract year, its sheet, and how sure it is."""

    cpts: Cpts
    territory: Territory
    contract: Contract | None
    others: tuple[Contract, ...]
    years: tuple[YearSpan, ...]
    sheet: FundingSheet
    computed_at: dt.datetime | None  # when it was stored; None: computed for this page
    missions: tuple[MissionCode, ...]
    stored: ContractYear | None = None  # the year as it was computed, once it has opened
    amendments: tuple[Amendment, ...] = ()  # those that take effect inside the year

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What is assumed when the terms change inside the year."""
        return ASSUMPTIONS if self.amendments else ()

    @property
    def is_estimate(self) -> bool:
        """Nothing is signed yet."""
        return self.contract is None or not self.contract.is_signed

    @property
    def size_alert(self) -> str:
        """A newer vintage would give another size; a signed contract does not change for it."""
        return size_alert(self.contract) if self.contract else ""


def contract_funding(contracts: list[Contract], asked: str, number: str) -> FundingPage:
    """A year of a contract: as it was stored when it opened, else as it is foreseen."""
    contract = _asked_contract(contracts, number)
    years = tuple(
        year
        for year in contract_years(contract.signature_day, settings_of(contract))
        if not contract.terminated_on or year.start < contract.terminated_on
    )
    year = _asked_year(asked, years)
    stored = _stored_year(contract, year)
    if stored is not None:
        plain = stored.as_plain()
    else:
        plain = plain_sheet(year_of(contract, year.number, grids=stored_grids()))
    return FundingPage(
        cpts=shown_cpts(contract),
        territory=contract.territory_in_use,
        contract=contract,
        others=tuple(other for other in contracts if other != contract),
        years=years,
        sheet=read_sheet(plain),
        computed_at=stored.computed_at if stored else None,
        missions=(),
        stored=stored,
        amendments=tuple(amendments_within(contract, year)) if contract.is_signed else (),
    )


def estimated_funding(cpts: Cpts, filing: Filing | None, asked: str) -> FundingPage | None:
    """Before any contract: what a signature today would bring, for the missions foreseen.

    Nothing to show while the territory has no inhabitants.
    """
    territory = cpts.territory
    if territory is None or territory.size is None:
        return None
    today = clock.today()
    missions = chosen_missions(filing.answers if filing else {})
    basis = estimate_basis(territory, dict.fromkeys(missions, today), signed_on=today)
    year = _asked_year(asked, basis.years)
    plain = plain_sheet(basis.year(year.number, grids=stored_grids()))
    return FundingPage(
        cpts=cpts,
        territory=territory,
        contract=None,
        others=(),
        years=basis.years,
        sheet=read_sheet(plain),
        computed_at=None,
        missions=tuple(missions),
    )


def size_alert(contract: Contract) -> str:
    """« Le millésime 2023 donnerait la taille 2 ; le contrat n’est pas modifié. »

    Reads what `with_newest_population` brought along.
    """
    territory = contract.territory
    people: int | None = getattr(contract, "newest_population", None)
    vintage: int | None = getattr(contract, "newest_vintage", None)
    known: int | None = getattr(contract, "newest_known", None)
    if territory is None or not people or not vintage or vintage <= territory.vintage:
        return ""
    if known != territory.commune_count:  # never counted short
        return ""
    size = size_of(people, thresholds_on(clock.today(), read_thresholds()))
    if size == territory.size:
        return ""
    return (
        f"Le millésime {vintage} donnerait la taille{NBSP}{size}{NBSP}; "
        "le contrat n’est pas modifié."
    )


def _asked_contract(contracts: list[Contract], number: str) -> Contract:
    """The one asked for, else the one in force, else the newest."""
    by_number = {str(contract.number): contract for contract in contracts}
    if number in by_number:
        return by_number[number]
    in_force = [contract for contract in contracts if contract.state in {"in_force", "terminating"}]
    return (in_force or contracts)[0]


def _asked_year(asked: str, years: tuple[YearSpan, ...]) -> YearSpan:
    """The year asked for, else the one of today, else the first one."""
    by_number = {str(year.number): year for year in years}
    if asked in by_number:
        return by_number[asked]
    today = clock.today()
    return next((year for year in years if year.contains(today)), years[0])


def _stored_year(contract: Contract, year: YearSpan) -> ContractYear | None:
    """The last revision of a year that has opened."""
    if not contract.is_signed or year.start > clock.today():
        return None
    found: ContractYear | None = (
        contract.years.filter(number=year.number).order_by("-revision").first()
    )
    return found
