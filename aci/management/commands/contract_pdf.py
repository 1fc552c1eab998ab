"""Writes the stored file of a contract, or lists the contracts with their state."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from aci.models import Contract, ContractDocument

Kind = ContractDocument.Kind


class Command(BaseCommand):
    help = "Écrit le PDF enregistré d’un contrat : le contrat signé, sinon le contrat figé."

    def add_arguments(self, parser: CommandParser) -> None:
        """A reference and a file, or the list."""
        parser.add_argument("reference", nargs="?", default="", metavar="RÉFÉRENCE")
        parser.add_argument("--out", type=Path, metavar="FICHIER", help="fichier à écrire")
        parser.add_argument("--list", action="store_true", help="un contrat par ligne, et son état")

    def handle(self, *args: Any, **options: Any) -> None:
        """One of the two; anything wrong is one sentence and a non-zero exit."""
        if options["list"]:
            for contract in Contract.objects.order_by("reference").iterator():
                self.stdout.write(f"{contract.reference} {contract.get_state_display()}")
            return
        if not options["reference"] or options["out"] is None:
            raise CommandError("Donnez une référence de contrat et --out FICHIER, ou --list.")
        content = _content(options["reference"])
        try:
            options["out"].write_bytes(content)
        except OSError as error:
            raise CommandError(
                f"{options['out']} ne peut pas être écrit : {error.strerror}."
            ) from error


def _content(reference: str) -> bytes:
    """The bytes stored for this contract: read, never made again."""
    contract = Contract.agreements.filter(reference=reference).first()  # amendments too
    if contract is None:
        raise CommandError(f"Aucun contrat ne porte la référence {reference}.")
    document = contract.documents.to_hand_over(contract.terms_version).first()
    if document is None:
        state = contract.get_state_display()
        raise CommandError(f"Le contrat {reference} ({state}) n’a pas encore de PDF enregistré.")
    return bytes(document.stored.read())
