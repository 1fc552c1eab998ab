"""What every act on a contract begins and ends with: hold the row, pass the baton."""

from aci.models import Amendment, Contract
from aci.parties import Party
from territories.actions import move
from territories.models import Baton


def held(contract: Contract) -> Contract:
    """The contract as it stands now, held until the end of the act.

    The CPTS is held too: its stage and baton are rewritten with the act.
    """
    if contract.amends_id is not None:
        # The contract first, as every act on it does: two acts never wait for each other.
        Contract.objects.select_for_update(of=("self",)).get(pk=contract.amends_id)
    row: Contract = (
        Contract.agreements.select_for_update(of=("self", "cpts"))
        .select_related(
            "cpts__region",
            "cpts__cpam_district",
            "cpts__territory",
            "territory",
            "previous",
            "health_project",
            "grid",
            "template",
            "amends__grid",
            "amends__territory",
            "former_territory",
        )
        .get(pk=contract.pk)
    )
    return row


# Whom the dossier waits for, while a party is to sign: one at a time, in the order of the contract.
SIGNATORY = {
    Party.CPTS: Baton.SIGNATORY_CPTS,
    Party.CPAM: Baton.SIGNATORY_CPAM,
    Party.ARS: Baton.SIGNATORY_ARS,
}


def held_amendment(amendment: Amendment) -> Amendment:
    """The same, of what can only be an amendment."""
    row = held(amendment)
    if not isinstance(row, Amendment):
        raise TypeError(f"{row} is not an amendment.")
    return row


def pass_baton(contract: Contract, baton: Baton) -> None:
    """The dossier waits for somebody else; its deadline stays what it was."""
    cpts = contract.cpts
    deadline = (cpts.next_deadline, cpts.next_deadline_label) if cpts.next_deadline else None
    move(cpts, baton=baton, deadline=deadline)
