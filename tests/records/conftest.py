"""Two people at once: each thread has its own database connection."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection


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
