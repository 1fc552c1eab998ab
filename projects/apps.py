"""Lettres d’intention et projets de santé."""

from importlib import import_module

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "Lettres d’intention et projets de santé"

    def ready(self) -> None:
        """Register the jobs that make the letters, and what a daily digest leaves out."""
        import_module("projects.tasks")
        import_module("projects.emails")
