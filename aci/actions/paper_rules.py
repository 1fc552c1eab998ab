"""What must hold of signatures written on paper: who, which day, in the order of the contract."""

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

from accounts.access import roles_granting
from accounts.models import User
from aci.models import Contract, ContractDocument, WrittenSignature
from aci.parties import SIGNING_ORDER, Party
from aci.signatories import signatory_refusal
from foundation import clock
from foundation.dates import format_date
from foundation.refusal import Refused
from territories.models import Assignment

Dated = tuple[Party, dt.date, int]  # the party, its day, the account of who signed


def people_in_post(
    contract: Contract, party: Party, *, first: dt.date, last: dt.date
) -> list[User]:
    """Who could sign for a party on one of these days, be their role over since."""
    roles = roles_granting(party.sign_permission)
    posts = (
        Assignment.objects.between(first, last)
        .on(contract.cpts)
        .filter(role__in=roles, user__is_system=False)
        .select_related("user")
        .order_by("user__last_name", "user__first_name", "user_id")
    )
    return list({post.user_id: post.user for post in posts}.values())


def frozen_on(document: ContractDocument) -> dt.date:
    """Nobody signs a text before it is fixed."""
    return document.wanted_at.astimezone(clock.PARIS).date()


def refuse_wrong_signatures(
    contract: Contract, document: ContractDocument, signatures: Sequence[WrittenSignature]
) -> None:
    """Each party once, by who may sign for it that day, nobody for two, in the order it says."""
    known = [
        (Party(row.party), row.at.astimezone(clock.PARIS).date(), row.user_id)
        for row in contract.signatures.standing()
    ]
    signed = {party for party, _, _ in known}
    for item in signatures:
        if item.party in signed:
            raise Refused(f"{contract.words.The} est déjà signé pour {item.party.with_article}.")
        _refuse_wrong_day(contract, document, item)
        _refuse_wrong_person(contract, item)
    told = [(item.party, item.signed_on, item.user) for item in signatures]
    _refuse_two_parties([*known, *told])
    _refuse_out_of_order([*known, *told])


def _refuse_wrong_day(
    contract: Contract, document: ContractDocument, item: WrittenSignature
) -> None:
    day, first = item.signed_on, frozen_on(document)
    if day > clock.today():
        raise Refused(f"La signature pour {item.party.with_article} est datée dans l’avenir.")
    if day < first:
        raise Refused(
            f"La signature pour {item.party.with_article} est datée du {format_date(day)}, avant "
            f"que le texte soit figé, le {format_date(first)}."
        )
    refusal = contract.first_start_refusal(day) or contract.previous_refusal(day)
    if refusal:
        raise Refused(refusal)


def _refuse_wrong_person(contract: Contract, item: WrittenSignature) -> None:
    person = User.objects.get(pk=item.user)
    refusal = signatory_refusal(contract, item.party, person)
    if refusal:
        raise Refused(refusal)
    in_post = people_in_post(contract, item.party, first=item.signed_on, last=item.signed_on)
    if person not in in_post:
        raise Refused(
            f"{item.name} ne pouvait pas signer pour {item.party.with_article} le "
            f"{format_date(item.signed_on)}."
        )


def _refuse_two_parties(signatures: Sequence[Dated]) -> None:
    people = [user for _, _, user in signatures]
    if len(set(people)) < len(people):
        raise Refused("Une personne ne signe pas pour deux parties.")


def _refuse_out_of_order(signatures: Sequence[Dated]) -> None:
    """The parties before have signed, on the same day or an earlier one."""
    days = {party: day for party, day, _ in signatures}
    for before, after in pairwise(SIGNING_ORDER):
        if after not in days:
            continue
        if before not in days:
            raise Refused(
                "Le texte se signe dans l’ordre qu’il prévoit : c’est d’abord à "
                f"{before.with_article} de signer."
            )
        if days[after] < days[before]:
            raise Refused(
                f"La signature pour {after.with_article}, du {format_date(days[after])}, précède "
                f"celle pour {before.with_article}, du {format_date(days[before])} : le texte se "
                "signe dans l’ordre qu’il prévoit."
            )
