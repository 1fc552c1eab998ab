"""Putting a mission or a contract on hold, and lifting it: a record in the file, an alert."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from aci import suspension_emails
from aci.actions.held import held
from aci.mission_codes import MissionCode
from aci.models import Contract, ContractHold
from aci.parties import Party
from aci.workflow import RUNNING
from foundation import clock
from foundation.dates import format_date
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from records import journal
from territories.scopes import may_on, quality_on

# The institutions put on hold; the CPTS reads why.
MAY_SUSPEND = (Party.ARS.accept_permission, Party.CPAM.accept_permission)


@transaction.atomic
def suspend(
    contract: Contract, *, mission: MissionCode | None, starts_on: dt.date, reason: str, by: User
) -> ContractHold:
    """From a day on, for a reason. No amount changes: the rules give it no such effect [A]."""
    contract = held(contract)
    _refuse_others(contract, by, "suspend")
    code, reason = mission.value if mission else "", reason.strip()
    _refuse_nonsense(contract, code, starts_on, reason)
    suspension: ContractHold = ContractHold.objects.create(
        contract=contract,
        mission=code,
        reason=reason,
        starts_on=starts_on,
        by=by,
        name=by.get_full_name(),
        role=quality_on(by, contract.cpts),
        at=clock.now(),
    )
    journal.record(
        "suspend",
        contract,
        by=by,
        dossier=contract.cpts.reference,
        sentence=f"Suspension à partir du {format_date(starts_on)}\u00a0: {suspension.what}",
        from_state=contract.state,
        to_state=contract.state,
        reason=reason,
        role=suspension.role,
        mission=code,
        starts_on=starts_on.isoformat(),
    )
    suspension_emails.suspended(contract, suspension, by=by)
    return suspension


@transaction.atomic
def lift(suspension: ContractHold, *, lifted_on: dt.date, reason: str, by: User) -> ContractHold:
    """What was on hold takes up again on a day."""
    contract = held(suspension.contract)
    _refuse_others(contract, by, "lift")
    suspension.refresh_from_db()
    reason = reason.strip()
    if not suspension.is_open:
        raise Refused("Cette suspension est déjà levée.")
    if not reason:
        raise Refused("Dites pourquoi la suspension est levée.")
    if lifted_on <= suspension.starts_on:
        raise Refused(
            f"La suspension commence le {format_date(suspension.starts_on)} : "
            "elle se lève un jour suivant."
        )
    suspension.lifted_on, suspension.lift_reason = lifted_on, reason
    suspension.lifted_name = by.get_full_name()
    suspension.save(update_fields=["lifted_on", "lift_reason", "lifted_name"])
    journal.record(
        "lift",
        contract,
        by=by,
        dossier=contract.cpts.reference,
        sentence=f"Suspension levée le {format_date(lifted_on)}\u00a0: {suspension.what}",
        from_state=contract.state,
        to_state=contract.state,
        reason=reason,
        role=quality_on(by, contract.cpts),
        mission=suspension.mission,
        lifted_on=lifted_on.isoformat(),
    )
    suspension_emails.lifted(contract, suspension, by=by)
    return suspension


def _refuse_others(contract: Contract, by: User, verb: str) -> None:
    may = may_on(by, contract.cpts)
    if not any(may(permission) for permission in MAY_SUSPEND):
        raise NotAllowed(verb)


def _refuse_nonsense(contract: Contract, code: str, starts_on: dt.date, reason: str) -> None:
    if contract.state not in RUNNING:
        raise Refused("Seul un contrat en vigueur se suspend.")
    if not reason:
        raise Refused("Dites pourquoi la mission ou le contrat est suspendu.")
    if code and not contract.missions.filter(code=code).exists():
        raise Refused("Cette mission ne fait pas partie du contrat.")
    first, last = contract.signed_on, contract.ends_on
    if not (first and last and first <= starts_on <= last):
        raise Refused("Le premier jour de la suspension tombe pendant le contrat.")
    if contract.suspensions.filter(mission=code, lifted_on=None).exists():
        raise Refused("Une suspension est déjà en cours : levez-la d’abord.")
