"""A contract of CPTS Rives in force since 1 July 2024, and the catalogue of indicators."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from aci.mission_codes import MissionCode
from aci.models import Contract, ContractMission
from missions import actions
from tests.aci.conftest import (  # noqa: F401  (fixtures of the contract, found by their names)
    accepted,
    day,
    do_jobs,
    frozen_without_file,
    in_force,
    negotiated,
    project,
    signatories,
    to_sign,
)

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def quick_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the document says is the matter of tests/aci; here any signed file will do."""
    monkeypatch.setattr("aci.pdf.contract_pdf", lambda *args, **kwargs: PDF)


@pytest.fixture
def catalogue(db: None) -> int:
    return actions.load_indicators()


@pytest.fixture
def care(in_force: Contract, catalogue: int) -> ContractMission:  # noqa: F811  (the fixture above)
    """The mission « Accès aux soins »: must start by 1 January 2025, planned 1 October 2024."""
    return in_force.missions.get(code=MissionCode.ACCES_SOINS)


@pytest.fixture
def prevention(in_force: Contract, catalogue: int) -> ContractMission:  # noqa: F811
    return in_force.missions.get(code=MissionCode.PREVENTION)


def proof(name: str = "preuve.pdf", content: bytes = PDF) -> Any:
    """A file as the browser sends it."""
    return SimpleUploadedFile(name, content, "application/pdf")
