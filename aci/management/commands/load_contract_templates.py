"""`load_contract_templates`: bring the clauses of the repository into the database."""

from typing import Any

from django.core.management.base import BaseCommand

from aci.actions import load_contract_templates


class Command(BaseCommand):
    help = "Charge les modèles de aci/contract_templates/ (peut être relancée sans risque)."

    def handle(self, *args: Any, **options: Any) -> None:
        count = load_contract_templates()
        self.stdout.write(f"{count} modèles de contrat ajoutés.")
