"""`load_letters`: bring the letters of the repository into the database."""

from typing import Any

from django.core.management.base import BaseCommand

from projects.actions import load_letter_templates


class Command(BaseCommand):
    help = "Charge les modèles de projects/letters/ (peut être relancée sans risque)."

    def handle(self, *args: Any, **options: Any) -> None:
        count = load_letter_templates()
        self.stdout.write(f"{count} modèles de courrier ajoutés.")
