"""Adds 840 invented CPTS over France, to see the portal at its real scale. Safe to run again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cpts_portal.national import loading
from foundation.numbers import NBSP, format_number
from foundation.refusal import Refused
from territories.models import Commune


class Command(BaseCommand):
    help = "Ajoute un jeu national fictif : 840 CPTS, leurs territoires, dossiers et contrats."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load once, then say what there is."""
        if not Commune.objects.whole().exists():
            raise CommandError("Les communes manquent : lancez d’abord load_territories.")
        if loading.is_loaded():
            self._say("Jeu national déjà chargé.", options)
            return
        try:
            summary = loading.load(lambda step: self._say(f"  {step}…", options))
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        for line in _lines(summary):
            self._say(line, options)

    def _say(self, line: str, options: dict[str, Any]) -> None:
        if options["verbosity"] > 0:
            self.stdout.write(line)
            self.stdout.flush()


def _lines(summary: loading.Summary) -> list[str]:
    covered = f"{summary.covered:.1f}".replace(".", ",")
    sizes = ", ".join(f"taille {size} : {count}" for size, count in summary.sizes.items())
    stages = ", ".join(f"{stage} : {count}" for stage, count in summary.stages.items())
    return [
        f"{summary.cpts} CPTS fictives, {format_number(summary.communes)} communes, "
        f"{format_number(summary.people)} habitants ({covered}{NBSP}% de la France).",
        f"Par taille – {sizes}.",
        f"Par étape – {stages}.",
        f"{format_number(summary.years)} années de contrat, "
        f"{format_number(summary.entries)} entrées de journal.",
    ]
