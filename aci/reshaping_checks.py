"""Whether the CPTS of a merger or a split are free for it, on the day chosen."""

import datetime as dt
from collections.abc import Sequence

from aci.contract_funding import settings_of
from aci.deadlines import year_containing
from aci.models import Amendment, Contract
from aci.payments.year_revisions import last_revision
from aci.workflow import ContractState
from foundation.dates import format_date
from foundation.refusal import Refusal, Refused
from projects.models import Filing
from projects.workflow import UNDECIDED
from territories.models import Cpts, Stage
from territories.reshaping import replacement_refusal

# The other ones are still being examined, or are over.
READY = {Stage.VALIDATED, Stage.CONTRACTED, Stage.EXPIRED}


def running_contract(cpts: Cpts) -> Contract | None:
    """The one to end on the eve."""
    found: Contract | None = Contract.objects.running().filter(cpts=cpts).first()
    return found


def refuse_busy(predecessors: Sequence[Cpts], day: dt.date) -> None:
    """One clear sentence for the first obstacle; nothing is changed."""
    for cpts in predecessors:
        refusal = busy_refusal(cpts, day)
        if refusal:
            raise Refused(refusal)


def refuse_unfit(absorbers: Sequence[Cpts], day: dt.date) -> None:
    """The CPTS that takes the others in must be there, and its history not rewritten.

    Its contract goes on: the amendment that changes its territory is looked at on the day.
    """
    for cpts in absorbers:
        if cpts.stage not in READY:
            raise Refused(
                f"{cpts.name} ne peut pas en absorber une autre à l’étape "
                f"« {cpts.get_stage_display()} »."
            )
        if running_contract(cpts) is None:
            refusal = replacement_refusal(cpts, day)
            if refusal:
                raise Refused(refusal)


def amendment_that_absorbs(contract: Contract, day: dt.date, shares: dict[str, int]) -> Amendment:
    """The signed amendment that gives the contract these very communes on that very day."""
    signed = Amendment.objects.in_force().filter(amends=contract, effective_on=day)
    amendment: Amendment
    for amendment in signed.select_related("territory"):
        if amendment.territory_in_use.shares == shares:
            return amendment
    raise Refused(
        f"L’avenant qui donne ces communes au contrat {contract.reference}, avec effet le "
        f"{format_date(day)}, n’est pas signé."
    )


def busy_refusal(cpts: Cpts, day: dt.date) -> Refusal | None:
    """Why this CPTS cannot be merged or split from that day on."""
    replaced = cpts.stage == Stage.REPLACED
    if not replaced and cpts.stage not in READY:
        return Refusal(
            f"{cpts.name} ne peut ni fusionner ni se scinder à l’étape "
            f"« {cpts.get_stage_display()} »."
        )
    refusal = replacement_refusal(cpts, day)
    if refusal:
        return refusal
    if Filing.objects.filter(cpts=cpts, state__in=UNDECIDED).exists():
        return Refusal(f"Un dépôt de {cpts.name} attend sa décision : terminez-le d’abord.")
    if Contract.objects.open().filter(cpts=cpts).exists():
        return Refusal(f"Un contrat de {cpts.name} est en négociation ou à signer.")
    contract = running_contract(cpts)
    return _contract_refusal(contract, cpts.name, day) if contract else None


def _contract_refusal(contract: Contract, name: str, day: dt.date) -> Refusal | None:
    if contract.state == ContractState.TERMINATING or contract.open_termination:
        return Refusal(f"Une résiliation du contrat de {name} est en cours.")
    amendments = Amendment.objects.filter(amends=contract)
    if amendments.open().exists():
        return Refusal(f"Un avenant au contrat de {name} est en négociation ou à signer.")
    signed = amendments.in_force().filter(effective_on__gte=day)
    if signed.exists():
        return Refusal(f"Un avenant au contrat de {name} prend effet après cette date.")
    return _day_refusal(contract, name, day)


def _day_refusal(contract: Contract, name: str, day: dt.date) -> Refusal | None:
    """Inside the contract, in a year that is neither closed nor settled; or after its end."""
    if contract.ends_on is None or day > contract.ends_on:
        return None
    settings = settings_of(contract)
    opened = contract.years.order_by("-number").first()
    start = opened.start if opened else contract.signature_day
    if day < start:
        return Refusal(
            f"Cette date tombe dans une année close du contrat de {name}, ou avant lui : "
            f"choisissez une date après le {format_date(start)}."
        )
    year = year_containing(contract.signature_day, day, settings)
    if year is None or day == year.start:
        return Refusal(
            f"Cette date est le jour anniversaire du contrat de {name} : choisissez le lendemain, "
            "pour que son année puisse être réglée."
        )
    stored = last_revision(contract, year.number)
    if stored and stored.inputs.get("reviewed"):
        return Refusal(f"L’année {year.number} du contrat de {name} est déjà réglée.")
    return None
