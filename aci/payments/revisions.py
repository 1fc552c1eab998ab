"""What the review of a finished contract year retains of its variable parts."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.db import transaction

from accounts.access import Permission
from accounts.models import User
from aci.actions.held import held
from aci.funding_lines import Retained
from aci.mission_codes import MissionCode, Part
from aci.models import Contract, ContractYear
from aci.payments.year_revisions import last_revision, revise_year
from foundation import clock
from foundation.dates import format_date
from foundation.money import format_euros
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from records import journal
from territories.scopes import may_on, quality_on


def variable_ceilings(
    year: ContractYear, former: Iterable[ContractYear] | None = None
) -> dict[MissionCode, Decimal]:
    """The missions whose variable part the review decides on, and the most it may retain.

    It is what the year foresaw with every objective reached: the ceiling of the grid, or in a year
    that amendments cut the sum of its days under each ceiling. `former` are the revisions before
    this one, newest first, for who has read them already.
    """
    return {
        MissionCode(line["code"]): Decimal(line["due"])
        for line in _foreseen(year, former).lines
        if line["part"] == Part.VARIABLE
    }


def _foreseen(year: ContractYear, former: Iterable[ContractYear] | None) -> ContractYear:
    """The last revision that no review has reduced."""
    if not year.inputs.get("reviewed"):
        return year
    if former is None:
        former = ContractYear.objects.filter(
            contract_id=year.contract_id, number=year.number, revision__lt=year.revision
        ).order_by("-revision")
    return next((row for row in former if not row.inputs.get("reviewed")), year)


@transaction.atomic
def settle_year(
    contract: Contract,
    *,
    number: int,
    revision: int,
    retained: Mapping[MissionCode, Decimal],
    crisis_recognised: bool,
    reason: str,
    by: User,
) -> ContractYear:
    """What the review of a finished year retains of each variable part, with its reason.

    `revision` is the one that the author had under the eyes.
    """
    contract = held(contract)
    if not may_on(by, contract.cpts)(Permission.PAYMENT_PREPARE):
        raise NotAllowed("settle_year")
    year = last_revision(contract, number)
    reason = reason.strip()
    if year is None or year.end >= clock.today():
        end = f" : elle court jusqu’au {format_date(year.end)}" if year else ""
        raise Refused(f"L’année de contrat {number} n’est pas finie{end}.")
    if year.revision != revision:
        raise Refused("L’année a été recalculée depuis que vous l’avez ouverte : relisez-la.")
    if year.inputs.get("ended_on"):
        raise Refused("Le contrat a pris fin dans cette année : sa revue finale la règle.")
    if not reason:
        raise Refused("Indiquez le compte rendu du dialogue de gestion qui arrête ces montants.")
    if set(retained) != set(variable_ceilings(year)):
        raise Refused("Indiquez un montant pour chaque mission qui a une part variable.")
    achieved = {code: Retained(amount, reason) for code, amount in retained.items()}
    settled = revise_year(
        year,
        achieved=achieved,
        crisis_recognised=crisis_recognised,
        facts={"reviewed": True, "review": reason, "settled_by": by.get_full_name()},
    )
    total = sum(retained.values(), Decimal(0))
    journal.record(
        "settle_year",
        contract,
        by=by,
        dossier=contract.cpts.reference,
        sentence=(
            f"Parts variables de l’année de contrat {number} arrêtées à {format_euros(total)}"
        ),
        to_state=contract.state,
        reason=reason,
        role=quality_on(by, contract.cpts),
        retained={code.value: str(amount) for code, amount in retained.items()},
        crisis_recognised=crisis_recognised,
    )
    return settled
