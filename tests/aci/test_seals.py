"""The seals of a signed contract: real ones, read by two readers; made once, whoever dies."""

import io
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from pyhanko.pdf_utils.generic import NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from aci import actions
from aci.actions import sealing
from aci.checks import seal_is_configured
from aci.contract_inputs import digest
from aci.models import Contract, Seal
from aci.parties import Party
from aci.seals import fields, keys
from aci.seals.authority import make_authority
from foundation import clock
from foundation.refusal import Refused
from records import files, jobs
from records.models import Job, StoredFile
from tests.aci.conftest import DoJobs, Signatories, sign_for
from tests.aci.test_documents import verdicts
from tests.cast import Cast

NAMES = ["Signature-CPTS", "Signature-CPAM", "Signature-ARS"]


def readings(content: bytes) -> list[PdfSignatureStatus]:
    """What pyHanko finds of each seal, without any network."""
    trust = keys.demonstration_trust(settings.VAR_DIR / "seal")
    return [
        validate_pdf_signature(seal, ValidationContext(**trust))
        for seal in PdfFileReader(io.BytesIO(content)).embedded_signatures
    ]


def test_three_seals_hold_for_two_readers_and_keep_both_standards(
    in_force: Contract, do_jobs: DoJobs, tmp_path: Path
) -> None:
    do_jobs()
    frozen = in_force.documents.get(kind="frozen").stored.read()
    final = in_force.documents.get(kind="final")
    content = final.stored.read()
    steps = [seal.file.read() for seal in Seal.objects.order_by("signature__at", "pk")]
    # Each file is the one before, byte for byte, and more.
    for before, after in zip([frozen, *steps], [*steps, content], strict=False):
        assert after.startswith(before)
    assert content == steps[-1]
    assert final.sha256 == final.stored.sha256
    _pass_both_standards(frozen, steps)
    _convince_pyhanko(content)
    _convince_pdfsig(content, tmp_path)
    _say_who_signed(content, in_force)
    _refuse_any_change(content)


def _pass_both_standards(frozen: bytes, steps: list[bytes]) -> None:
    """With several seals the validator wants the first one to cover the later ones: it cannot.

    veraPDF had the same false finding (its issue 1493); one seal alone passes.
    """
    assert fields.field_names(frozen) == NAMES
    assert verdicts(steps[0]) == {"PDF_A_3A": [], "PDF_UA_1": []}
    for content in steps[1:]:
        found = verdicts(content)
        assert found["PDF_UA_1"] == []
        assert [finding.split(":")[0] for finding in found["PDF_A_3A"]] == [
            "PDFA3A-SIGNATURE-BYTERANGE-001"
        ]


def _convince_pyhanko(content: bytes) -> None:
    found = readings(content)
    seals = PdfFileReader(io.BytesIO(content)).embedded_signatures
    assert [seal.field_name for seal in seals] == NAMES
    assert all(reading.bottom_line for reading in found)
    assert all(reading.timestamp_validity.valid for reading in found)
    assert [reading.coverage.name for reading in found] == [
        "ENTIRE_REVISION",
        "ENTIRE_REVISION",
        "ENTIRE_FILE",
    ]


def _convince_pdfsig(content: bytes, tmp_path: Path) -> None:
    """poppler reads the same three seals; it does not know the test authority, and says so."""
    path = tmp_path / "contrat.pdf"
    path.write_bytes(content)
    said = subprocess.run(["pdfsig", str(path)], capture_output=True, text=True, check=False)
    assert said.stdout.count("Signature Validation: Signature is Valid.") == 3
    assert said.stdout.count("Signature Type: ETSI.CAdES.detached") == 3
    assert said.stdout.count("- Total document signed") == 1


def _say_who_signed(content: bytes, contract: Contract) -> None:
    """Name, quality, fingerprints and consent are inside what is sealed."""
    seals = PdfFileReader(io.BytesIO(content)).embedded_signatures
    signatures = contract.signatures.standing().select_related("seal")
    for seal, signature in zip(seals, signatures, strict=True):
        reason = str(seal.sig_object["/Reason"])
        assert str(seal.sig_object["/Name"]) == signature.name
        for words in (
            signature.name,
            signature.role,
            signature.sha256,
            signature.consent,
            digest(signature.seal.evidence),
        ):
            assert words in reason


def _refuse_any_change(content: bytes) -> None:
    """A byte changed breaks the seals; a page turned by a later increment breaks them too."""
    altered = bytearray(content)
    altered[content.find(b"/Title") + 9] ^= 1
    assert not any(reading.bottom_line for reading in readings(bytes(altered)))
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    turned = writer.find_page_for_modification(0)[0].get_object()
    turned["/Rotate"] = NumberObject(90)
    writer.update_container(turned)
    written = io.BytesIO()
    writer.write(written)
    assert not any(reading.bottom_line for reading in readings(written.getvalue()))


def test_the_seal_of_the_first_signature_does_not_wait_for_the_others(
    to_sign: Contract, cast: Cast, do_jobs: DoJobs, light_documents: None
) -> None:
    sign_for(to_sign, Party.CPTS, cast.president)
    assert Seal.objects.get().file is None
    do_jobs()
    seal = Seal.objects.get()
    assert seal.sha256 == seal.file.sha256
    assert seal.evidence["shown"]["sha256"] == seal.signature.sha256
    assert seal.evidence_sha256 == digest(seal.evidence)


