"""The test authority of the demonstration: a seal and a clock worth nothing outside it.

Made once in `var/`, never committed. The portal's real seal comes from `SEAL_PKCS12` or
`SEAL_PKCS11_MODULE` (see `cpts_portal/settings/seals.py`).
"""

import datetime as dt
import os
import shutil
import tempfile
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ORGANISATION = "Portail des CPTS – démonstration, sans valeur"
# Histories are replayed under past dates: the certificates must be of age in all of them.
SINCE = dt.datetime(2018, 1, 1, tzinfo=dt.UTC)
UNTIL = dt.datetime(2045, 1, 1, tzinfo=dt.UTC)

Signed = tuple[x509.Certificate, rsa.RSAPrivateKey]


def make_authority(folder: Path) -> Path:
    """The folder of the test authority, made if it is absent; of two makers the first is right."""
    if (folder / "seal.p12").exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".seal-"))
    _write(made)
    try:
        made.rename(folder)
    except OSError:  # another worker was quicker
        shutil.rmtree(made)
    return folder


def _write(folder: Path) -> None:
    root = _issue("Racine de test", is_authority=True)
    authority = _issue("Autorité de test", root, is_authority=True)
    seal = _issue("Cachet du portail (test)", authority)
    clock = _issue("Horodatage de test", root, usage=ExtendedKeyUsageOID.TIME_STAMPING)
    _write_pkcs12(folder / "seal.p12", seal, [authority[0], root[0]])
    _write_pkcs12(folder / "clock.p12", clock, [root[0]])
    (folder / "root.pem").write_bytes(root[0].public_bytes(serialization.Encoding.PEM))
    for name, issuer in (("root", root), ("authority", authority)):
        revoked = _revocation_list(issuer).public_bytes(serialization.Encoding.DER)
        (folder / f"{name}.crl").write_bytes(revoked)


def _write_pkcs12(path: Path, signed: Signed, chain: list[x509.Certificate]) -> None:
    content = pkcs12.serialize_key_and_certificates(
        None, signed[1], signed[0], chain, serialization.NoEncryption()
    )
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def _issue(
    name: str,
    issuer: Signed | None = None,
    *,
    is_authority: bool = False,
    usage: x509.ObjectIdentifier | None = None,
) -> Signed:
    key = rsa.generate_private_key(65537, 2048)
    signing_key = issuer[1] if issuer else key
    seals = not is_authority and usage is None
    builder = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(issuer[0].subject if issuer else _named(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(SINCE)
        .not_valid_after(UNTIL)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_usage(is_authority=is_authority, seals=seals), critical=True)
    )
    if issuer:
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key())
        builder = builder.add_extension(identifier, critical=False)
    if usage:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
    return builder.sign(signing_key, hashes.SHA256()), key


def _usage(*, is_authority: bool, seals: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=seals,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _named(name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )


def _revocation_list(issuer: Signed) -> x509.CertificateRevocationList:
    """Nothing is revoked; carried in the seals, so that they are checked offline for years."""
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer[1].public_key())
    return (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer[0].subject)
        .last_update(SINCE)
        .next_update(UNTIL)
        .add_extension(identifier, critical=False)
        .add_extension(x509.CRLNumber(1), critical=False)
        .sign(issuer[1], hashes.SHA256())
    )
