"""`manage.py print_workflows`: the tables of states and the procedures, as docs/workflows.md."""

from typing import Any

from django.core.management.base import BaseCommand

from cpts_portal.workflow_document import workflow_document


class Command(BaseCommand):
    help = "Écrit les tables d’états et les procédures régionales (docs/workflows.md)."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(workflow_document(), ending="")
