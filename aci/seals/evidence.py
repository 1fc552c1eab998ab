"""The evidence of one signature: kept as data, summed up in the seal, its fingerprint with it."""

from typing import Any

from aci.models import Signature
from aci.parties import Party
from foundation import clock
from foundation.templatetags.french import moment


def evidence_of(signature: Signature, identity: dict[str, Any]) -> dict[str, Any]:
    """Who signed, how we know it, what was shown, what was said, when."""
    contract, party = signature.contract, Party(signature.party)
    return {
        "contract": contract.reference,
        "version": signature.document.version,
        "party": party.value,
        "party_name": party.named(contract.cpts),
        "signatory": {
            "account": str(signature.user.uuid),
            "name": signature.name,
            "role": signature.role,
        },
        "identity": identity,
        "shown": {
            "document": signature.document.stored.name,
            "size": signature.document.stored.size,
            "sha256": signature.sha256,
        },
        "consent": signature.consent,
        "at": signature.at.astimezone(clock.PARIS).isoformat(),
    }


def reason_of(signature: Signature, evidence_sha256: str, method: str) -> str:
    """The sentence inside the seal, which no one can change afterwards."""
    party = Party(signature.party).named(signature.contract.cpts)
    return (
        f"Signé pour {party} par {signature.name}, {signature.role}, "
        f"le {moment(signature.at)}, heure de Paris. {method}. "
        f"Document montré, SHA-256 : {signature.sha256}. Consentement : « {signature.consent} » "
        f"Preuve conservée par le portail, SHA-256 : {evidence_sha256}."
    )
