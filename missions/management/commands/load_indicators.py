"""Loads the catalogues of indicators; safe to run as often as one likes."""

from typing import Any

from django.core.management.base import BaseCommand

from missions import actions


class Command(BaseCommand):
    help = "Charge les catalogues d’indicateurs des missions."

    def handle(self, *args: Any, **options: Any) -> None:
        count = actions.load_indicators()
        self.stdout.write(f"{count} indicateurs chargés.")
