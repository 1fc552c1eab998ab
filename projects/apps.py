"""Lettres d’intention et projets de santé."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "Lettres d’intention et projets de santé"
