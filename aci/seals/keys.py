"""What seals: the organisation's key, the timestamps, the roots; from the settings alone.

Any `pyhanko.sign.Signer` seals in the same way: a file, a safe, or a trust service far away.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asn1crypto import crl as asn1_crl
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from pyhanko.keys import load_certs_from_pemder
from pyhanko.sign.signers.pdf_cms import Signer, SimpleSigner
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from aci.seals import remote
from aci.seals.authority import make_authority
from foundation import clock


@dataclass(frozen=True)
class SealKey:
    """A signer, who dates its seals, and what proves long after that it was not revoked."""

    signer: Signer
    timestamper: TimeStamper | None
    trust: dict[str, Any] | None

    def context(self) -> ValidationContext | None:
        """What the proofs carried by the seal are gathered with; none without known roots."""
        if self.trust is None:
            return None
        return ValidationContext(**self.trust)


@contextmanager
def open_key() -> Iterator[SealKey]:
    """The key of the settings; a safe stays open only while one file is sealed."""
    if settings.SEAL_PKCS11_MODULE:
        # Only where such a safe is used: its module needs the library of the safe.
        from pyhanko.config.pkcs11 import TokenCriteria
        from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

        with open_pkcs11_session(
            settings.SEAL_PKCS11_MODULE,
            token_criteria=TokenCriteria(label=settings.SEAL_PKCS11_TOKEN),
            user_pin=settings.SEAL_PKCS11_PIN,
        ) as session:
            yield _real(
                PKCS11Signer(
                    session, cert_label=settings.SEAL_PKCS11_LABEL, other_certs_to_pull=None
                )
            )
    elif settings.SEAL_CSC_URL:
        yield _real(
            remote.open_signer(
                url=settings.SEAL_CSC_URL,
                credential=settings.SEAL_CSC_CREDENTIAL,
                token=settings.SEAL_CSC_TOKEN,
                pin=settings.SEAL_CSC_PIN,
            )
        )
    elif settings.SEAL_PKCS12:
        yield _real(_from_file(Path(settings.SEAL_PKCS12), settings.SEAL_PKCS12_PASSWORD))
    elif settings.DEMONSTRATION:
        yield _of_the_demonstration(make_authority(Path(settings.VAR_DIR) / "seal"))
    else:
        raise ImproperlyConfigured(
            "Set SEAL_PKCS12, SEAL_PKCS11_MODULE or SEAL_CSC_URL: no contract is sealed."
        )


def known_trust() -> dict[str, Any] | None:
    """What seals are checked with, by the roots of the settings; the key itself stays closed."""
    if settings.SEAL_TRUST_ROOTS:
        return _real_trust()
    folder = Path(settings.VAR_DIR) / "seal"
    if settings.DEMONSTRATION and not settings.SEAL_PKCS12 and (folder / "root.pem").exists():
        return demonstration_trust(folder)
    return None


def _real_trust() -> dict[str, Any]:
    return {
        "trust_roots": list(load_certs_from_pemder([settings.SEAL_TRUST_ROOTS])),
        "allow_fetching": True,
        "revocation_mode": "hard-fail",
    }


def _real(signer: Signer) -> SealKey:
    url = settings.SEAL_TIMESTAMP_URL
    trust = _real_trust() if settings.SEAL_TRUST_ROOTS else None
    return SealKey(signer, HTTPTimeStamper(url) if url else None, trust)


def _from_file(path: Path, password: str = "") -> SimpleSigner:
    signer: SimpleSigner | None = SimpleSigner.load_pkcs12(
        str(path), passphrase=password.encode() or None
    )
    if signer is None:
        raise ImproperlyConfigured(f"{path.name} cannot be opened: see SEAL_PKCS12_PASSWORD.")
    return signer


def _of_the_demonstration(folder: Path) -> SealKey:
    dated = _from_file(folder / "clock.p12")
    certificates = SimpleCertificateStore()
    certificates.register_multiple(list(dated.cert_registry))
    timestamper = DummyTimeStamper(
        dated.signing_cert, dated.signing_key, certs_to_embed=certificates, fixed_dt=clock.now()
    )
    return SealKey(_from_file(folder / "seal.p12"), timestamper, demonstration_trust(folder))


def demonstration_trust(folder: Path) -> dict[str, Any]:
    """What a reader needs to check the seals of the demonstration, without any network."""
    return {
        "trust_roots": list(load_certs_from_pemder([str(folder / "root.pem")])),
        "crls": [
            asn1_crl.CertificateList.load((folder / f"{name}.crl").read_bytes())
            for name in ("root", "authority")
        ],
        "allow_fetching": False,
        "revocation_mode": "hard-fail",
    }
