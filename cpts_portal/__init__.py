"""Wires the apps together; owns no business rule."""

from cpts_portal.celery import app as celery_app

__all__ = ["celery_app"]
