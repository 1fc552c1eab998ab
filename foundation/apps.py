"""Foundation: what every app leans on and that knows nothing of health."""

from django.apps import AppConfig


class FoundationConfig(AppConfig):
    name = "foundation"
    verbose_name = "Socle technique"
