"""Celery's doors: each task is one line and may run twice."""

from celery import shared_task

from projects import actions


@shared_task(name="projects.validate_tacitly")
def validate_tacitly() -> None:
    """Silence for two months after a complete file is a validation."""
    actions.validate_due_projects()
