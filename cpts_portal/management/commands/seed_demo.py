"""Loads the demonstration through the product's own actions. Safe to run again; needs no broker."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aci.actions import load_contract_templates, load_grids
from cpts_portal.story.telling import tell_everything
from missions.actions import load_indicators
from projects.actions import load_letter_templates, load_procedures
from projects.actions.letters import DOCUMENT_JOB
from records import jobs, mail
from territories.models import Commune


class Command(BaseCommand):
    help = "Charge la démonstration : CPTS réelles, dossiers inventés, comptes pour chaque rôle."

    def handle(self, *args: Any, **options: Any) -> None:
        """Tell each dossier once, and print its name."""
        if not Commune.objects.whole().exists():
            raise CommandError("Les communes manquent : lancez d’abord load_territories.")
        load_procedures()
        load_letter_templates()
        load_grids()
        load_contract_templates()
        load_indicators()
        told = 0
        with jobs.in_line(besides={DOCUMENT_JOB}), mail.silenced():
            for name, is_new in tell_everything():
                told += is_new
                if is_new and options["verbosity"] > 0:
                    self.stdout.write(f"  {name}")
                    self.stdout.flush()
        if options["verbosity"] > 0:
            message = (
                f"{told} dossiers et séances chargés." if told else "Démonstration déjà chargée."
            )
            self.stdout.write(message)
