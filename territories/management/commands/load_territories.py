"""Loads communes, EPCI, populations and CPAM districts. Safe to run again: it then does nothing."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.numbers import format_number
from territories.loading import RejectedReference, load
from territories.reference_files import FOLDER, Reference

SHOWN = 50


class Command(BaseCommand):
    help = "Charge les communes, les EPCI, les populations et les ressorts des CPAM."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--folder", type=Path, default=FOLDER, help="Dossier des fichiers de référence."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was loaded, or every rejected line."""
        try:
            loaded = load(Reference(options["folder"]))
        except RejectedReference as refusal:
            for line in refusal.rejected[:SHOWN]:
                self.stderr.write(str(line))
            raise CommandError(refusal.reason) from refusal
        if options["verbosity"] == 0:
            return
        if not loaded.counts:
            self.stdout.write("Données de référence déjà à jour.")
        for noun, count in loaded.counts.items():
            self.stdout.write(f"{format_number(count)} {noun}")
