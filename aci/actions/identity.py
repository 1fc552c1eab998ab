"""Who contracts: the association, its bank account by two people, who signs for each party."""

import datetime as dt

from django.db import IntegrityError, transaction
from stdnum import bic as bic_codes
from stdnum import iban as iban_numbers
from stdnum.exceptions import ValidationError as InvalidNumber

from accounts.access import Permission
from accounts.models import User
from aci import identity_emails
from aci.actions.articles import rewrite_open_text
from aci.actions.held import held
from aci.bank_workflow import BANK_WORKFLOW, BankState
from aci.models import BankAccount, Contract, ContractSignatory
from aci.parties import Party
from aci.signatories import may_sign_for
from aci.workflow import WORKFLOW, ContractState
from foundation import clock
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from records import journal
from territories.identity import Identity, set_identity
from territories.models import Cpts
from territories.scopes import may_on, quality_on


@transaction.atomic
def change_identity(cpts: Cpts, identity: Identity, *, seen: str, by: User) -> Cpts:
    """Write the identity of the association; a contract under negotiation follows."""
    _refuse_while_signing(cpts)
    cpts = set_identity(cpts, identity, seen=seen, by=by)
    rewrite_open_text(cpts, by=by)
    return cpts


@transaction.atomic
def propose_bank_account(cpts: Cpts, *, holder: str, iban: str, bic: str, by: User) -> BankAccount:
    """One person gives the account; nothing is paid to it before another has confirmed it."""
    cpts = _held_cpts(cpts, by, "propose_bank_account")
    number, bank = _checked_iban(iban), _checked_bic(bic)
    accounts = BankAccount.objects.filter(cpts=cpts)
    if accounts.in_use().filter(iban=number, bic=bank, holder=holder.strip()).exists():
        raise Refused("Ce compte est déjà celui de la CPTS.")
    try:
        with transaction.atomic():
            account: BankAccount = accounts.create(
                cpts=cpts,
                holder=holder.strip(),
                iban=number,
                bic=bank,
                proposed_by=by,
                proposed_at=clock.now(),
            )
    except IntegrityError:
        raise Refused(
            "Un compte attend déjà d’être confirmé : confirmez-le ou refusez-le d’abord."
        ) from None
    _record("propose_bank_account", account, "Compte bancaire proposé", by=by)
    identity_emails.bank_account_changed(account, by=by)
    return account


@transaction.atomic
def confirm_bank_account(account: BankAccount, *, by: User) -> BankAccount:
    """A second person puts the account in use; the former one is replaced."""
    cpts = _held_cpts(account.cpts, by, "confirm_bank_account")
    _refuse_while_signing(cpts)
    account = BankAccount.objects.select_for_update().get(pk=account.pk)
    account.cpts = cpts
    BANK_WORKFLOW.apply("confirm", account, may=may_on(by, cpts))
    if account.proposed_by_id == by.pk:
        raise Refused("Un compte se confirme à deux : une autre personne doit le faire.")
    for former in BankAccount.objects.filter(cpts=cpts).in_use():
        BANK_WORKFLOW.apply("replace", former, may=may_on(by, cpts))
        former.save(update_fields=["state"])
    _decide(account, by=by)
    _record("confirm_bank_account", account, "Compte bancaire confirmé", by=by)
    identity_emails.bank_account_changed(account, by=by)
    rewrite_open_text(cpts, by=by)
    return account


@transaction.atomic
def refuse_bank_account(account: BankAccount, *, reason: str, by: User) -> BankAccount:
    """Not the right account: its author, or anybody else who may, takes it away and says why."""
    cpts = _held_cpts(account.cpts, by, "refuse_bank_account")
    account = BankAccount.objects.select_for_update().get(pk=account.pk)
    account.cpts = cpts
    BANK_WORKFLOW.apply("refuse", account, may=may_on(by, cpts))
    account.reason = reason.strip()
    if not account.reason:
        raise Refused("Dites pourquoi vous refusez ce compte.")
    _decide(account, by=by)
    _record("refuse_bank_account", account, "Compte bancaire refusé", by=by)
    identity_emails.bank_account_changed(account, by=by)
    return account


@transaction.atomic
def name_signatory(
    contract: Contract,
    *,
    party: Party,
    user: User,
    by: User,
    quality: str = "",
    delegation: str = "",
    delegation_on: dt.date | None = None,
) -> ContractSignatory:
    """Say who signs for a party: one of those in post, or a delegate by a dated act."""
    contract = held(contract)
    WORKFLOW.apply("change_terms", contract, may=may_on(by, contract.cpts))
    if not may_sign_for(user, party, contract.cpts):
        raise Refused(f"{user.get_full_name()} ne peut pas signer pour {party.with_article}.")
    given = (bool(delegation.strip()), delegation_on is not None)
    if any(given) and not (all(given) and quality.strip()):
        raise Refused("Une délégation a un acte, une date et la qualité de qui la reçoit.")
    if delegation_on and delegation_on > clock.today():
        raise Refused("La délégation est datée d’un jour à venir.")
    row: ContractSignatory
    row, _ = ContractSignatory.objects.update_or_create(
        contract=contract,
        party=party,
        defaults={
            "user": user,
            "quality": quality.strip(),
            "delegation": delegation.strip(),
            "delegation_on": delegation_on,
        },
    )
    journal.record(
        "name_signatory",
        row,
        by=by,
        dossier=contract.cpts.reference,
        sentence=f"{user.get_full_name()} signera pour {party.with_article}",
        role=quality_on(by, contract.cpts),
        party=party.value,
        quality=row.in_words,
    )
    return row


def _checked_iban(text: str) -> str:
    try:
        return str(iban_numbers.validate(text))
    except InvalidNumber:
        raise Refused("Cet IBAN n’est pas valide : vérifiez ses chiffres et sa clé.") from None


def _checked_bic(text: str) -> str:
    try:
        return str(bic_codes.validate(text))
    except InvalidNumber:
        raise Refused("Ce BIC n’est pas valide : il a 8 ou 11 lettres et chiffres.") from None


def _held_cpts(cpts: Cpts, by: User, verb: str) -> Cpts:
    found: Cpts = Cpts.objects.select_for_update(of=("self",)).get(pk=cpts.pk)
    if not may_on(by, found)(Permission.BANK_ACCOUNT):
        raise NotAllowed(verb)
    return found


def _refuse_while_signing(cpts: Cpts) -> None:
    """What is being signed says who contracts: it does not change under the pen."""
    found = Contract.agreements.filter(cpts=cpts, state=ContractState.TO_SIGN).first()
    if found:
        raise Refused(
            f"Un {found.words.bare} est à signer avec cette identité : un signataire doit d’abord "
            "le renvoyer en négociation."
        )


def _decide(account: BankAccount, *, by: User) -> None:
    account.decided_by, account.decided_at = by, clock.now()
    account.save(update_fields=["state", "decided_by", "decided_at", "reason"])


def _record(verb: str, account: BankAccount, sentence: str, *, by: User) -> None:
    """The journal is read by more people than the account: it never holds the whole number."""
    journal.record(
        verb,
        account,
        by=by,
        dossier=account.cpts.reference,
        sentence=f"{sentence} ({account.masked})",
        to_state=BankState(account.state).value,
        reason=account.reason,
        role=quality_on(by, account.cpts),
        holder=account.holder,
    )
