"""A real worker that stops for ever at one point of its work: a test then kills it there.

Run as `python -m tests.records.stopping_worker pdf|seal MARKER`; the marker tells that it stopped.
"""

import sys
import time
from pathlib import Path
from typing import Any

import django

django.setup()

from aci import pdf  # noqa: E402  (after Django is ready)
from cpts_portal.celery import app  # noqa: E402
from records import files  # noqa: E402


def stop_while_printing(marker: Path) -> None:
    """The pages are being made: nothing is stored yet."""
    real = pdf.contract_pdf

    def stopped(inputs: Any, report: Any) -> bytes:
        content = real(inputs, report=report)
        stop(marker)
        return content

    pdf.contract_pdf = stopped


def stop_between_seal_and_storage(marker: Path) -> None:
    """The file is sealed, in memory only."""
    real = files.store_bytes

    def stopped(*args: Any, **kwargs: Any) -> Any:
        if "-signé-" in kwargs["name"]:
            stop(marker)
        return real(*args, **kwargs)

    files.store_bytes = stopped


def stop(marker: Path) -> None:
    marker.touch()
    time.sleep(600)


if __name__ == "__main__":
    {"pdf": stop_while_printing, "seal": stop_between_seal_and_storage}[sys.argv[1]](
        Path(sys.argv[2])
    )
    app.worker_main(
        ["worker", "--concurrency=1", "--loglevel=INFO", "--without-mingle", "--without-gossip"]
    )
