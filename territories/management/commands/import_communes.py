"""Imports the communes of another year. Safe to run again: it then does nothing."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from territories.imports.communes import import_communes
from territories.imports.importing import Import, ImportCommand


class Command(ImportCommand):
    help = "Importe les communes : format du portail, ou Code officiel géographique de l’INSEE."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, help="Communes, CSV compressé ou non.")
        parser.add_argument(
            "--history",
            type=Path,
            help="Mouvements de communes (v_mvt_commune de l’INSEE, ou old_code,current_code).",
        )

    def run_import(self, run: Import, options: dict[str, Any]) -> None:
        """Bring the communes to what the file says."""
        import_communes(run, options["file"], options["history"])
