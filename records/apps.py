"""Journal, travaux et fichiers."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "records"
    verbose_name = "Journal, travaux et fichiers"

    def ready(self) -> None:
        from records import receivers  # models are ready only now

        receivers.connect()
