"""Imports the official outlines of communes. Safe to run again: it then does nothing."""

from typing import Any

from django.core.management.base import CommandParser

from territories.imports.contours import import_contours
from territories.imports.importing import Import, ImportCommand


class Command(ImportCommand):
    help = "Importe les contours officiels des communes (GeoJSON ou TopoJSON)."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "sources", nargs="+", help="Fichiers, dossiers ou adresses http(s), compressés ou non."
        )

    def run_import(self, run: Import, options: dict[str, Any]) -> None:
        """Give communes their official outline."""
        import_contours(run, options["sources"])
