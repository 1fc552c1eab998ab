"""The act of signing as it was kept, and what our validator says of it when asked."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aci.contract_inputs import digest
from aci.models import Seal, Signature
from aci.parties import Party
from records.models import StoredFile

if TYPE_CHECKING:
    from aci.seals.validation import SealReading


@dataclass(frozen=True, slots=True)
class Check:
    """One thing verified now: the sentence, and whether it holds."""

    sentence: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """One signature, by seal or by hand."""

    signature: Signature
    party: Party
    seal: Seal | None
    checks: tuple[Check, ...] | None
    reading: SealReading | None

    @property
    def kept(self) -> dict[str, Any]:
        """What was kept with the act, in the portal."""
        return dict(self.seal.evidence) if self.seal else {}

    @property
    def proven_at(self) -> dt.datetime | None:
        return _moment(self.kept.get("identity", {}).get("proven_at", ""))

    @property
    def all_hold(self) -> bool:
        return all(check.holds for check in self.checks or ())


def evidence_of(signature: Signature, *, verify: bool) -> Evidence:
    """What is kept; with `verify`, checked now, which takes a second."""
    seal = None if signature.scan_id else signature.seal
    party = Party(signature.party)
    if not verify:
        return Evidence(signature, party, seal, None, None)
    if seal is None:
        return Evidence(signature, party, None, tuple(_paper_checks(signature)), None)
    reading = _reading(signature, party)
    return Evidence(signature, party, seal, tuple(_seal_checks(seal, reading)), reading)


def _reading(signature: Signature, party: Party) -> SealReading | None:
    """In the last file of the contract: what came after the seal counts too."""
    # Imported when a seal is read: the other pages should not pay for these libraries.
    from aci.seals import appearance, keys, validation

    last = (
        Seal.objects.filter(signature__document=signature.document, file__isnull=False)
        .select_related("file")
        .order_by("-signature__at", "-pk")
        .first()
    )
    if last is None:
        return None
    return validation.read_seal(last.file.read(), appearance.field_name(party), keys.known_trust())


def _seal_checks(seal: Seal, reading: SealReading | None) -> list[Check]:
    kept = digest(seal.evidence) == seal.evidence_sha256
    checks = [
        Check("La preuve conservée a l’empreinte notée le jour de la signature.", kept),
        Check(
            "Le document montré est conservé inchangé.",
            _is_unchanged(seal.signature.document.stored, seal.signature.sha256),
        ),
    ]
    if reading is None:
        waits = "Le cachet n’est pas encore apposé." if seal.file_id is None else ""
        return [*checks, Check(waits or "Le cachet est illisible dans le fichier.", False)]
    return [
        *checks,
        Check("Le cachet est intact : pas un octet scellé n’a changé.", reading.is_intact),
        Check(
            "Le cachet porte l’empreinte de la preuve conservée.",
            seal.evidence_sha256 in reading.reason,
        ),
        Check("Depuis, le fichier n’a reçu que ce que le contrat permet.", reading.is_unchanged),
        Check("Le certificat du cachet vient d’une autorité connue.", reading.is_trusted),
        _stamp_check(reading),
    ]


def _stamp_check(reading: SealReading) -> Check:
    if reading.stamped_at is None:
        return Check("Le cachet est horodaté par un tiers.", False)
    return Check("L’horodatage du cachet vient d’une autorité connue.", reading.is_stamp_trusted)


def _paper_checks(signature: Signature) -> list[Check]:
    scan = signature.scan
    if scan is None:
        return []
    return [
        Check(
            "Les pages numérisées sont conservées inchangées.",
            _is_unchanged(scan.scan, scan.scan.sha256),
        ),
        Check(
            "Le document figé est conservé inchangé.",
            _is_unchanged(signature.document.stored, scan.frozen_sha256),
        ),
        Check(
            "Qui a déposé les pages et qui les a confirmées sont deux personnes.",
            scan.closed_by_id not in {None, scan.uploaded_by_id},
        ),
    ]


def _is_unchanged(stored: StoredFile, sha256: str) -> bool:
    try:
        return hashlib.sha256(stored.read()).hexdigest() == sha256
    except OSError:
        return False


def _moment(text: str) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None
