"""Imports one vintage of INSEE populations. Safe to run again: it then does nothing."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from territories.imports.importing import Import, ImportCommand
from territories.imports.populations import import_populations


class Command(ImportCommand):
    help = "Importe un millésime des populations de référence (INSEE)."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, help="Fichier CSV, compressé ou non.")
        parser.add_argument("--vintage", type=int, required=True, help="Millésime, par ex. 2023.")
        parser.add_argument(
            "--partial",
            action="store_true",
            help="Le fichier ne contient qu’une partie des communes : les autres chiffres restent.",
        )

    def run_import(self, run: Import, options: dict[str, Any]) -> None:
        """Replace the figures of the vintage."""
        import_populations(
            run, options["file"], vintage=options["vintage"], partial=options["partial"]
        )
