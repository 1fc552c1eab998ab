"""Prints the demonstration accounts for the terminal; nothing when the demonstration is off."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts import demonstration


class Command(BaseCommand):
    """`make run` ends with it."""

    help = "Affiche les comptes de démonstration."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line per person, by party."""
        parties = demonstration.parties()
        if not parties:
            return
        self.stdout.write(
            f"Comptes de démonstration (mot de passe : {settings.DEMONSTRATION_PASSWORD})"
        )
        width = max(len(person.email) for party in parties for person in party.people)
        for party in parties:
            self.stdout.write(f"  {party.name}")
            for person in party.people:
                what = f"{person.quality}. {person.sentence}"
                self.stdout.write(f"    {person.email:<{width}}  {what}")
