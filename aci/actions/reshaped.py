"""The day of a merger or a split: contracts end, the new CPTS are founded, everybody follows.

One transaction: the operation first, then contracts, then CPTS, always in the order of their keys.
"""

from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from aci import reshaping_emails
from aci.actions.absorbed import absorb, communes_for
from aci.actions.ended_years import close_year
from aci.actions.held import held
from aci.actions.life import expire_contracts, open_due_years
from aci.ending_amounts import ending_amounts
from aci.ending_delays import ONE_DAY
from aci.models import Contract, Reshaping, ReshapingPart
from aci.reshaping_checks import refuse_busy, refuse_unfit, running_contract
from aci.reshaping_journal import note
from aci.reshaping_rules import union_of
from aci.reshaping_workflow import RESHAPING_WORKFLOW, ReshapingState
from aci.workflow import WORKFLOW
from foundation import clock
from foundation.dates import format_date
from foundation.refusal import Refused
from members.carrying import carry_members
from projects.actions.following import open_following_project
from records import journal
from territories.actions import move
from territories.models import Cpts
from territories.reshaping import (
    NewCpts,
    carry_roles,
    found_successor,
    held_cpts,
    replace_cpts,
)
from territories.scopes import may_on


def apply_reshapings() -> int:
    """Every accepted one whose day has come. Safe to run late, and twice: each happens once.

    One that cannot happen is left as it was; its ARS is told why, once.
    """
    return sum(apply_or_say_why(row) for row in list(Reshaping.objects.to_apply_today()))


def apply_or_say_why(reshaping: Reshaping) -> bool:
    """All of it, or nothing but the reason: an accord already given is never lost."""
    try:
        return apply_reshaping(reshaping)
    except Refused as refused:
        _block(reshaping, refused.reason)
        return False


@transaction.atomic
def apply_reshaping(reshaping: Reshaping) -> bool:
    """Whether this very run made it happen: another one may have come first."""
    Reshaping.objects.select_for_update().get(pk=reshaping.pk)
    row: Reshaping = Reshaping.objects.with_parts().with_voices().get(pk=reshaping.pk)
    if row.state != ReshapingState.AGREED:
        return False
    apply_now(row)
    return True


def apply_now(row: Reshaping) -> None:
    """All of it, or nothing: call it inside the act that holds the operation."""
    portal = User.objects.portal()
    pks = sorted(part.known.pk for part in row.concerned)
    for part in row.predecessors:
        expire_contracts(part.known)
    _hold_contracts(pks)
    everybody = held_cpts(pks)
    RESHAPING_WORKFLOW.apply("apply", row, may=may_on(portal, everybody[pks[0]]))
    _take_fresh(row, everybody)
    before = [part.known for part in row.predecessors]
    refuse_busy(before, row.effective_on)
    refuse_unfit([part.known for part in row.successors if part.absorbs], row.effective_on)
    _refuse_other_communes(row, everybody)
    for cpts in before:
        contract = running_contract(cpts)
        if contract:
            _end_contract(contract, row, by=portal)
    _take_fresh(row, held_cpts(pks))  # as the end of their contracts left them
    before = [part.known for part in row.predecessors]
    after = [
        absorb(part, row, before) if part.absorbs else _found(part, row, by=portal)
        for part in row.successors
    ]
    for cpts in before:
        replace_cpts(cpts, after, kind=row.kind, since=row.effective_on)
    counts = carry_members(before, _communes_of(row), by=portal)
    row.applied_at, row.blocked_because = clock.now(), ""
    row.save()
    row.parts.update(is_open=False)
    people = sum(counts.values())
    note(
        "apply_reshaping",
        row,
        by=portal,
        sentence=f"{row.title} : {row.names_after} à compter du {format_date(row.effective_on)}, "
        f"{people} adhésion{'s' if people > 1 else ''} continuée{'s' if people > 1 else ''}",
    )
    reshaping_emails.applied(row, by=portal)


def _take_fresh(row: Reshaping, held_now: dict[int, Cpts]) -> None:
    for part in row.concerned:
        part.cpts = held_now[part.known.pk]


