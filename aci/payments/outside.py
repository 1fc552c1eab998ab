"""Amounts outside the grid: written with who decided, when and why; never in the grid's total."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from accounts.access import Permission
from accounts.models import User
from aci.actions.held import held
from aci.models import Contract, Funder, PaymentLine
from aci.payments.aids import Aid, aids_for, read_aids
from foundation import clock
from foundation.dates import format_date
from foundation.money import format_euros, round_cents
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from records import journal
from territories.scopes import may_on, quality_on

HIGHEST = Decimal(1_000_000)


def aids_of(contract: Contract) -> tuple[Aid, ...]:
    """The aids that this contract may receive today."""
    territory = contract.territory or contract.cpts.territory
    return aids_for(
        region=contract.cpts.region_id,
        size=territory.size if territory else None,
        signed_on=contract.signature_day,
        aids=read_aids(),
    )


@transaction.atomic
def record_outside(
    contract: Contract,
    *,
    aid: str,
    amount: Decimal,
    funder: str,
    decided_on: dt.date,
    due_on: dt.date,
    reason: str,
    by: User,
) -> PaymentLine:
    """Write an aid or an exception, with its decision."""
    contract = held(contract)
    if not may_on(by, contract.cpts)(Permission.OUTSIDE_GRID_RECORD):
        raise NotAllowed("record_outside")
    found = next((item for item in aids_of(contract) if item.code == aid), None)
    if found is None:
        raise Refused("Cette aide n’est pas ouverte à cette CPTS.")
    _refuse_decision(amount, decided_on, due_on, reason.strip())
    line = PaymentLine.objects.create(
        contract=contract,
        origin=PaymentLine.Origin.OUTSIDE,
        aid=found.code,
        label=found.label,
        due_on=due_on,
        amount=round_cents(amount),
        funder=Funder(funder),
        decided_on=decided_on,
        reason=reason.strip(),
        recorded_by=by,
        created_at=clock.now(),
    )
    _tell(line, "record_outside", "inscrite", by=by)
    return line


@transaction.atomic
def cancel_outside(line: PaymentLine, *, by: User) -> PaymentLine:
    """Take back a line written by mistake, as long as no order holds it."""
    contract = held(line.contract)
    if not may_on(by, contract.cpts)(Permission.OUTSIDE_GRID_RECORD):
        raise NotAllowed("cancel_outside")
    row: PaymentLine = PaymentLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    row.contract = contract
    if row.origin != PaymentLine.Origin.OUTSIDE:
        raise Refused("Seule une ligne hors barème se retire : le barème suit le contrat.")
    if row.cancelled_at is not None:
        raise Refused("Cette ligne est déjà retirée.")
    if row.items.filter(released_at=None).exists():
        raise Refused("Cette ligne est dans un ordre de paiement : elle ne peut plus être retirée.")
    row.cancelled_at = clock.now()
    row.save(update_fields=["cancelled_at"])
    _tell(row, "cancel_outside", "retirée", by=by)
    return row


def _refuse_decision(amount: Decimal, decided_on: dt.date, due_on: dt.date, reason: str) -> None:
    if not reason:
        raise Refused("Dites pourquoi cette somme est accordée.")
    if not amount.is_finite() or not 0 < amount <= HIGHEST:
        raise Refused(f"Le montant est compris entre 0,01 € et {format_euros(HIGHEST)}.")
    if decided_on > clock.today():
        raise Refused("La décision ne peut pas être datée d’un jour à venir.")
    if due_on < decided_on:
        raise Refused(f"Le paiement ne précède pas la décision du {format_date(decided_on)}.")


def _tell(line: PaymentLine, verb: str, done: str, *, by: User) -> None:
    cpts = line.contract.cpts
    journal.record(
        verb,
        line,
        by=by,
        dossier=cpts.reference,
        sentence=f"{line.label} : {format_euros(line.amount)}, hors barème, {done}",
        role=quality_on(by, cpts),
        reason=line.reason,
        amount=str(line.amount),
        funder=line.funder,
        decided_on=line.decided_on.isoformat() if line.decided_on else "",
    )
