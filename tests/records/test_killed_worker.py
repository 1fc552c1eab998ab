"""A worker killed in the midst of its work: within a minute another leaves one correct file."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from aci import actions
from aci.actions import load_grids
from aci.mission_codes import MissionCode
from aci.models import Contract, ContractDocument, Seal
from aci.parties import Party
from cpts_portal.celery import app
from foundation import clock
from projects import actions as projects
from records import jobs
from records.models import Job, StoredFile
from scripts.processes import Program, start, stop
from scripts.servers import start_broker
from tests.aci.conftest import sign_for
from tests.cast import Cast
from tests.projects import filings
from tests.servers import url_of_test_database, wait_until_ready

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]
A_MINUTE = 60
EVERY = 20  # seconds: how often the beat sweeps (settings/celery.py)
WORKER = ("--concurrency=1", "--loglevel=INFO", "--without-mingle", "--without-gossip")
BROKER = ("broker_url", "broker_write_url", "broker_read_url")
StartWorker = Callable[..., Program]


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[StartWorker]:
    """Workers on a broker of their own: no other may take the work."""
    broker, address = start_broker(tmp_path / "broker.log")
    url = f"{address}/0"
    # Read before any is set: the last two follow the first one where they are not given.
    usual = {name: getattr(app.conf, name) for name in BROKER}
    for name in BROKER:
        setattr(app.conf, name, url)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "cpts_portal.settings.test",
        "DATABASE_URL": url_of_test_database(),
        "BROKER_URL": url,
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
    }
    programs = [broker]

    def begin(*words: str) -> Program:
        log = tmp_path / f"worker-{len(programs)}.log"
        worker = start("worker", [sys.executable, "-m", *words], env=environment, log=log)
        programs.append(worker)
        wait_until_ready(worker, seconds=240)
        return worker

    yield begin
    stop([program for program in programs if program.code is None], within=5)
    for name, value in usual.items():
        setattr(app.conf, name, value)


@pytest.fixture
def accepted(cast: Cast) -> Contract:
    """Real days: the workers know no other."""
    projects.load_procedures()
    load_grids()
    project = projects.validate(filings.examined_project(cast), by=cast.ars_director)
    contract = actions.draft(
        project, missions={MissionCode.ACCES_SOINS: None}, by=cast.cpam_officer
    )
    for party, person in (
        (Party.CPTS, cast.president),
        (Party.CPAM, cast.cpam_director),
        (Party.ARS, cast.ars_director),
    ):
        actions.accept(contract, party=party, version=contract.terms_version, by=person)
    return contract


def kill_in_the_midst(start_worker: StartWorker, point: str, marker: Path, act: Any) -> float:
    """The first worker takes the work and dies without a word; a second one is there by then."""
    first = start_worker("tests.records.stopping_worker", point, str(marker))
    act()
    wait_for(marker.exists)
    start_worker("celery", "--app", "cpts_portal", "worker", *WORKER)
    os.killpg(first.process.pid, signal.SIGKILL)
    first.process.wait()
    return time.monotonic()


def wait_for(reached: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "the worker never came to its point"
        time.sleep(0.1)


def done_within_a_minute(killed_at: float, job: Job) -> Job:
    """As the beat does, the sweeper passes every twenty seconds."""
    swept = killed_at
    while time.monotonic() - killed_at < A_MINUTE:
        job.refresh_from_db()
        if job.is_finished:
            return job
        if time.monotonic() - swept >= EVERY:
            swept = time.monotonic()
            jobs.sweep()
        time.sleep(0.2)
    pytest.fail(f"a minute later the work is « {job.state} », attempt {job.attempts}")


def test_in_the_midst_of_a_contract(
    start_worker: StartWorker, accepted: Contract, cast: Cast, tmp_path: Path
) -> None:
    killed_at = kill_in_the_midst(
        start_worker,
        "pdf",
        tmp_path / "stopped",
        lambda: actions.freeze(accepted, by=cast.cpam_officer),
    )
    job = done_within_a_minute(killed_at, Job.objects.get(kind="contract_frozen_pdf"))
    assert (job.state, job.attempts) == ("done", 2)
    document = ContractDocument.objects.get(kind="frozen")
    assert StoredFile.objects.filter(name__contains=accepted.reference).get() == document.file
    assert document.sha256 == document.stored.sha256 == job.result_sha256
    assert document.stored.read().startswith(b"%PDF-")


def test_between_the_seal_and_its_storage(
    start_worker: StartWorker, accepted: Contract, cast: Cast, tmp_path: Path
) -> None:
    actions.freeze(accepted, by=cast.cpam_officer)
    jobs.run(Job.objects.get(kind="contract_frozen_pdf").pk)
    killed_at = kill_in_the_midst(
        start_worker,
        "seal",
        tmp_path / "stopped",
        lambda: sign_for(accepted, Party.CPTS, cast.president),
    )
    job = done_within_a_minute(killed_at, Job.objects.get(kind="contract_seal"))
    assert (job.state, job.attempts) == ("done", 2)
    seal = Seal.objects.get()
    assert seal.file is not None
    content = seal.file.read()
    assert content.count(b"/ETSI.CAdES.detached") == 1
    assert seal.sha256 == seal.file.sha256 == job.result_sha256
    assert StoredFile.objects.filter(name__contains="-signé-").get() == seal.file


def test_a_long_work_keeps_its_lease_while_its_worker_lives(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another worker never takes what the first is still doing."""
    leases: list[Any] = []
    monkeypatch.setattr(jobs, "BEAT", 0.05)

    def long(job: Job) -> None:
        deadline = time.monotonic() + 30
        first = Job.objects.get(pk=job.pk).lease_until
        while (now := Job.objects.get(pk=job.pk).lease_until) == first:
            assert time.monotonic() < deadline, "nobody said that the worker lives"
            time.sleep(0.02)
        leases.extend([first, now])
        assert jobs.run(job.pk) is None

    monkeypatch.setitem(jobs._HANDLERS, "test_long", long)
    job = jobs.want("test_long", key="1", label="Long", by=cast.coordinator)
    done = jobs.run(job.pk)
    assert done is not None
    assert done.state == "done", done.error
    assert leases[1] > leases[0]
    assert clock.now() < leases[1]