@pytest.mark.usefixtures("light_documents")
class TestWorkers:
    """One right file, whoever comes first and whoever dies."""

    def test_seals_are_made_in_the_order_of_the_acts(self, in_force: Contract) -> None:
        """The worker of the last seal comes first: it makes those before."""
        last = Job.objects.filter(kind=sealing.KIND).latest("pk")
        jobs.run(last.pk)
        contents = [seal.file.read() for seal in Seal.objects.order_by("signature__at", "pk")]
        assert [content.count(b"-sealed") for content in contents] == [1, 2, 3]

    def test_a_worker_killed_after_storing_leaves_one_right_file(
        self, in_force: Contract, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Killed(BaseException):
            """What a signal does: no handler catches it."""

        store = files.store_bytes

        def die_after_storing(*args: object, **kwargs: object) -> StoredFile:
            store(*args, **kwargs)
            raise Killed

        job = Job.objects.get(kind="contract_final_pdf")
        monkeypatch.setattr(files, "store_bytes", die_after_storing)
        with pytest.raises(Killed):
            jobs.run(job.pk)
        assert not Seal.objects.exclude(file=None).exists()
        monkeypatch.setattr(files, "store_bytes", store)
        with clock.at(clock.now() + jobs.LEASE * 2):
            done = jobs.run(job.pk)
        assert done is not None
        assert done.state == Job.State.DONE
        final = in_force.documents.get(kind="final")
        assert final.stored.read().count(b"-sealed") == 3
        assert done.result_sha256 == final.sha256 == final.stored.sha256

    def test_of_two_workers_the_first_seal_stays(
        self, to_sign: Contract, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sign_for(to_sign, Party.CPTS, cast.president)
        job = Job.objects.get(kind=sealing.KIND)
        store = files.store_bytes

        def store_behind_another(*args: object, **kwargs: object) -> StoredFile:
            monkeypatch.setattr(files, "store_bytes", store)
            actions.seal_signature(job)
            return store(*args, **kwargs)

        monkeypatch.setattr(files, "store_bytes", store_behind_another)
        sha256 = actions.seal_signature(job)
        assert Seal.objects.get().sha256 == sha256 == Seal.objects.get().file.sha256

    def test_a_signature_that_fell_is_not_sealed(self, to_sign: Contract, cast: Cast) -> None:
        sign_for(to_sign, Party.CPTS, cast.president)
        actions.send_back(to_sign, party=Party.ARS, reason="Date à revoir", by=cast.ars_director)
        assert actions.seal_signature(Job.objects.get(kind=sealing.KIND)) == ""
        assert Seal.objects.get().file is None

    def test_each_waits_for_their_turn(self, to_sign: Contract, signatories: Signatories) -> None:

        with pytest.raises(Refused, match="c’est d’abord à la CPTS"):
            sign_for(to_sign, Party.ARS, signatories[Party.ARS])
        assert not Seal.objects.exists()


def test_a_seal_is_made_whole(to_sign: Contract, cast: Cast, light_documents: None) -> None:
    sign_for(to_sign, Party.CPTS, cast.president)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seal.objects.update(sha256="0" * 64)
    with pytest.raises(TypeError):
        Seal.objects.get().save()


def test_the_test_authority_is_made_once(tmp_path: Path) -> None:
    folder = make_authority(tmp_path / "seal")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert (folder / "seal.p12").stat().st_mode & 0o077 == 0
    make_authority(folder)
    assert before == {path.name: path.read_bytes() for path in folder.iterdir()}
    assert [path.name for path in tmp_path.iterdir()] == ["seal"]


def test_without_a_key_nothing_is_sealed(settings: object) -> None:
    settings.DEMONSTRATION = False  # type: ignore[attr-defined]
    with pytest.raises(Exception, match="SEAL_PKCS12"), keys.open_key():
        pass


def test_a_seal_in_a_protected_file(settings: object, tmp_path: Path) -> None:
    """PKCS#12 of the settings, its password, the roots that vouch for it."""
    folder = make_authority(tmp_path / "seal")
    settings.SEAL_PKCS12 = str(folder / "seal.p12")  # type: ignore[attr-defined]
    settings.SEAL_TRUST_ROOTS = str(folder / "root.pem")  # type: ignore[attr-defined]
    settings.SEAL_TIMESTAMP_URL = "http://127.0.0.1:9/tsa"  # type: ignore[attr-defined]
    with keys.open_key() as key:
        assert "Cachet du portail" in key.signer.signing_cert.subject.human_friendly
        assert key.timestamper is not None
        assert key.context() is not None


def test_a_deployment_without_a_seal_is_told(settings: object) -> None:
    assert seal_is_configured() == []
    settings.DEMONSTRATION = False  # type: ignore[attr-defined]
    assert [error.id for error in seal_is_configured()] == ["aci.E001"]
    settings.SEAL_CSC_URL = "https://cachet.example"  # type: ignore[attr-defined]
    assert seal_is_configured() == []
