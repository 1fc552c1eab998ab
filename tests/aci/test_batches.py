"""The documents of many contracts in one archive: shared out, counted, gathered once."""

import datetime as dt
import io
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from aci import actions
from aci.actions import batches
from aci.models import Contract, ContractBatch, ContractBatchItem
from foundation import clock
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from projects import actions as projects
from records import jobs
from records.models import Job, StoredFile
from tests.aci.conftest import CORE
from tests.cast import Cast
from tests.projects import filings
from tests.queries import QueryCount

pytestmark = pytest.mark.usefixtures("light_documents")
PLACE = "/contrats/archives/"


def run_all() -> None:
    """What workers would do, whatever each work asks for next."""
    kinds = (batches.PLAN_JOB, batches.ITEM_JOB, batches.ARCHIVE_JOB)
    for _ in kinds:
        for job in Job.objects.filter(kind__in=kinds, state=Job.State.WANTED):
            jobs.run(job.pk)


def want(by: Any) -> ContractBatch:
    return actions.want_batch(Contract.objects.visible_to(by), label="Contrats", by=by)


def names(batch: ContractBatch) -> list[str]:
    batch.refresh_from_db()
    assert batch.archive is not None
    with zipfile.ZipFile(io.BytesIO(batch.archive.read())) as archive:
        return archive.namelist()


def test_one_archive_with_a_file_a_contract(negotiated: Contract, cast: Cast) -> None:
    batch = want(cast.cpam_officer)
    assert Job.objects.filter(kind=batches.PLAN_JOB).count() == 1
    run_all()
    assert names(batch) == [f"{negotiated.reference}-cpts-rives.pdf"]
    assert negotiated.documents.get().kind == "draft"
    assert Contract.objects.get(pk=negotiated.pk).document_job is None  # its own page stays quiet


def test_each_contract_gives_the_document_of_its_state(to_sign: Contract, cast: Cast) -> None:
    batch = want(cast.ars_reviewer)
    before = StoredFile.objects.count()
    run_all()
    assert ContractBatchItem.objects.get().document == to_sign.documents.get(kind="frozen")
    assert StoredFile.objects.count() == before + 1  # the archive only
    assert len(names(batch)) == 1


def test_a_contract_without_a_document_is_told_and_stops_nobody(
    in_force: Contract, cast: Cast
) -> None:
    in_force.documents.filter(kind="final").delete()
    batch = want(cast.cpam_officer)
    run_all()
    assert names(batch) == ["non-produits.txt"]
    assert "sans son document" in ContractBatchItem.objects.get().problem


def test_a_killed_worker_makes_nothing_twice(negotiated: Contract, cast: Cast) -> None:
    batch = want(cast.cpam_officer)
    plan = Job.objects.get(kind=batches.PLAN_JOB)
    jobs.run(plan.pk)
    batches.plan_batch(plan)  # taken again after a crash
    item = Job.objects.get(kind=batches.ITEM_JOB)
    batches.make_batch_item(item)
    batches.make_batch_item(item)
    gather = Job.objects.get(kind=batches.ARCHIVE_JOB)
    first = batches.gather_batch(gather)
    assert first
    assert batches.gather_batch(gather) == ""
    batch.refresh_from_db()
    assert batch.archive is not None
    assert batch.archive.sha256 == first
    assert negotiated.documents.count() == 1


def test_what_failed_is_asked_for_again(
    negotiated: Contract, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(inputs: object, report: object) -> bytes:
        raise OSError

    monkeypatch.setattr("aci.pdf.contract_pdf", broken)
    batch = want(cast.cpam_officer)
    for minute in range(0, 15, 3):
        with clock.at(dt.datetime(2024, 7, 1, 9, minute, tzinfo=clock.PARIS)):
            run_all()
    seen = ContractBatch.objects.with_progress().get()
    assert (seen.total, seen.waiting, seen.failed) == (1, 1, 1)
    monkeypatch.setattr("aci.pdf.contract_pdf", lambda inputs, report: b"%PDF")
    actions.want_contract_batch_again(batch, by=cast.cpam_officer)
    run_all()
    assert len(names(batch)) == 1
    with pytest.raises(Refused, match="déjà produite"):
        actions.want_contract_batch_again(batch, by=cast.cpam_officer)


def test_what_a_batch_refuses(negotiated: Contract, cast: Cast) -> None:
    with pytest.raises(Refused, match="Aucun contrat"):
        actions.want_batch([], label="Contrats", by=cast.cpam_officer)
    with pytest.raises(NotAllowed):
        actions.want_batch([negotiated], label="Contrats", by=cast.other_district_officer)
    batch = want(cast.cpam_officer)
    with pytest.raises(NotAllowed):
        actions.want_contract_batch_again(batch, by=cast.ars_director)
    with pytest.raises(IntegrityError), transaction.atomic():
        ContractBatch.objects.update(made_at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        ContractBatchItem.objects.create(batch=batch, contract=negotiated)


def test_the_pages(negotiated: Contract, cast: Cast, sign_in: Any) -> None:
    client: Client = sign_in(cast.ars_reviewer)
    assert client.post(PLACE, {"region": "44"}).status_code == 200
    answer = client.post(PLACE, {"region": "32", "state": "negotiation"})
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode().replace("\u00a0", " ")
    assert "Contrats : Hauts-de-France, en négociation" in page
    assert "0 contrat traité sur 1" in page
    archive = f"{answer['Location']}archive/"
    assert client.get(archive).status_code == 404
    run_all()
    part = client.get(answer["Location"], headers={"HX-Request": "true"})
    assert part.status_code == 286
    assert client.get(archive)["Content-Type"] == "application/zip"
    for path in (PLACE, answer["Location"]):
        with QueryCount() as count:
            client.get(path)
        assert count.number <= 4
    assert sign_in(cast.cpam_officer).get(answer["Location"]).status_code == 404
    assert sign_in(cast.coordinator).get(PLACE).status_code == 403


def test_two_contracts_make_one_progress(negotiated: Contract, cast: Cast) -> None:
    person = cast.monts_coordinator
    project = projects.validate(
        filings.examined_project(_of_monts(cast, person)), by=cast.ars_director
    )
    actions.draft(project, missions=CORE, by=cast.cpam_officer)
    batch = want(cast.cpam_officer)
    jobs.run(Job.objects.get(kind=batches.PLAN_JOB).pk)
    first, second = Job.objects.filter(kind=batches.ITEM_JOB)
    jobs.run(first.pk)
    assert not Job.objects.filter(kind=batches.ARCHIVE_JOB).exists()
    assert ContractBatch.objects.with_progress().get().waiting == 1
    jobs.run(second.pk)
    run_all()
    assert len(names(batch)) == 2


def _of_monts(cast: Cast, person: Any) -> Cast:
    return replace(cast, rives=cast.monts, holder=person, coordinator=person)
