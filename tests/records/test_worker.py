"""The whole way of a job: wanted in a transaction, done by a real worker through a real broker."""

import time

import pytest
from django.db import transaction

from records import mail
from records.models import Job
from scripts.processes import Program
from tests.cast import Cast

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]


def test_an_email_is_sent_by_the_worker(cast: Cast, celery_worker_process: Program) -> None:
    with transaction.atomic():
        job = mail.send("ines.infirmiere@example.org", "base", {}, key="essai", by=cast.coordinator)
    deadline = time.monotonic() + 20
    while not Job.objects.get(pk=job.pk).is_finished and time.monotonic() < deadline:
        time.sleep(0.1)
    assert Job.objects.get(pk=job.pk).state == "done"
