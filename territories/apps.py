"""Territoires."""

from django.apps import AppConfig


class TerritoriesConfig(AppConfig):
    name = "territories"
    verbose_name = "Territoires"

    def ready(self) -> None:
        from records import visibility  # models are ready only now
        from territories.models import Cpts

        visibility.tell(lambda user: Cpts.objects.visible_to(user).values("reference"))
