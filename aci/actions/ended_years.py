"""The year in which a contract ends before its term is computed again, with what to recover."""

import datetime as dt

from aci.contract_funding import settings_of
from aci.deadlines import year_containing
from aci.models import Contract, ContractYear
from aci.payments.year_revisions import last_revision, revise_year


def close_year(contract: Contract, day: dt.date) -> ContractYear | None:
    """A new revision of the year in which the contract ends; a later year opens so by itself."""
    span = year_containing(contract.signature_day, day, settings_of(contract))
    year = last_revision(contract, span.number) if span else None
    return revise_year(year, ended_on=day) if year else None
