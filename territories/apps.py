"""Territoires."""

from importlib import import_module

from django.apps import AppConfig


class TerritoriesConfig(AppConfig):
    name = "territories"
    verbose_name = "Territoires"

    def ready(self) -> None:
        from records import visibility  # models are ready only now
        from territories.models import Cpts

        visibility.tell(lambda user: Cpts.objects.visible_to(user).values("reference"))
        import_module("territories.exchanges.emails")  # registers what a digest leaves out
