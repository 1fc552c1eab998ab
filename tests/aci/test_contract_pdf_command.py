"""`manage.py contract_pdf`: the stored file of a contract, or the list."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from aci.models import Contract
from tests.aci.conftest import DoJobs

pytestmark = pytest.mark.usefixtures("light_documents")


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("contract_pdf", *arguments, stdout=out)
    return out.getvalue()


def test_the_frozen_file_then_the_signed_one(
    to_sign: Contract, tmp_path: Path, request: pytest.FixtureRequest, do_jobs: DoJobs
) -> None:
    path = tmp_path / "contrat.pdf"
    run(to_sign.reference, "--out", str(path))
    assert path.read_bytes() == b"%PDF-frozen"
    signed = request.getfixturevalue("in_force")
    do_jobs()
    run(signed.reference, "--out", str(path))
    assert path.read_bytes() == b"%PDF-frozen" + b"-sealed" * 3


def test_one_contract_a_line(to_sign: Contract) -> None:
    assert run("--list") == f"{to_sign.reference} à signer\n"


def test_nothing_is_written_without_a_file(negotiated: Contract, tmp_path: Path) -> None:
    path = tmp_path / "contrat.pdf"
    with pytest.raises(CommandError, match=r"\(en négociation\) n’a pas encore de PDF"):
        run(negotiated.reference, "--out", str(path))
    with pytest.raises(CommandError, match="Aucun contrat ne porte la référence ACI-0"):
        run("ACI-0", "--out", str(path))
    with pytest.raises(CommandError, match="Donnez une référence"):
        run(negotiated.reference)
    assert not path.exists()


def test_a_folder_that_is_not_there(to_sign: Contract, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="ne peut pas être écrit"):
        run(to_sign.reference, "--out", str(tmp_path / "absent" / "contrat.pdf"))
