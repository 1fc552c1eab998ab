"""Work to be done: never lost, taken once, tried three times, and no page fails for the broker."""

import datetime as dt
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction

from foundation import clock
from records import jobs
from records.models import Job
from tests.cast import Cast

Capture = Callable[..., Any]
tries: list[int] = []


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Kinds of work that exist only here."""
    tries.clear()

    def succeed(job: Job) -> str:
        tries.append(job.pk)
        jobs.report(job, 40, "Mise en page")
        return "f" * 64

    def fail(job: Job) -> None:
        tries.append(job.pk)
        raise ValueError("panne")

    jobs.handles("test_succeed")(succeed)
    jobs.handles("test_fail")(fail)
    yield
    jobs._HANDLERS.pop("test_succeed")
    jobs._HANDLERS.pop("test_fail")


def want(cast: Cast, kind: str = "test_succeed", key: str = "1", **payload: Any) -> Job:
    return jobs.want(kind, key=key, label="Contrat en PDF", by=cast.cpam_officer, **payload)


def again(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def test_work_is_written_in_the_transaction_that_wants_it(cast: Cast) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        want(cast)
        raise RuntimeError
    assert not Job.objects.exists()


def test_the_same_work_wanted_twice_is_one_row(cast: Cast) -> None:
    assert want(cast).pk == want(cast).pk
    assert want(cast, key="2").pk != want(cast).pk


def test_finished_work_may_be_wanted_again(cast: Cast) -> None:
    first = want(cast)
    jobs.run(first.pk)
    assert want(cast).pk != first.pk


def test_work_done_says_so(cast: Cast) -> None:
    job = want(cast)
    assert jobs.run(job.pk) is not None
    done = again(job)
    assert (done.state, done.progress, done.result_sha256) == ("done", 100, "f" * 64)
    assert done.finished_at is not None
    assert (done.step, done.error, done.lease_until) == ("", "", None)


def test_running_twice_does_it_once(cast: Cast) -> None:
    job = want(cast)
    jobs.run(job.pk)
    assert jobs.run(job.pk) is None
    assert tries == [job.pk]


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_takes_it(cast: Cast, in_threads: Callable[..., list[Any]]) -> None:
    job = want(cast)
    answers = in_threads(*[lambda: jobs.run(job.pk)] * 3)
    assert [answer for answer in answers if answer is not None] == [job]
    assert tries == [job.pk]


def test_a_failure_is_tried_again_later_then_given_up(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    job = want(cast, "test_fail")
    now = clock.now()
    with caplog.at_level(logging.CRITICAL):
        for attempt in range(1, jobs.MAX_ATTEMPTS):
            with clock.at(now):
                jobs.run(job.pk)
                waiting = again(job)
                assert (waiting.state, waiting.attempts) == ("wanted", attempt)
                assert waiting.not_before == now + jobs.RETRY_AFTER * attempt
                assert jobs.run(job.pk) is None, "too early"
            now = waiting.not_before
        with clock.at(now):
            jobs.run(job.pk)
    assert (again(job).state, again(job).error) == ("failed", "ValueError: panne")
    assert len(tries) == jobs.MAX_ATTEMPTS


def test_work_of_a_vanished_worker_comes_back_after_its_lease(cast: Cast) -> None:
    job = want(cast)
    taken_at = clock.now()
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.RUNNING, attempts=1, lease_until=taken_at + jobs.LEASE
    )
    assert jobs.run(job.pk) is None
    with clock.at(taken_at + jobs.LEASE + dt.timedelta(seconds=1)):
        assert jobs.run(job.pk) is not None
    assert (again(job).state, again(job).attempts) == ("done", 2)


def test_work_that_kills_its_workers_ends_as_failed(cast: Cast) -> None:
    job = want(cast)
    long_ago = clock.now() - dt.timedelta(hours=1)
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.RUNNING, attempts=jobs.MAX_ATTEMPTS, lease_until=long_ago
    )
    assert jobs.run(job.pk) is None
    assert again(job).state == "failed"
    assert tries == []


def test_reporting_progress_extends_the_lease(cast: Cast) -> None:
    job = want(cast)
    soon = clock.now() + dt.timedelta(seconds=5)
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, lease_until=soon)
    jobs.report(job, 60, "Annexe des communes")
    assert (again(job).progress, again(job).step) == (60, "Annexe des communes")
    assert again(job).lease_until > soon


def test_the_worker_is_told_only_after_the_commit(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Capture
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(
        jobs.current_app, "send_task", lambda name, args, connection: sent.append((name, args))
    )
    with django_capture_on_commit_callbacks(execute=True):
        job = want(cast)
        assert sent == []
    assert sent == [("records.run_job", [job.pk])]


def test_the_sweeper_sends_what_was_lost(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    monkeypatch.setattr(jobs, "send", sent.append)
    lost, done, recent = want(cast), want(cast, key="2"), want(cast, key="3")
    jobs.run(done.pk)
    old = clock.now() - jobs.SWEEP_AFTER * 2
    Job.objects.filter(pk__in=[lost.pk, done.pk]).update(not_before=old)
    assert jobs.sweep() == 1
    assert sent == [lost.pk]
    assert recent.pk not in sent


def test_in_line_the_work_is_done_at_commit_without_broker(
    cast: Cast, django_capture_on_commit_callbacks: Capture
) -> None:
    with jobs.in_line(), django_capture_on_commit_callbacks(execute=True):
        job = want(cast)
        assert tries == []
    assert again(job).state == "done"


def test_in_line_some_kinds_wait_for_a_worker(
    cast: Cast, django_capture_on_commit_callbacks: Capture
) -> None:
    kind = want(cast, key="any").kind
    with jobs.in_line(besides={kind}), django_capture_on_commit_callbacks(execute=True):
        job = want(cast)
    assert again(job).state == "wanted"


def test_broker_down_the_act_stands_and_the_page_answers_quickly(
    cast: Cast,
    django_capture_on_commit_callbacks: Capture,
    caplog: pytest.LogCaptureFixture,
    broker_at: Callable[[str], None],
) -> None:
    broker_at("redis://127.0.0.1:1/0")  # nobody listens there
    started = time.monotonic()
    with caplog.at_level(logging.WARNING), django_capture_on_commit_callbacks(execute=True):
        job = want(cast)
    assert time.monotonic() - started < 3
    assert again(job).state == "wanted"
    assert "Broker unreachable" in caplog.text


def test_a_silent_broker_does_not_hold_the_page(
    cast: Cast,
    django_capture_on_commit_callbacks: Capture,
    caplog: pytest.LogCaptureFixture,
    broker_at: Callable[[str], None],
    silent_port: int,
) -> None:
    broker_at(f"redis://127.0.0.1:{silent_port}/0")
    started = time.monotonic()
    with caplog.at_level(logging.WARNING), django_capture_on_commit_callbacks(execute=True):
        job = want(cast)
    assert time.monotonic() - started < 4
    assert again(job).state == "wanted"
    assert "Broker unreachable" in caplog.text
