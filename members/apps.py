"""Adhérents."""

from importlib import import_module

from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = "Adhérents"

    def ready(self) -> None:
        """Register the e-mails whose link is drawn when they leave."""
        import_module("members.tasks")
