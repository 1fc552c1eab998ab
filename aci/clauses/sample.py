"""A contract that exists nowhere, with a value for every variable: what the previews show."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import Any

from aci.clauses.blocks import Block
from aci.deadlines import mission_deadlines, mission_rule
from aci.funding_basis import FundingBasis
from aci.funding_sheet import plain_sheet
from aci.grid_files import read_grids, read_mission_rules, read_setting_rows, settings_on
from aci.indicator_rules import AnnexLine, Direction, Indicator, Method, Tier
from aci.mission_codes import MissionCode
from aci.parties import SIGNING_ORDER

SIGNED_ON = dt.date(2025, 1, 15)
STARTS = {
    MissionCode.ACCES_SOINS: None,
    MissionCode.PARCOURS: dt.date(2025, 9, 1),
    MissionCode.PREVENTION: dt.date(2025, 6, 1),
    MissionCode.CRISE: dt.date(2025, 3, 1),
}
COMMUNES = (("62119", "Béthune", 25_224), ("62178", "Bruay-la-Buissière", 21_424))


def sample_content(blocks: Iterable[Block]) -> dict[str, Any]:
    """As `contract_inputs.contract_content`, without any row."""
    return {**_sample(), "blocks": [block.as_plain() for block in blocks]}


@cache
def _sample() -> dict[str, Any]:
    settings = settings_on(SIGNED_ON, read_setting_rows())
    population = sum(people for _, _, people in COMMUNES)
    basis = FundingBasis(
        signed_on=SIGNED_ON,
        mission_starts={code: start or SIGNED_ON for code, start in STARTS.items()},
        unscheduled_care_since=SIGNED_ON,
        population=population,
        size=2,
        settings=settings,
    )
    years = sorted({1, basis.first_whole_year()})
    return {
        "reference": "ACI-62-EXEMPLE-2",
        "planned_signature_on": SIGNED_ON.isoformat(),
        "parties": _parties(),
        "project": {"decided_on": "2024-10-24", "is_tacit": False},
        "previous": {
            "reference": "ACI-62-EXEMPLE-1",
            "signed_on": "2020-01-15",
            "ends_on": "2025-01-14",
        },
        "missions": [_mission(code, start) for code, start in STARTS.items()],
        "unscheduled_care_since": SIGNED_ON.isoformat(),
        "territory": _territory(population),
        "annexes": [{"year": 1, "lines": [_line().as_plain()]}],
        "contract_years": settings.contract_years,
        "signing_order": [party.with_article for party in SIGNING_ORDER],
        "settings": list(settings.sentences),
        "years": [plain_sheet(basis.year(number, grids=read_grids())) for number in years],
    }


def _line() -> AnnexLine:
    """Worked example 6 of the funding rules."""
    tiers = ((219, 101, 3000), (100, 51, 6000), (50, None, 9000))
    return AnnexLine(
        code="ald-sans-medecin-traitant",
        mission=MissionCode.ACCES_SOINS,
        unit="patients",
        rule=Indicator(
            label="Patients en ALD sans médecin traitant",
            direction=Direction.LOWER,
            method=Method.TIERS,
            tiers=tuple(
                Tier(Decimal(worst), Decimal(best) if best else None, Decimal(euros))
                for worst, best, euros in tiers
            ),
        ),
    )


def _parties() -> dict[str, Any]:
    return {
        "cpts": {
            "name": "CPTS du Val d’Exemple",
            "reference": "62-EXEMPLE",
            "legal_form": "association de la loi de 1901",
            "rna": "W621000000",
            "siren": "000000000",
            "siret": "00000000000000",
            "finess": "620000000",
            "seat": "1 place de la Mairie, 62400 Béthune",
            "bank": {"holder": "CPTS du Val d’Exemple", "iban": "FR76 •••• •••• 0189"},
            "signatory": "Paule Présidente",
            "quality": "",
        },
        "cpam": {"name": "CPAM de l’Artois", "signatory": "Claire Caisse", "quality": ""},
        "ars": {
            "name": "ARS Hauts-de-France",
            "signatory": "Dora Déléguée",
            "quality": "directrice adjointe, par délégation (arrêté 12 du 3\u00a0mars\u00a02024)",
        },
    }


def _mission(code: MissionCode, start: dt.date | None) -> dict[str, Any]:
    rule = mission_rule(code, SIGNED_ON, read_mission_rules())
    limits = mission_deadlines(code, SIGNED_ON, read_mission_rules())
    return {
        "code": code.value,
        "label": code.label,
        "kind": rule.kind.label if rule else "",
        "starts_on": start.isoformat() if start else None,
        "start_by": limits.start_by.isoformat() if limits.start_by else None,
        "deployed_by": limits.deployed_by.isoformat() if limits.deployed_by else None,
        "start_within_months": rule.start_within_months if rule else None,
        "deployed_within_months": rule.deployed_within_months if rule else None,
    }


def _territory(population: int) -> dict[str, Any]:
    return {
        "vintage": 2022,
        "vintage_reason": "dernier millésime publié",
        "population": population,
        "size": 2,
        "source": "Insee, populations de référence",
        "is_completed": True,
        "communes": [
            {
                "code": code,
                "name": name,
                "departement": "62",
                "population": people,
                "is_completed": index == 1,
            }
            for index, (code, name, people) in enumerate(COMMUNES)
        ],
    }
