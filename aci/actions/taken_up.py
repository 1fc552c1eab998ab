"""An amendment takes effect: the terms and the territory in force become its own."""

from django.db import transaction

from accounts.models import User
from aci.actions.held import held
from aci.models import Amendment, Contract, ContractMission, IndicatorAnnex
from foundation import clock
from foundation.dates import format_date
from records import journal
from territories.amending import adopt_territory
from territories.models import Cpts


def take_up_amendments(cpts: Cpts | None = None) -> int:
    """Every signed amendment whose day has come. Safe to run late, and twice."""
    waiting = Amendment.objects.to_take_up()
    rows = list(waiting.filter(cpts=cpts) if cpts else waiting)
    for row in rows:
        _take_up_one(row)
    return len(rows)


@transaction.atomic
def _take_up_one(amendment: Amendment) -> None:
    held_row = held(amendment)
    if isinstance(held_row, Amendment) and not held_row.has_taken_effect:
        take_up(held_row)


def take_up(amendment: Amendment) -> None:
    """Rewrite what is in force; what was signed, frozen or computed before stays as it is."""
    contract = Contract.objects.select_related("cpts").get(pk=amendment.amends_id)
    if amendment.changes_territory:
        contract.territory = adopt_territory(
            amendment.cpts, amendment.territory_in_use, since=amendment.effect
        )
    _rewrite_missions(contract, amendment)
    _rewrite_annexes(contract, amendment)
    contract.unscheduled_care_since = amendment.terms.unscheduled_care_since
    contract.save(update_fields=["territory", "unscheduled_care_since"])
    amendment.taken_up_at = clock.now()
    amendment.save(update_fields=["taken_up_at"])
    journal.record(
        "take_up_amendment",
        amendment,
        by=User.objects.portal(),
        dossier=amendment.cpts.reference,
        sentence=f"{amendment.title} : effet le {format_date(amendment.effect)}",
        from_state=amendment.state,
        to_state=amendment.state,
    )


def _rewrite_annexes(contract: Contract, amendment: Amendment) -> None:
    """The annexes that the amendment wrote pay from now on; those signed stay in the documents."""
    for annex in IndicatorAnnex.objects.filter(contract=amendment):
        IndicatorAnnex.objects.update_or_create(
            contract=contract,
            year=annex.year,
            defaults={"lines": annex.lines, "at": clock.now()},
        )


def _rewrite_missions(contract: Contract, amendment: Amendment) -> None:
    """A mission that leaves keeps its row, and what was declared of it."""
    rows = {row.mission: row for row in contract.missions.all()}
    after = {item.mission: item for item in amendment.terms.missions}
    for code, row in rows.items():
        if code not in after and row.left_on is None:
            row.left_on = amendment.effect
            row.save(update_fields=["left_on"])
    for code, item in after.items():
        ContractMission.objects.update_or_create(
            contract=contract,
            code=code,
            defaults={
                "starts_on": item.starts_on,
                "committed_on": item.committed_on,
                "left_on": None,
            },
        )
