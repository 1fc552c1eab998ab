"""From a contract and its amendments to the terms that hold on each day of its years."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aci.amended_funding import Span, year_in_force
from aci.contract_funding import basis_of, settings_of, size_in_use
from aci.deadlines import ContractYear
from aci.funding import YearFunding
from aci.funding_basis import FundingBasis
from aci.grid import Grid
from aci.models import Amendment, Contract, Terms
from territories.models import Territory


def signed_amendments(contract: Contract) -> list[Amendment]:
    """Those that change, or will change, the terms, in the order of their effect.

    A page that has read them already gives them with `know_amendments`.
    """
    known: list[Amendment] | None = contract.__dict__.get("known_amendments")
    if known is not None:
        return known
    rows = (
        Amendment.objects.filter(amends=contract, signed_on__isnull=False)
        .select_related("territory", "former_territory")
        .order_by("effective_on", "number")
    )
    return know_amendments(contract, rows)


def know_amendments(contract: Contract, rows: Iterable[Amendment]) -> list[Amendment]:
    """Keep with the contract those of these amendments that are signed and its own."""
    own = [row for row in rows if row.amends_id == contract.pk and row.is_signed]
    for row in own:
        row.amends = contract
    known = sorted(own, key=lambda row: (row.effect, row.number))
    contract.__dict__["known_amendments"] = known
    return known


def spans_of(contract: Contract, *, proposed: Amendment | None = None) -> list[Span]:
    """The terms from the signature on, then those of each amendment from its effect on.

    `proposed` counts as if it were signed.
    """
    amendments = [row for row in signed_amendments(contract) if row != proposed]
    if proposed is not None:
        amendments.append(proposed)
    if not amendments:
        return [Span(None, basis_of(contract))]
    first = amendments[0]
    spans = [Span(None, amended_basis(contract, first.terms_before, first.territory_before))]
    spans += [
        Span(row.effect, amended_basis(contract, row.terms, row.territory_in_use))
        for row in amendments
    ]
    return spans


def amended_basis(contract: Contract, terms: Terms, territory: Territory) -> FundingBasis:
    """What is paid from by one version of the terms."""
    return FundingBasis(
        signed_on=contract.signature_day,
        mission_starts=terms.starts,
        unscheduled_care_since=terms.unscheduled_care_since,
        population=territory.population,
        size=size_in_use(territory),
        settings=settings_of(contract),
        grid_code=contract.grid.code if contract.grid else None,
        ended_on=contract.terminated_on,
    )


def year_of(contract: Contract, number: int, *, grids: Iterable[Grid]) -> YearFunding:
    """A contract year as it is foreseen, by the terms that hold on each of its days."""
    return year_in_force(spans_of(contract), number, grids=grids)


def last_basis(spans: Sequence[Span], year: ContractYear) -> FundingBasis:
    """The terms at the end of a year."""
    begun = [span for span in spans if span.since is None or span.since < year.next_anniversary]
    return begun[-1].basis


def amendments_within(contract: Contract, year: ContractYear) -> list[Amendment]:
    """Those that take effect inside the year, after its first day."""
    return [
        row
        for row in signed_amendments(contract)
        if year.start < row.effect < year.next_anniversary
    ]
