"""Celery's doors: each task is one line, takes an id and may run twice."""

from celery import shared_task

from records import anchors, jobs, notices, retention


@shared_task(name="records.run_job")
def run_job(job_id: int) -> None:
    """Do one job that a transaction wanted."""
    jobs.run(job_id)


@shared_task(name="records.sweep_jobs")
def sweep_jobs() -> None:
    """Send again what no worker took: lost messages, dead workers, due retries."""
    jobs.sweep()


@shared_task(name="records.forget")
def forget() -> None:
    """Delete what only served the moment."""
    retention.forget()


@shared_task(name="records.anchor_journal")
def anchor_journal() -> None:
    """Write the heads of the journal outside the database, once a day."""
    anchors.anchor()


@shared_task(name="records.send_digests")
def send_digests() -> None:
    """Once its hour has come, tell each person in one e-mail what is new."""
    notices.send_digests()
