"""A seal by a trust service: asked over the loopback, valid like one made here."""

import io
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from aci.seals import fields, keys, sealing
from aci.seals.authority import make_authority
from foundation import clock, pdf
from tests.aci import trust_service
from tests.aci.trust_service import TrustService, serving

PAGE = (
    '<html lang="fr"><head><title>Essai</title>'
    '<meta name="dcterms.created" content="2024-07-01">'
    '<meta name="dcterms.modified" content="2024-07-01"></head>'
    '<body><h1>Essai</h1><div class="box" id="signature-cpts"></div></body></html>'
)
FIELD = fields.SealField("Signature-CPTS", "Signature pour la CPTS", "signature-cpts", 50, 34)


def use(service: TrustService, settings: Any, pin: str = trust_service.PIN) -> None:
    settings.SEAL_CSC_URL = service.url
    settings.SEAL_CSC_CREDENTIAL = trust_service.CREDENTIAL
    settings.SEAL_CSC_TOKEN = trust_service.TOKEN
    settings.SEAL_CSC_PIN = pin


def sealed() -> bytes:
    style = "html { font-family: Portail } .box { width: 50mm; height: 34mm }"
    page = pdf.render(PAGE, stylesheet=style, identifier="essai")
    act = sealing.SealedAct("Signature-CPTS", "Paule", "Essai", clock.now(), page, is_first=True)
    with keys.open_key() as key:
        return sealing.add_seal(fields.prepare(page, [FIELD]), act, key)


def test_a_trust_service_seals(tmp_path: Path, settings: Any) -> None:
    folder = make_authority(tmp_path / "seal")
    with serving(folder / "seal.p12") as service:
        use(service, settings)
        content = sealed()
        assert service.calls == ["credentials/info", "credentials/authorize", "signatures/signHash"]
    (seal,) = PdfFileReader(io.BytesIO(content)).embedded_signatures
    trust = keys.demonstration_trust(folder)
    assert validate_pdf_signature(seal, ValidationContext(**trust)).bottom_line


def test_a_service_that_refuses_seals_nothing(tmp_path: Path, settings: Any) -> None:
    folder = make_authority(tmp_path / "seal")
    with serving(folder / "seal.p12") as service:
        use(service, settings, pin="0000")
        with pytest.raises(SigningError):
            sealed()