def _hold_contracts(pks: Sequence[int]) -> None:
    """Before their CPTS, as every act on a contract does: two acts never wait for each other."""
    for contract in Contract.agreements.running().filter(cpts__in=pks).order_by("pk"):
        held(contract)


def _end_contract(contract: Contract, row: Reshaping, *, by: User) -> None:
    """On the eve, by the accord of all; its year is settled as at any end before term."""
    contract = held(contract)
    day = row.effective_on
    contract.terminated_on, contract.ends_on = day, day - ONE_DAY
    before = contract.state
    WORKFLOW.apply("end_by_reshaping", contract, may=may_on(by, contract.cpts))
    contract.save(update_fields=["state", "terminated_on", "ends_on"])
    closed = close_year(contract, day)
    if closed is None:  # a worker that was down all that time: the year opens cut at that day
        open_due_years(contract, by=by)
        closed = contract.years.order_by("-number", "-revision").first()
    amounts = ending_amounts(closed.lines).sentence if closed else ""
    journal.record(
        "end_by_reshaping",
        contract,
        by=by,
        dossier=contract.cpts.reference,
        sentence=f"Le contrat {contract.reference} prend fin le {format_date(contract.ends_on)} "
        f"({row.get_kind_display()})",
        from_state=before,
        to_state=contract.state,
        reason=row.reason,
        ended_on=day.isoformat(),
        amounts=amounts,
    )
    cpts = Cpts.objects.get(pk=contract.cpts_id)
    move(cpts, contract_end=contract.ends_on)


def _found(part: ReshapingPart, row: Reshaping, *, by: User) -> Cpts:
    """A successor, its roles, its project; the operation keeps which CPTS it became."""
    if part.departement is None or part.cpam_district is None:
        raise LookupError(f"{part.name} has no place.")
    predecessors = [one.known for one in row.predecessors]
    new = NewCpts(part.name, part.departement, part.cpam_district, communes_for(part, predecessors))
    cpts = found_successor(new, since=row.effective_on)
    for one in predecessors:
        carry_roles(one, cpts)
    journal.record(
        "found_cpts",
        cpts,
        by=by,
        dossier=cpts.reference,
        sentence=f"Ouverture du dossier, à la suite de la {_lower(row.title)}",
        reason=row.reason,
    )
    reason = f"{row.title}, acceptée par les parties"
    open_following_project(cpts, _largest_first(predecessors), reason=reason, by=by)
    part.cpts = cpts
    part.save(update_fields=["cpts"])
    return cpts


def _largest_first(predecessors: Sequence[Cpts]) -> list[Cpts]:
    return sorted(
        predecessors,
        key=lambda one: (-(one.territory.population if one.territory else 0), one.pk),
    )


def _communes_of(row: Reshaping) -> dict[int, list[str]]:
    """Successor → the names of its communes: where its members practise."""
    return {
        part.known.pk: list(part.communes.values_list("commune__name", flat=True))
        for part in row.successors
    }


def _refuse_other_communes(row: Reshaping, before: dict[int, Cpts]) -> None:
    held_now = union_of([one.territory.shares for one in before.values() if one.territory])
    if dict(row.communes.values_list("commune", "share")) != held_now:
        raise Refused("Le territoire d’une des CPTS a changé depuis l’accord des parties.")


@transaction.atomic
def _block(reshaping: Reshaping, because: str) -> None:
    """Said once for each obstacle; the next run tries again."""
    Reshaping.objects.select_for_update().get(pk=reshaping.pk)
    row: Reshaping = Reshaping.objects.with_parts().with_voices().get(pk=reshaping.pk)
    if row.state != ReshapingState.AGREED or row.blocked_because == because[:500]:
        return
    row.blocked_because = because[:500]
    row.save(update_fields=["blocked_because"])
    portal = User.objects.portal()
    note("block_reshaping", row, by=portal, sentence=f"{row.title} : empêchée", reason=because)
    reshaping_emails.blocked(row, by=portal)


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]
