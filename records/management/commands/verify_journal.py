"""Verifies the chains of the journal: exit status 0 when whole, 1 with the first broken entry."""

import os
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from records import anchors
from records.verification import verify


class Command(BaseCommand):
    """Run it daily, and before trusting a restored backup."""

    help = "Vérifie que le journal n’a été ni modifié ni tronqué."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dossier", default="", help="vérifie la chaîne d’un seul dossier")
        parser.add_argument(
            "--anchors",
            action="store_true",
            help="compare aussi les chaînes aux ancrages quotidiens (ANCHOR_DIR)",
        )
        parser.add_argument(
            "--processes",
            type=int,
            default=min(os.cpu_count() or 1, 4),
            help="processus qui lisent à la fois, sur PostgreSQL (par défaut, un par cœur)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """One sentence, in French."""
        begun = time.perf_counter()
        known = self._anchored() if options["anchors"] else anchors.Anchored()
        verdict = verify(options["dossier"], marks=known.marks, processes=options["processes"])
        if verdict.broken:
            self.stderr.write(f"Journal rompu. {verdict.broken.sentence}")
            sys.exit(1)
        if options["dossier"] and not verdict.dossiers:
            raise CommandError(f"Aucune entrée pour le dossier « {options['dossier']} ».")
        read = f"{verdict.entries} entrées dans {verdict.dossiers} dossiers"
        if options["verbosity"] > 1:
            seconds = time.perf_counter() - begun
            read += f", lues en {seconds:.1f} s ({verdict.entries / seconds:.0f} par seconde)"
        if options["anchors"]:
            read += f" ; {known.count} ancrages, le dernier du {known.day}"
        self.stdout.write(f"Journal intact : {read}.")

    def _anchored(self) -> anchors.Anchored:
        try:
            known = anchors.read()
        except anchors.BrokenAnchors as broken:
            self.stderr.write(f"Ancrages rompus. {broken}")
            sys.exit(1)
        if not known.count:
            self.stderr.write("Aucun ancrage : la tâche quotidienne n’en a écrit aucun.")
            sys.exit(1)
        return known
