"""Everything a document of the contract prints, as JSON: kept with it, attached to it."""

import hashlib
import json
from typing import Any

from aci.annexes import annexes_of, plain_annexes
from aci.clauses.texts import blocks_of
from aci.contract_funding import basis_of, stored_grids
from aci.deadlines import mission_rule
from aci.funding_sheet import plain_sheet
from aci.grid_files import read_mission_rules
from aci.models import (
    BankAccount,
    Contract,
    ContractDocument,
    ContractMission,
    Signature,
)
from aci.parties import SIGNING_ORDER, Party
from aci.seals.codes import verification_inputs
from aci.signatories import signings
from foundation import clock
from foundation.search import search_key
from territories.models import Cpts, Territory

# Raised when the words or the layout change, so that old inputs are known by their template.
TEMPLATE_VERSION = 4


def contract_inputs(contract: Contract, kind: str) -> dict[str, Any]:
    """What a document of the contract prints: its text, as it stands now."""
    return {
        **contract_content(contract),
        "kind": kind,
        "version": contract.terms_version,
        "made_on": clock.today().isoformat(),
        "verification": verification_inputs() if kind == ContractDocument.Kind.FROZEN else None,
    }


def contract_content(contract: Contract) -> dict[str, Any]:
    """The text of the contract: its blocks, the parties, the terms, the territory, the amounts."""
    basis = basis_of(contract)
    # A text cannot quote an agreement that is not in force yet: later years may pay by another.
    known_until = max(clock.today(), contract.signature_day)
    grids = [grid for grid in stored_grids() if grid.effective_from <= known_until]
    whole = basis.first_whole_year()
    previous = contract.previous
    return {
        "template": TEMPLATE_VERSION,
        "reference": contract.reference,
        "blocks": [block.as_plain() for block in blocks_of(contract)],
        "planned_signature_on": contract.planned_signature_on.isoformat(),
        "parties": party_inputs(contract),
        "project": project_inputs(contract),
        "previous": (
            {
                "reference": previous.reference,
                "signed_on": _iso(previous.signed_on),
                "ends_on": _iso(previous.ends_on),
            }
            if previous
            else None
        ),
        "missions": [_mission_inputs(mission) for mission in contract.missions.all()],
        "unscheduled_care_since": _iso(contract.unscheduled_care_since),
        "territory": territory_inputs(contract.territory_in_use),
        "annexes": plain_annexes(annexes_of(contract)),
        "contract_years": basis.settings.contract_years,
        "settings": list(basis.settings.sentences),
        "signing_order": [party.with_article for party in SIGNING_ORDER],
        "years": [plain_sheet(basis.year(number, grids=grids)) for number in sorted({1, whole})],
    }


def signatures_inputs(contract: Contract, frozen: ContractDocument) -> dict[str, Any]:
    """What the signatures, each sealed in the file, add to the frozen contract."""
    signatures = frozen.signatures.filter(voided_at=None).order_by("at", "pk")
    return {
        "template": TEMPLATE_VERSION,
        "kind": ContractDocument.Kind.FINAL.value,
        "reference": contract.reference,
        "version": contract.terms_version,
        "cpts": contract.cpts.name,
        "frozen_sha256": frozen.sha256,
        "signed_on": _iso(contract.signed_on),
        "ends_on": _iso(contract.ends_on),
        **({"effective_on": _iso(contract.effective_on)} if contract.is_amendment else {}),
        "signatures": [_signature_inputs(contract, signature) for signature in signatures],
    }


def project_inputs(contract: Contract) -> dict[str, Any]:
    """The validated projet that the contract carries out."""
    project = contract.negotiated_project
    return {"decided_on": _iso_day(project.decided_at), "is_tacit": project.is_tacit}


def territory_inputs(territory: Territory) -> dict[str, Any]:
    """The annex of the communes, with the vintage and the source of the figures."""
    rows = territory.communes.select_related("commune")
    # In French order whatever the database: « Étrépagny » between « Écouis » and « Gamaches ».
    communes = sorted(rows, key=lambda row: (search_key(row.commune.name), row.commune_id))
    return {
        "vintage": territory.vintage,
        "vintage_reason": territory.vintage_reason,
        "population": territory.population,
        "size": territory.size,
        "source": territory.source,
        "is_completed": territory.is_completed,
        "communes": [
            {
                "code": row.commune_id,
                "name": row.commune.name,
                "departement": row.commune.departement_id,
                "population": row.population,
                "is_completed": row.certainty in {"inferred", "filled"},
            }
            for row in communes
        ],
    }


def party_inputs(contract: Contract) -> dict[str, Any]:
    """The three parties and who signs for each today."""
    cpts = contract.cpts
    who = {
        party: {"signatory": signing.name, "quality": signing.quality}
        for party, signing in signings(contract).items()
    }
    return {
        "cpts": {**_association(cpts), **who[Party.CPTS]},
        "cpam": {"name": Party.CPAM.named(cpts), **who[Party.CPAM]},
        "ars": {"name": Party.ARS.named(cpts), **who[Party.ARS]},
    }


def digest(inputs: dict[str, Any]) -> str:
    """SHA-256 of the inputs: the same document is never made twice."""
    text = json.dumps(inputs, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _association(cpts: Cpts) -> dict[str, Any]:
    account = BankAccount.objects.filter(cpts=cpts).in_use().first()
    return {
        "name": cpts.name,
        "reference": cpts.reference,
        "legal_form": cpts.legal_form,
        "rna": cpts.rna,
        "siren": cpts.siret[:9],
        "siret": cpts.siret,
        "finess": cpts.finess,
        "seat": cpts.seat,
        # More people read a contract than need the whole number.
        "bank": {"holder": account.holder, "iban": account.masked} if account else None,
    }


def _mission_inputs(mission: ContractMission) -> dict[str, Any]:
    rule = mission_rule(mission.mission, mission.contract.signature_day, read_mission_rules())
    deadlines = mission.deadlines
    return {
        "code": mission.code,
        "label": mission.label,
        "kind": rule.kind.label if rule else "",
        "starts_on": _iso(mission.starts_on),
        "start_by": _iso(deadlines.start_by),
        "deployed_by": _iso(deadlines.deployed_by),
        "start_within_months": rule.start_within_months if rule else None,
        "deployed_within_months": rule.deployed_within_months if rule else None,
    }


def _signature_inputs(contract: Contract, signature: Signature) -> dict[str, Any]:
    party = Party(signature.party)
    return {
        "party": party.value,
        "party_name": party.named(contract.cpts),
        "name": signature.name,
        "role": signature.role,
        "at": signature.at.astimezone(clock.PARIS).isoformat(),
        "sha256": signature.sha256,
        "consent": signature.consent,
        **({"on_paper": True} if signature.scan_id else {}),
    }


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None


def _iso_day(moment: Any) -> str | None:
    return moment.astimezone(clock.PARIS).date().isoformat() if moment else None
