"""One seal read now by our validator, without any network: what it proves, what it does not."""

import datetime as dt
import io
import warnings
from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from foundation import clock


@dataclass(frozen=True, slots=True)
class Certificate:
    """Whose seal it is, who vouches for it, until when."""

    subject: str
    issuer: str
    serial: str
    valid_from: dt.datetime
    valid_until: dt.datetime


@dataclass(frozen=True, slots=True)
class SealReading:
    """What the validator finds of one seal in the last file of the contract."""

    is_intact: bool
    is_trusted: bool
    # Nothing was added since, but what the contract allows: the seals of the other parties.
    is_unchanged: bool
    certificate: Certificate
    stamped_at: dt.datetime | None
    is_stamp_trusted: bool
    reason: str

    @property
    def holds(self) -> bool:
        return self.is_intact and self.is_trusted and self.is_unchanged


def read_seal(content: bytes, field: str, trust: dict[str, Any] | None) -> SealReading | None:
    """The seal of one field; none when the file cannot be read or does not carry it."""
    try:
        seals = PdfFileReader(io.BytesIO(content)).embedded_signatures
        seal = next((one for one in seals if one.field_name == field), None)
        if seal is None:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the library says that it fetches nothing, as asked
            status = validate_pdf_signature(seal, ValidationContext(**_without_network(trust)))
    except (PdfReadError, SignatureValidationError, SigningError, ValueError):
        return None
    return _reading(status, str(seal.sig_object.get("/Reason", "")))


def _without_network(trust: dict[str, Any] | None) -> dict[str, Any]:
    """A page never waits for somebody else's server."""
    known = dict(trust or {"trust_roots": []})
    if known.get("allow_fetching"):
        known["revocation_mode"] = "soft-fail"
    return {**known, "allow_fetching": False, "moment": clock.now()}


def _named(name: Any) -> str:
    """« Cachet du portail, Portail des CPTS, FR »."""
    parts = name.native
    known = ("common_name", "organization_name", "country_name")
    return ", ".join(str(parts[key]) for key in known if key in parts)


def _reading(status: PdfSignatureStatus, reason: str) -> SealReading:
    signed = status.signing_cert
    validity = signed["tbs_certificate"]["validity"]
    stamp = status.timestamp_validity
    return SealReading(
        is_intact=status.intact and status.valid,
        is_trusted=status.trusted,
        is_unchanged=status.docmdp_ok is not False,
        certificate=Certificate(
            subject=_named(signed.subject),
            issuer=_named(signed.issuer),
            serial=f"{signed.serial_number:x}",
            valid_from=validity["not_before"].native,
            valid_until=validity["not_after"].native,
        ),
        stamped_at=stamp.timestamp if stamp else None,
        is_stamp_trusted=bool(stamp and stamp.intact and stamp.trusted),
        reason=reason,
    )
