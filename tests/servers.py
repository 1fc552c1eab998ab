"""The real broker and the real Celery worker of the tests marked `worker` or `journey`."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection

from cpts_portal.celery import app
from scripts.processes import Program, start, stop
from scripts.servers import start_broker

BY_HAND = (
    "This test needs a database that a second process can open. `make test` starts one; by hand: "
    'DATABASE_URL="postgresql://user@/name?host=/folder/of/the/socket" .venv/bin/pytest …'
)


@pytest.fixture(scope="session")
def broker_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The broker of `make test`, or one of our own when pytest is run by hand."""
    if url := os.environ.get("BROKER_URL"):
        yield url
        return
    program, address = start_broker(tmp_path_factory.mktemp("broker") / "broker.log")
    url = f"{address}/0"
    app.conf.broker_url = app.conf.broker_write_url = app.conf.broker_read_url = url
    yield url
    stop([program], within=3)


@pytest.fixture(scope="session")
def celery_worker_process(
    django_db_setup: None, broker_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Program]:
    """A worker in a process of its own, on the very database of the tests.

    Use it with transactional_db: the worker sees only what is committed.
    """
    database_url = url_of_test_database()
    worker = start(
        "worker",
        [
            *(sys.executable, "-m", "celery", "--app", "cpts_portal", "worker"),
            *("--concurrency=2", "--loglevel=INFO", "--without-mingle", "--without-gossip"),
        ],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "cpts_portal.settings.test",
            "DATABASE_URL": database_url,
            "BROKER_URL": broker_url,
            "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        },
        log=tmp_path_factory.mktemp("worker") / "worker.log",
    )
    try:
        wait_until_ready(worker)
        yield worker
        died = worker.code is not None
    finally:
        stop([worker], within=5)
    if died:
        pytest.fail(f"The worker stopped during the tests:\n{worker.last_lines(40)}")


def url_of_test_database() -> str:
    """The address we were given, with the name of the database pytest-django created."""
    given = os.environ.get("DATABASE_URL", "")
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        if not Path(name).is_file():
            pytest.fail(BY_HAND)
        return f"sqlite:///{name}"
    return urlunsplit(urlsplit(given)._replace(path=f"/{name}"))


def wait_until_ready(worker: Program, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while worker.log is None or " ready." not in worker.log.read_text(errors="replace"):
        if worker.code is not None or time.monotonic() > deadline:
            pytest.fail(f"The Celery worker did not start:\n{worker.last_lines(40)}")
        time.sleep(0.1)
