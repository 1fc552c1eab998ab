"""Imports which commune belongs to which CPAM. Safe to run again: it then does nothing."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from territories.imports.districts import import_districts
from territories.imports.importing import Import, ImportCommand


class Command(ImportCommand):
    help = "Importe les ressorts des CPAM, commune par commune."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "file", type=Path, help="CSV : insee_code, cpam_code, cpam_name, region (facultative)."
        )

    def run_import(self, run: Import, options: dict[str, Any]) -> None:
        """Give communes their fund."""
        import_districts(run, options["file"])
