"""Verifies the chains of the journal: exit status 0 when whole, 1 with the first broken entry."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from records.verification import verify


class Command(BaseCommand):
    """Run it daily, and before trusting a restored backup."""

    help = "Vérifie que le journal n’a été ni modifié ni tronqué."

    def handle(self, *args: Any, **options: Any) -> None:
        """One sentence, in French."""
        verdict = verify()
        if verdict.broken:
            self.stderr.write(f"Journal rompu. {verdict.broken.sentence}")
            sys.exit(1)
        self.stdout.write(
            f"Journal intact : {verdict.entries} entrées dans {verdict.dossiers} dossiers."
        )
