"""`load_grids`: bring the funding grids of the repository into the database."""

from typing import Any

from django.core.management.base import BaseCommand

from aci.actions import load_grids


class Command(BaseCommand):
    help = "Charge les barèmes de aci/grids/ (peut être relancée sans risque)."

    def handle(self, *args: Any, **options: Any) -> None:
        count = load_grids()
        self.stdout.write(f"{count} barèmes à jour.")
