"""A seal whose key never leaves its safe: PKCS#11, for real, with SoftHSM."""

import shutil
import subprocess
from pathlib import Path

import pkcs11
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from pkcs11.util.x509 import decode_x509_certificate

from aci import pdf
from aci.models import Contract
from aci.seals import keys, sealing
from aci.seals.authority import make_authority
from aci.seals.validation import read_seal
from foundation import clock
from foundation.pdf import render

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "1234"


@pytest.fixture
def safe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: object) -> Path:
    """A safe with the key of the seal, its certificate and those of its authorities."""
    if not MODULE.exists() or shutil.which("softhsm2-util") is None:
        pytest.fail("SoftHSM is missing: apt-get install -y --no-install-recommends softhsm2")
    authority = make_authority(tmp_path / "authority")
    (tmp_path / "tokens").mkdir()
    configuration = tmp_path / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {tmp_path}/tokens\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(configuration))
    _fill(authority, tmp_path / "key.pem")
    settings.SEAL_PKCS11_MODULE = str(MODULE)  # type: ignore[attr-defined]
    settings.SEAL_PKCS11_TOKEN = "portail"  # type: ignore[attr-defined]
    settings.SEAL_PKCS11_PIN = PIN  # type: ignore[attr-defined]
    settings.SEAL_PKCS11_LABEL = "cachet"  # type: ignore[attr-defined]
    return authority


def _fill(authority: Path, pem: Path) -> None:
    content = (authority / "seal.p12").read_bytes()
    key, certificate, chain = pkcs12.load_key_and_certificates(content, None)
    assert key is not None
    assert certificate is not None
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    with_pin = ["--label", "portail", "--pin", PIN]
    _run("--init-token", "--free", *with_pin, "--so-pin", "5678")
    named = ["--token", "portail", "--label", "cachet", "--id", "01", "--pin", PIN]
    _run("--import", str(pem), *named)
    token = pkcs11.lib(str(MODULE)).get_token(token_label="portail")
    with token.open(user_pin=PIN, rw=True) as session:
        for number, one in enumerate([certificate, *chain], start=1):
            stored = decode_x509_certificate(one.public_bytes(serialization.Encoding.DER))
            stored[pkcs11.Attribute.TOKEN] = True
            stored[pkcs11.Attribute.LABEL] = "cachet" if one is certificate else f"ca-{number}"
            stored[pkcs11.Attribute.ID] = bytes([number])
            session.create_object(stored)


def _run(*words: str) -> None:
    subprocess.run(["softhsm2-util", *words], capture_output=True, check=True)


def test_a_safe_seals_and_sends_its_chain(to_sign: Contract, safe: Path) -> None:
    """The chain is in the seal: a reader who knows the root alone can trust it."""
    document = to_sign.frozen_document
    assert document is not None
    html = (
        '<html lang="fr"><head><title>Cachet</title><meta name="dcterms.created"'
        ' content="2024-07-01"></head><body><p>Cachet</p></body></html>'
    )
    act = sealing.SealedAct(
        field="Signature-CPTS",
        name="Paule Présidente",
        reason="Essai",
        at=clock.now(),
        appearance=render(html, stylesheet=pdf.appearance.STYLE, identifier="essai"),
        is_first=True,
    )
    with keys.open_key() as key:
        sealed = sealing.add_seal(document.stored.read(), act, key)
    reading = read_seal(sealed, "Signature-CPTS", keys.demonstration_trust(safe))
    assert reading is not None
    assert reading.holds
    assert reading.stamped_at is None
    assert "Cachet du portail" in reading.certificate.subject
