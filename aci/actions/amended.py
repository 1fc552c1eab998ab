"""What the third signature of an amendment brings: its years, its effect, its file."""

import datetime as dt

from accounts.models import User
from aci import emails
from aci.actions.documents import want_document
from aci.actions.life import next_deadline
from aci.actions.taken_up import take_up
from aci.actions.years import store_year
from aci.contract_funding import settings_of
from aci.deadlines import contract_years
from aci.models import Amendment, Contract, ContractDocument
from aci.workflow import WORKFLOW
from foundation import clock
from foundation.dates import format_date
from records import journal
from territories.actions import move
from territories.models import Baton
from territories.scopes import may_on


def put_amendment_in_force(
    amendment: Amendment, *, last_signatory: User, signed_on: dt.date | None = None
) -> None:
    """In the transaction of the third signature, like the contract itself."""
    portal = User.objects.portal()
    before = amendment.state
    WORKFLOW.apply("enter_into_force", amendment, may=may_on(portal, amendment.cpts))
    amendment.signed_on = signed_on or clock.today()
    amendment.ends_on = amendment.amended.ends_on
    amendment.funding_settings = amendment.amended.funding_settings
    amendment.save(update_fields=["state", "signed_on", "ends_on", "funding_settings"])
    journal.record(
        "enter_into_force",
        amendment,
        by=portal,
        dossier=amendment.cpts.reference,
        sentence=f"{amendment.title} en vigueur, effet le {format_date(amendment.effect)}",
        from_state=before,
        to_state=amendment.state,
        effective_on=amendment.effect.isoformat(),
    )
    contract = Contract.objects.select_related("grid", "territory", "cpts").get(
        pk=amendment.amends_id
    )
    _revise_years(contract, amendment, by=portal)
    if amendment.effect <= clock.today():
        take_up(amendment)
    move(amendment.cpts, baton=Baton.COORDINATOR, deadline=next_deadline(contract))
    want_document(amendment, ContractDocument.Kind.FINAL, by=last_signatory)
    emails.contract_in_force(amendment, by=last_signatory)


def _revise_years(contract: Contract, amendment: Amendment, *, by: User) -> None:
    """Years that have begun get a revision; later ones will open by the new terms."""
    known = set(contract.years.values_list("number", flat=True))
    for year in contract_years(contract.signature_day, settings_of(contract)):
        if year.number not in known or year.next_anniversary <= amendment.effect:
            continue
        stored = store_year(contract, year.number)
        journal.record(
            "revise_contract_year",
            contract,
            by=by,
            dossier=contract.cpts.reference,
            sentence=f"Année de contrat {year.number} recalculée ({amendment.title})",
            from_state=contract.state,
            to_state=contract.state,
            revision=stored.revision,
            amendment=amendment.reference,
        )
