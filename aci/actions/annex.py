"""The annex of the indicators is written with the contract, and frozen with it."""

from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from aci import emails
from aci.actions.documents import write_version
from aci.actions.held import held, pass_baton
from aci.annexes import annexes_of, missions_of
from aci.contract_funding import settings_of
from aci.indicator_rules import AnnexLine
from aci.models import Amendment, Contract, IndicatorAnnex
from aci.workflow import WORKFLOW
from foundation import clock
from foundation.refusal import Refused, StaleVersion
from records import journal
from territories.models import Baton
from territories.scopes import may_on, quality_on

MOST_LINES = 60


@transaction.atomic
def set_annex(
    contract: Contract, *, year: int, lines: Sequence[AnnexLine], version: int, by: User
) -> Contract:
    """Write the indicators of one contract year; the parties accept the annex as an article."""
    contract = held(contract)
    WORKFLOW.apply("change_terms", contract, may=may_on(by, contract.cpts))
    if version != contract.terms_version:
        raise StaleVersion(
            "Le contrat a changé pendant que vous écriviez : relisez la version "
            f"{contract.terms_version}, puis enregistrez de nouveau."
        )
    _check(contract, year, lines)
    plain = [line.as_plain() for line in lines]
    if plain == annexes_of(contract).get(year, []):
        raise Refused("Rien n’a changé dans cette annexe.")
    contract.terms_version += 1
    contract.save(update_fields=["terms_version"])
    IndicatorAnnex.objects.update_or_create(
        contract=contract, year=year, defaults={"lines": plain, "at": clock.now()}
    )
    write_version(contract)
    journal.record(
        "set_annex",
        contract,
        by=by,
        dossier=contract.cpts.reference,
        sentence=f"Annexe des indicateurs de l’année {year} (version {contract.terms_version})",
        from_state=contract.state,
        to_state=contract.state,
        role=quality_on(by, contract.cpts),
        year=year,
        indicators=[line.code for line in lines],
    )
    pass_baton(contract, Baton.THREE_PARTIES)
    emails.terms_to_accept(contract, by=by)
    return contract


def _check(contract: Contract, year: int, lines: Sequence[AnnexLine]) -> None:
    last = settings_of(contract).contract_years
    if not 1 <= year <= last:
        raise Refused(f"L’année de contrat est un nombre de 1 à {last}.")
    if isinstance(contract, Amendment) and year not in contract.open_years:
        raise Refused(
            f"L’année de contrat {year} est close quand l’avenant prend effet : ses indicateurs "
            "ne changent plus."
        )
    if len(lines) > MOST_LINES:
        raise Refused(f"Une annexe a au plus {MOST_LINES} indicateurs.")
    carried = missions_of(contract)
    codes = [line.code for line in lines]
    for line in lines:
        if line.mission not in carried:
            raise Refused(
                f"« {line.label} » : {contract.words.the} ne comprend pas la mission "
                f"« {line.mission.label} »."
            )
        if codes.count(line.code) > 1:
            raise Refused(f"L’indicateur « {line.label} » figure deux fois dans l’annexe.")
