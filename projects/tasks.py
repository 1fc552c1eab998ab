"""Celery's doors: each task is one line and may run twice; the work of the documents too."""

from celery import shared_task

from projects import actions
from projects.actions import batches, letters, previews
from records import jobs

jobs.handles(letters.DOCUMENT_JOB)(batches.make_document_of_batches)
jobs.handles(batches.BATCH_JOB)(batches.assemble_batch)
jobs.handles("session_document")(actions.make_session_document)
jobs.handles(previews.PREVIEW_JOB)(previews.make_preview)


@shared_task(name="projects.validate_tacitly")
def validate_tacitly() -> None:
    """Silence for two months after a complete file is a validation."""
    actions.validate_due_projects()


@shared_task(name="projects.remind_of_due_dates")
def remind_of_due_dates() -> None:
    """The ARS is told before the legal delay ends."""
    actions.remind_of_due_dates()


@shared_task(name="projects.remind_opinions")
def remind_opinions() -> None:
    """Those whose opinion is due soon, then late; on working days only."""
    actions.remind_opinions()
