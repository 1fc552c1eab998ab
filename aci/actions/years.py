"""Compute a contract year and keep it: once when it opens, again when an amendment changes it."""

from aci.amended_funding import year_in_force
from aci.amendment_funding import last_basis, signed_amendments, spans_of
from aci.contract_funding import stored_grids
from aci.funding_sheet import plain_sheet
from aci.models import Contract, ContractYear, FundingGrid
from aci.payments.planning import plan_year


def store_year(contract: Contract, number: int) -> ContractYear:
    """Compute the year with the grid of its first day, and keep all that it was computed from.

    A year that is known already gets one more revision: what was computed is never altered.
    """
    spans = spans_of(contract)
    funding = year_in_force(spans, number, grids=stored_grids())
    basis = last_basis(spans, funding.contract_year)
    sheet = plain_sheet(funding)
    references = [row.reference for row in signed_amendments(contract)]
    stored = ContractYear.objects.create(
        contract=contract,
        number=number,
        revision=contract.years.filter(number=number).count() + 1,
        start=funding.contract_year.start,
        end=funding.contract_year.last_day,
        grid=FundingGrid.objects.get(code=funding.grid.code),
        population=basis.population,
        size=basis.size,
        inputs={
            **basis.as_plain(),
            "grid_used": sheet["grid"],
            **({"amendments": references} if references else {}),
        },
        lines=sheet["lines"],
        schedule=sheet["schedule"],
        total_due=funding.total_due,
    )
    plan_year(stored)
    return stored
