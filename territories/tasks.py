"""Celery's doors: each task is one line and may run twice."""

from celery import shared_task

from territories import renditions


@shared_task(name="territories.forget_renditions")
def forget_renditions() -> None:
    """Maps and figures that nobody asked for any more."""
    renditions.forget_old()
