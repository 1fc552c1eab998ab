"""What a worker does between two acts of a journey."""

import time

from records import jobs
from records.models import Job


def work(kind: str) -> None:
    """Every work of this kind is done; the worker that another journey started may be faster."""
    of_kind = Job.objects.filter(kind=kind)
    for job in of_kind.filter(state=Job.State.WANTED):
        jobs.run(job.pk)
    late = time.monotonic() + 60
    while of_kind.exclude(state=Job.State.DONE).exists() and time.monotonic() < late:
        time.sleep(0.2)
    assert not [job.error for job in of_kind.exclude(state=Job.State.DONE)]
