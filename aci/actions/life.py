"""A contract in force: its years open one after the other, then it ends."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from aci import emails
from aci.actions.documents import want_document
from aci.actions.held import held
from aci.actions.taken_up import take_up_amendments
from aci.actions.years import store_year
from aci.contract_funding import basis_of, settings_of
from aci.deadlines import contract_end, contract_years
from aci.grid_files import read_setting_rows, settings_on
from aci.models import Contract, ContractDocument
from aci.workflow import WORKFLOW, ContractState
from foundation import clock
from records import journal
from territories.actions import freeze_territory, move
from territories.models import Baton, Cpts, Stage
from territories.scopes import may_on


def enter_into_force(
    contract: Contract, *, last_signatory: User, signed_on: dt.date | None = None
) -> None:
    """What the third signature brings, in its own transaction: nothing waits for a task.

    `signed_on`: the day written on paper beside the last one; today in the portal.
    """
    portal = User.objects.portal()
    before = contract.state
    if contract.previous:
        _end_before_renewal(contract, contract.previous)
    WORKFLOW.apply("enter_into_force", contract, may=may_on(portal, contract.cpts))
    _date(contract, signed_on or clock.today())
    store_year(contract, 1)
    journal.record(
        "enter_into_force",
        contract,
        by=portal,
        dossier=contract.cpts.reference,
        sentence=f"Le contrat {contract.reference} est en vigueur",
        from_state=before,
        to_state=contract.state,
        ends_on=contract.ends_on.isoformat() if contract.ends_on else "",
    )
    move(
        contract.cpts,
        stage=Stage.CONTRACTED,
        baton=Baton.COORDINATOR,
        deadline=next_deadline(contract),
        contract_end=contract.ends_on,
    )
    want_document(contract, ContractDocument.Kind.FINAL, by=last_signatory)
    emails.contract_in_force(contract, by=last_signatory)


def open_contract_years(cpts: Cpts | None = None) -> int:
    """Open every contract year whose anniversary has come. Safe to run late, and twice.

    Of one CPTS where a history is replayed; of all of them otherwise.
    """
    take_up_amendments(cpts)
    portal = User.objects.portal()
    opened = 0
    contracts = Contract.objects.running()
    for contract in (contracts.filter(cpts=cpts) if cpts else contracts).order_by("pk"):
        opened += open_due_years(contract, by=portal)
    return opened


def expire_contracts(cpts: Cpts | None = None) -> int:
    """Close every contract whose last day is over. Safe to run late, and twice."""
    contracts = Contract.objects.past_their_end()
    past = list((contracts.filter(cpts=cpts) if cpts else contracts).order_by("pk"))
    for contract in past:
        _expire(contract)
    return len(past)


@transaction.atomic
def open_due_years(contract: Contract, *, by: User) -> int:
    """Of one contract. The years that begin after a termination never open."""
    contract = held(contract)
    years = basis_of(contract).years
    known = set(contract.years.values_list("number", flat=True))
    due = [year for year in years if year.start <= clock.today() and year.number not in known]
    for year in due:
        store_year(contract, year.number)
        journal.record(
            "open_contract_year",
            contract,
            by=by,
            dossier=contract.cpts.reference,
            sentence=f"Ouverture de l’année de contrat {year.number}",
            to_state=contract.state,
        )
    shown = contract.cpts.next_deadline
    if due or shown is None or shown < clock.today():  # the one shown is past: show the next
        move(contract.cpts, deadline=next_deadline(contract))
    return len(due)


@transaction.atomic
def _expire(contract: Contract) -> None:
    contract = held(contract)
    portal = User.objects.portal()
    before = contract.state
    WORKFLOW.apply("expire", contract, may=may_on(portal, contract.cpts))
    contract.save(update_fields=["state"])
    journal.record(
        "expire",
        contract,
        by=portal,
        dossier=contract.cpts.reference,
        sentence=f"Le contrat {contract.reference} est arrivé à échéance",
        from_state=before,
        to_state=contract.state,
    )
    renewal_open = contract.cpts.contracts.open().exists()
    move(contract.cpts, stage=Stage.EXPIRED, baton=None if renewal_open else Baton.CPAM)
    emails.contract_expired(contract, by=portal)


def _end_before_renewal(contract: Contract, previous: Contract) -> None:
    """The renewal is signed before the nightly task has closed the contract it follows."""
    if previous in Contract.objects.past_their_end():
        _expire(previous)
        contract.cpts.refresh_from_db(fields=["stage", "stage_since", "baton", "baton_since"])


def _date(contract: Contract, day: dt.date) -> None:
    """The day of the last signature dates everything: missions, years, end, territory."""
    settings = settings_on(day, read_setting_rows())
    contract.signed_on = day
    contract.ends_on = contract_end(day, settings)
    contract.funding_settings = settings.as_texts()
    territory = contract.territory_in_use
    # A renewal may keep the territory that the contract before it froze.
    contract.territory = territory if territory.is_frozen else freeze_territory(contract.cpts)
    contract.missions.filter(starts_on=None).update(starts_on=day)
    contract.save()


def next_deadline(contract: Contract) -> tuple[dt.date, str] | None:
    """The first day to come on which something is expected of the parties."""
    today = clock.today()
    if contract.state == ContractState.TERMINATING and contract.open_termination:
        return contract.open_termination.deadline
    days: list[tuple[dt.date, str]] = []
    for mission in contract.missions.filter(left_on=None):
        limits = mission.deadlines
        if limits.start_by and mission.start_day > today:
            days.append((limits.start_by, f"Démarrage de la mission « {mission.label} »"))
        if limits.deployed_by:
            days.append((limits.deployed_by, f"Déploiement de la mission « {mission.label} »"))
    for year in contract_years(contract.signature_day, settings_of(contract)):
        if year.start > today:
            label = f"Anniversaire du contrat : ouverture de l’année {year.number}"
            days.append((year.start, label))
    if contract.ends_on:
        days.append((contract.ends_on, "Fin du contrat"))
    return min((item for item in days if item[0] >= today), default=None)
