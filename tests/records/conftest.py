"""Two people at once (each thread has its own database connection), and ailing brokers."""

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from celery import Celery
from django.db import connection

from records import jobs


@pytest.fixture
def in_threads() -> Callable[..., list[Any]]:
    """`in_threads(f, g)`: run both at the same moment; their answers, or what they raised."""

    def run_all(*functions: Callable[[], Any]) -> list[Any]:
        start = threading.Barrier(len(functions))
        answers: list[Any] = [None] * len(functions)

        def run(index: int, function: Callable[[], Any]) -> None:
            start.wait(timeout=10)
            try:
                answers[index] = function()
            except Exception as error:  # noqa: BLE001  (given back to the test, which judges it)
                answers[index] = error
            finally:
                connection.close()

        threads = [
            threading.Thread(target=run, args=item, daemon=True) for item in enumerate(functions)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=30)
        return answers

    return run_all


@pytest.fixture
def broker_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Send work to another broker, with the settings of the portal."""

    def point(url: str) -> None:
        app = Celery("elsewhere", set_as_current=False)
        app.config_from_object("django.conf:settings", namespace="CELERY")
        app.conf.update(broker_url=url, broker_write_url=url, broker_read_url=url)
        monkeypatch.setattr(jobs, "current_app", app)

    return point


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A server that accepts connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        yield listener.getsockname()[1]
