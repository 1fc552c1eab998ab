"""A letter about nobody's dossier, to look at a text before it is saved."""

from typing import Any

from projects.letter_kinds import CODES, LetterKind, sample_values
from territories.models import Region

SAMPLE_DAY = "2025-10-24"


def sample_inputs(
    kind: LetterKind, region: Region | None, *, subject: str, body: str
) -> dict[str, Any]:
    """The same shape as the inputs of a real letter."""
    values = sample_values(kind)
    ars = region.ars_name if region else str(values["ars.nom"])
    values["ars.nom"] = ars
    values["reference"] = f"62-EXEMPLE-P1-{CODES[kind]}1"
    is_fact = kind in {LetterKind.RECEIPT, LetterKind.TACIT}
    signatory = {"for": ars, "quality": "Direction générale de l’ARS", "name": "Prénom Nom"}
    return {
        "kind": kind.value,
        "reference": values["reference"],
        "dossier": str(values["cpts.reference"]),
        "dated": SAMPLE_DAY,
        "senders": [ars],
        "recipient": ["Aux porteurs du projet", str(values["cpts.nom"])],
        "signatories": [] if is_fact else [signatory],
        "subject": subject,
        "body": body,
        "values": values,
        "origin": "Aperçu sur un dossier fictif : ce document n’a aucune valeur.",
    }
