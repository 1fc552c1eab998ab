"""For a person who lost both their telephone and their recovery codes, once recognised."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.factors.actions import forget_factor
from accounts.models import User
from foundation.refusal import Refused


class Command(BaseCommand):
    help = "Oublie le second facteur d’un compte : la personne en enregistrera un autre."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("email", metavar="ADRESSE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Journaled under the portal's own name."""
        user = User.objects.filter(email=User.objects.normalize(options["email"])).first()
        if user is None:
            raise CommandError(f"Aucun compte n’a l’adresse {options['email']}.")
        try:
            forget_factor(user, by=User.objects.portal())
        except Refused as refused:
            raise CommandError(refused.reason) from refused
        self.stdout.write(f"Le second facteur de {user} est oublié.")
