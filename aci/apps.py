"""Contrats ACI."""

from importlib import import_module

from django.apps import AppConfig


class AciConfig(AppConfig):
    name = "aci"
    verbose_name = "Contrats ACI"

    def ready(self) -> None:
        """Register the jobs that make the documents: the web process knows their kinds too."""
        import_module("aci.tasks")
        import_module("aci.checks")
