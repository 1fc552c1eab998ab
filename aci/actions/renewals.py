"""Before a contract ends: a reminder, once, and the renewal becomes the turn of the CPAM."""

from django.db import transaction

from accounts.models import User
from aci import emails
from aci.actions.held import held, pass_baton
from aci.ending_delays import delays_on
from aci.models import Contract
from foundation import clock
from foundation.dates import format_date
from records import journal
from territories.models import Baton, Cpts


def remind_renewals(cpts: Cpts | None = None) -> int:
    """Once for each contract whose end is near and that nothing follows. Safe to run twice."""
    months = delays_on(clock.today()).renewal_reminder_months
    near = Contract.objects.to_renew_within(months)
    found = list((near.filter(cpts=cpts) if cpts else near).order_by("pk"))
    return sum(_remind(contract) for contract in found)


@transaction.atomic
def _remind(contract: Contract) -> bool:
    contract = held(contract)
    if contract.renewal_reminded_on is not None or contract.ends_on is None:
        return False  # another run came first
    portal = User.objects.portal()
    contract.renewal_reminded_on = clock.today()
    contract.save(update_fields=["renewal_reminded_on"])
    journal.record(
        "remind_renewal",
        contract,
        by=portal,
        dossier=contract.cpts.reference,
        sentence=(
            f"Rappel : le contrat {contract.reference} prend fin le "
            f"{format_date(contract.ends_on)}, son renouvellement reste à préparer"
        ),
        from_state=contract.state,
        to_state=contract.state,
    )
    pass_baton(contract, Baton.CPAM)
    emails.contract_to_renew(contract, by=portal)
    return True
