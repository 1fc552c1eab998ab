"""Everything an amendment prints: the terms before, the terms after, what it assumes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aci.amended_funding import ASSUMPTIONS, Span, year_in_force
from aci.amendment_funding import spans_of
from aci.annexes import annexes_before, annexes_of, plain_annexes
from aci.clauses.texts import blocks_of
from aci.contract_funding import settings_of, stored_grids
from aci.contract_inputs import TEMPLATE_VERSION, party_inputs, project_inputs, territory_inputs
from aci.deadlines import contract_years, mission_rule
from aci.difference import difference
from aci.funding_sheet import plain_sheet
from aci.grid import Grid
from aci.grid_files import read_mission_rules
from aci.models import Amendment, Contract, ContractDocument, TermMission, Terms
from aci.parties import SIGNING_ORDER
from aci.seals.codes import verification_inputs
from foundation import clock
from foundation.refusal import Refused
from territories.models import Territory


def amendment_inputs(amendment: Amendment, kind: str) -> dict[str, Any]:
    """The terms as they will be, as they were in the last signed version, and from when."""
    contract = amendment.amended
    last = _last_signed(amendment)
    numbers = _years_shown(amendment)
    grids = _grids_known(amendment)
    shared = {
        "planned_signature_on": contract.signature_day.isoformat(),
        "project": project_inputs(contract) if contract.health_project_id else {},
        "contract_years": settings_of(contract).contract_years,
        "settings": list(settings_of(contract).sentences),
    }
    before = {
        **shared,
        "reference": last.get("reference", contract.reference),
        "version": last.get("version", contract.terms_version),
        "parties": last.get("parties") or party_inputs(contract),
        "annexes": plain_annexes(annexes_before(amendment)),
        "blocks": _blocks(contract, last),
        **_version(
            amendment.terms_before,
            amendment.territory_before,
            spans_of(contract),
            numbers,
            grids,
        ),
    }
    after = {
        **shared,
        "template": TEMPLATE_VERSION,
        "kind": kind,
        "reference": amendment.reference,
        "version": amendment.terms_version,
        "made_on": clock.today().isoformat(),
        "parties": party_inputs(amendment),
        "annexes": plain_annexes(annexes_of(amendment)),
        "blocks": _blocks(amendment, {}),
        "signing_order": [party.with_article for party in SIGNING_ORDER],
        "verification": verification_inputs() if kind == ContractDocument.Kind.FROZEN else None,
        **_version(
            amendment.terms,
            amendment.territory_in_use,
            spans_of(contract, proposed=amendment),
            numbers,
            grids,
        ),
    }
    # What other versions of the documents say (indicators, clauses) stays unless amended.
    carried = {key: value for key, value in last.items() if key not in {*after, *_OWN}}
    before, after = {**carried, **before}, {**carried, **after}
    if kind == ContractDocument.Kind.FROZEN and not difference(before, after):
        raise Refused(
            "L’avenant ne change rien : modifiez le territoire, les missions, les parties, "
            "les indicateurs ou les clauses."
        )
    return {**after, "amendment": _facts(amendment), "before": before}


_OWN = {"amendment", "before", "previous"}


def _blocks(text: Contract, last: dict[str, Any]) -> list[dict[str, str]]:
    """The articles as this text writes them; of a paper signed elsewhere, the scan says them."""
    if (text.amends or text).health_project_id is None:
        return []
    return last.get("blocks") or [block.as_plain() for block in blocks_of(text)]


def _facts(amendment: Amendment) -> dict[str, Any]:
    contract = amendment.amended
    years = contract_years(contract.signature_day, settings_of(contract))
    is_cut = all(year.start != amendment.effect for year in years)
    return {
        "number": amendment.number,
        "contract": contract.reference,
        "signed_on": contract.signature_day.isoformat(),
        "ends_on": contract.ends_on.isoformat() if contract.ends_on else None,
        "reason": amendment.reason,
        "effective_on": amendment.effect.isoformat(),
        "assumptions": list(ASSUMPTIONS) if is_cut else [],
    }


def _version(
    terms: Terms,
    territory: Territory,
    spans: Sequence[Span],
    numbers: Sequence[int],
    grids: Sequence[Grid],
) -> dict[str, Any]:
    since = terms.unscheduled_care_since
    return {
        "missions": [_mission(item) for item in terms.missions],
        "unscheduled_care_since": since.isoformat() if since else None,
        "territory": territory_inputs(territory),
        "years": [plain_sheet(year_in_force(spans, number, grids=grids)) for number in numbers],
    }


def _mission(item: TermMission) -> dict[str, Any]:
    rule = mission_rule(item.mission, item.committed_on or item.signed_on, read_mission_rules())
    limits = item.deadlines
    return {
        "code": item.mission.value,
        "label": item.label,
        "kind": rule.kind.label if rule else "",
        "starts_on": item.starts_on.isoformat(),
        "start_by": limits.start_by.isoformat() if limits.start_by else None,
        "deployed_by": limits.deployed_by.isoformat() if limits.deployed_by else None,
        "start_within_months": rule.start_within_months if rule else None,
        "deployed_within_months": rule.deployed_within_months if rule else None,
    }


def _last_signed(amendment: Amendment) -> dict[str, Any]:
    """What the last signed text said; nothing when the portal did not make its document."""
    texts = [
        row.pk
        for row in Amendment.objects.filter(
            amends=amendment.amends_id, signed_on__isnull=False
        ).exclude(pk=amendment.pk)
    ]
    frozen = ContractDocument.objects.filter(
        contract__in=[amendment.amends_id, *texts], kind=ContractDocument.Kind.FROZEN
    ).order_by("wanted_at", "pk")
    last = frozen.last()
    return dict(last.inputs) if last else {}


def _years_shown(amendment: Amendment) -> list[int]:
    """The year in which it takes effect, and the one after it."""
    contract = amendment.amended
    years = contract_years(contract.signature_day, settings_of(contract))
    numbers = [year.number for year in years if year.next_anniversary > amendment.effect]
    return numbers[:2]


def _grids_known(amendment: Amendment) -> list[Grid]:
    """Of the agreement as it stands: a text cannot quote one that is not in force yet."""
    until = max(clock.today(), amendment.effect)
    return [grid for grid in stored_grids() if grid.effective_from <= until]
