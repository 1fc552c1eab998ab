"""Work to be done as rows: wanted in the transaction of the act, done by a worker, swept if lost.

A handler is a function of one `Job`, safe to run twice, registered under a kind with `@handles`.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from datetime import timedelta
from functools import partial
from threading import Event, Thread
from typing import Any

from celery import current_app
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F
from kombu.exceptions import OperationalError

from accounts.models import User
from foundation import clock
from records.models import Job

logger = logging.getLogger(__name__)

Handler = Callable[[Job], str | None]
_HANDLERS: dict[str, Handler] = {}
# None: workers do the work. Otherwise it is done here, but for these kinds, which wait.
_in_line: ContextVar[frozenset[str] | None] = ContextVar("in_line", default=None)

# A worker says every few seconds that it lives; killed, another one takes its work within a minute:
# the end of the lease, then the sweeper (20 seconds).
LEASE = timedelta(seconds=20)
BEAT = 5.0  # seconds
MAX_ATTEMPTS = 3  # a poison task ends as « failed » instead of killing workers for ever
RETRY_AFTER = timedelta(seconds=20)
# The person who waits for the answer must not wait for a broker that says nothing.
IMPATIENT = {"socket_timeout": 1, "socket_connect_timeout": 1}
SWEEP_AFTER = timedelta(seconds=15)  # a message sent at commit normally arrives before that


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does this kind of work. It returns a SHA-256 or nothing."""

    def register(handler: Handler) -> Handler:
        _HANDLERS[kind] = handler
        return handler

    return register


def want(kind: str, *, key: str, label: str, by: User, dossier: str = "", **payload: Any) -> Job:
    """Write the work down, and tell a worker once the transaction is committed.

    The same kind and key not yet finished gives the row already there.
    """
    try:
        with transaction.atomic():
            job = Job.objects.create(
                kind=kind, key=key, label=label, requested_by=by, dossier=dossier, payload=payload
            )
    except IntegrityError:
        unfinished = [Job.State.WANTED, Job.State.RUNNING]
        job = Job.objects.get(kind=kind, key=key, state__in=unfinished)
    transaction.on_commit(partial(send, job.pk))
    return job


def send(job_id: int) -> None:
    """Tell a worker. With the broker down nothing is lost: the sweeper will send it again."""
    waiting = _in_line.get()
    if waiting is not None:
        if not (waiting and Job.objects.filter(pk=job_id, kind__in=waiting).exists()):
            run(job_id)
        return
    try:
        with current_app.connection_for_write(transport_options=IMPATIENT) as connection:
            current_app.send_task("records.run_job", args=[job_id], connection=connection)
    except OperationalError:
        logger.warning("Broker unreachable: job %s waits for the sweeper.", job_id)


@contextmanager
def in_line(*, besides: Iterable[str] = ()) -> Iterator[None]:
    """Do the work at commit, in this process: the demonstration loads without any broker.

    `besides`: kinds left as rows, for a worker or for the caller.
    """
    token = _in_line.set(frozenset(besides))
    try:
        yield
    finally:
        _in_line.reset(token)


def run(job_id: int) -> Job | None:
    """Take the job if it is free, do it, and write how it ended. Safe to call twice."""
    job = _take(job_id)
    if job is None:
        return None
    try:
        with _kept_alive(job.pk):
            sha256 = _HANDLERS[job.kind](job) or ""
    except Exception as error:
        logger.exception("Job %s (%s) failed.", job.pk, job.kind)
        _end_badly(job, error)
        return job
    _finish(job, Job.State.DONE, sha256=sha256)
    job.refresh_from_db()
    return job


def report(job: Job, progress: int, step: str) -> None:
    """Say how far the work is, for the page that waits; extends the lease."""
    Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(
        progress=progress, step=step, lease_until=clock.now() + LEASE
    )


def sweep() -> int:
    """Send again what should have been taken: lost messages, vanished workers."""
    due = Job.objects.due().filter(not_before__lt=clock.now() - SWEEP_AFTER)
    ids = list(due.values_list("pk", flat=True)[:500])
    for job_id in ids:
        send(job_id)
    return len(ids)


def _take(job_id: int) -> Job | None:
    """Reserve the job by one conditional UPDATE: of two workers, one gets it."""
    taken = (
        Job.objects.due()
        .filter(pk=job_id)
        .update(
            state=Job.State.RUNNING,
            attempts=F("attempts") + 1,
            lease_until=clock.now() + LEASE,
        )
    )
    if not taken:
        return None
    job = Job.objects.get(pk=job_id)
    if job.attempts > MAX_ATTEMPTS:  # its worker died each time: stop feeding it
        _finish(job, Job.State.FAILED, error="Le travail a échoué plusieurs fois.")
        return None
    return job


@contextmanager
def _kept_alive(job_id: int) -> Iterator[None]:
    """The lease goes on as long as this process lives, however long the work is."""
    ended = Event()
    beating = partial(copy_context().run, _beat, job_id, ended)
    Thread(target=beating, name=f"job-{job_id}", daemon=True).start()
    try:
        yield
    finally:
        ended.set()


def _beat(job_id: int, ended: Event) -> None:
    """In a thread with a connection of its own, opened only when the work is long."""
    while not ended.wait(BEAT):
        try:
            running = Job.objects.filter(pk=job_id, state=Job.State.RUNNING)
            running.update(lease_until=clock.now() + LEASE)
        except DatabaseError:
            logger.warning("Job %s: the lease could not be extended.", job_id)
        finally:
            connection.close()


def _end_badly(job: Job, error: Exception) -> None:
    """Try again later, with a growing delay, then give up and say so."""
    if job.attempts >= MAX_ATTEMPTS:
        _finish(job, Job.State.FAILED, error=f"{type(error).__name__}: {error}"[:2000])
        return
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.WANTED,
        lease_until=None,
        not_before=clock.now() + RETRY_AFTER * job.attempts,
        error=f"{type(error).__name__}: {error}"[:2000],
    )


def _finish(job: Job, state: Job.State, *, error: str = "", sha256: str = "") -> None:
    Job.objects.filter(pk=job.pk).update(
        state=state,
        progress=100 if state == Job.State.DONE else job.progress,
        step="",
        error=error,
        result_sha256=sha256,
        finished_at=clock.now(),
        lease_until=None,
    )
