"""What is paid under a contract of the demonstration: orders, slips, reviews of finished years."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from aci.deadlines import ContractYear, contract_years
from aci.models import Contract, PaymentLine, PaymentOrder
from aci.payments import actions, outside, revisions, year_revisions
from cpts_portal.story.events import Event
from cpts_portal.story.people import Authorities, prove
from foundation import clock
from foundation.money import round_cents

ORDERED_AFTER = dt.timedelta(days=15)
REVIEWED_AFTER = dt.timedelta(days=60)
# How far the last payment of a contract is, and how many days ago: the others are paid. It comes
# before the messages of exchanges.toml, told afterwards.
LAST = {
    "bethunois": ("prepared", 7),
    "collines-artois": ("approved", 8),
    "val-de-lys-romane": ("due", 0),
}
WITH_EXCEPTION = "bethunois"
# What the review of each year retains of the variable parts.
RETAINED = (Decimal("0.80"), Decimal("0.90"), Decimal("0.95"), Decimal("1"), Decimal("1"))


def events(contract: Contract, authorities: Authorities) -> Iterator[Event]:
    """Each due date brings an order; each finished year but the last one had its review."""
    today = clock.today()
    slug = contract.cpts.slug
    years = contract_years(contract.signature_day)
    finished = [year for year in years if year.next_anniversary <= today]
    reviewed = finished if slug not in LAST else finished[:-1]
    for year in reviewed:
        day = year.next_anniversary + REVIEWED_AFTER
        yield day, partial(_review, contract, year, authorities)
    if slug == WITH_EXCEPTION:
        yield today - dt.timedelta(days=30), partial(_except, contract, authorities)
    yield from _orders(contract, authorities, _payment_days(contract, reviewed, today))


def _payment_days(
    contract: Contract, reviewed: list[ContractYear], today: dt.date
) -> list[dt.date]:
    """A fortnight after the signature, a start, an anniversary, a review."""
    years = contract_years(contract.signature_day)
    due = {mission.start_day for mission in contract.missions.all()}
    due |= {day for year in years for day in (year.start, year.next_anniversary)}
    due |= {year.next_anniversary + REVIEWED_AFTER for year in reviewed}
    return sorted(day + ORDERED_AFTER for day in due if day + ORDERED_AFTER <= today)


def _orders(contract: Contract, authorities: Authorities, days: list[dt.date]) -> Iterator[Event]:
    last = LAST.get(contract.cpts.slug)
    for day in days[:-1] if last else days:
        yield day, partial(_pay, contract, authorities, until="paid")
    if last and last[0] != "due":
        until, ago = last
        yield (
            clock.today() - dt.timedelta(days=ago),
            partial(_pay, contract, authorities, until=until),
        )


def _pay(contract: Contract, authorities: Authorities, *, until: str) -> None:
    """What is due that day in one order, as far as the story goes."""
    due = PaymentLine.objects.to_order().filter(contract=contract, funder="cpam", amount__gt=0)
    keys = list(due.values_list("pk", flat=True))
    if not keys:
        return
    officer, director = authorities.cpam_officer, authorities.cpam_director
    order: PaymentOrder = actions.prepare_order(contract, lines=keys, by=officer)
    if until == "prepared":
        return
    actions.approve_order(order, proof=prove(director), by=director)
    if until == "approved":
        return
    for slip in actions.send_orders(orders=[order.pk], by=officer):
        actions.note_paid(slip, paid_on=clock.today(), by=officer)


def _review(contract: Contract, year: ContractYear, authorities: Authorities) -> None:
    computed = year_revisions.last_revision(contract, year.number)
    assert computed is not None, "a finished year has opened"  # noqa: S101
    share = RETAINED[year.number - 1]
    ceilings = revisions.variable_ceilings(computed)
    revisions.settle_year(
        contract,
        number=year.number,
        revision=computed.revision,
        retained={code: round_cents(most * share) for code, most in ceilings.items()},
        crisis_recognised=False,
        reason=f"Dialogue de gestion de l’année {year.number}, compte rendu inventé",
        by=authorities.cpam_officer,
    )


def _except(contract: Contract, authorities: Authorities) -> None:
    today = clock.today()
    outside.record_outside(
        contract,
        aid="exception",
        amount=Decimal("12000.00"),
        funder="ars",
        decided_on=today - dt.timedelta(days=10),
        due_on=today + dt.timedelta(days=60),
        reason="Renfort des soins non programmés pendant l’été, décision inventée",
        by=authorities.reviewer,
    )
