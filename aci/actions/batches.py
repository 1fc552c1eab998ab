"""The documents of many contracts in one go: each is one job, the last one has them gathered."""

import io
import zipfile
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import slugify

from accounts.models import User
from aci.actions.documents import document_of, make_file
from aci.actions.held import held
from aci.models import Contract, ContractBatch, ContractBatchItem, ContractDocument
from aci.workflow import ContractState
from foundation import clock
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from records import files, jobs
from records.models import Job

PLAN_JOB, ITEM_JOB, ARCHIVE_JOB = (
    "contract_batch_plan",
    "contract_batch_item",
    "contract_batch_archive",
)
MOST_CONTRACTS = 1000
Kind = ContractDocument.Kind


@transaction.atomic
def want_batch(contracts: Iterable[Contract], *, label: str, by: User) -> ContractBatch:
    """Want one archive with the document of each of these contracts, as each stands."""
    chosen = list({contract.pk: contract for contract in contracts}.values())
    if not chosen:
        raise Refused("Aucun contrat ne correspond à ce choix.")
    if len(chosen) > MOST_CONTRACTS:
        raise Refused(f"Choisissez au plus {MOST_CONTRACTS} contrats à la fois.")
    seen = Contract.objects.visible_to(by).filter(pk__in=[contract.pk for contract in chosen])
    if seen.count() != len(chosen):
        raise NotAllowed("want_batch")
    batch: ContractBatch = ContractBatch.objects.create(
        label=label, wanted_by=by, wanted_at=clock.now()
    )
    ContractBatchItem.objects.bulk_create(
        ContractBatchItem(batch=batch, contract=contract) for contract in chosen
    )
    _want(batch, PLAN_JOB)
    return batch


@transaction.atomic
def want_contract_batch_again(batch: ContractBatch, *, by: User) -> ContractBatch:
    """Ask once more for what no worker managed to make."""
    if not ContractBatch.objects.visible_to(by).filter(pk=batch.pk).exists():
        raise NotAllowed("want_contract_batch_again")
    batch = ContractBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.is_made:
        raise Refused("Cette archive est déjà produite.")
    _want(batch, PLAN_JOB)
    return batch


def plan_batch(job: Job) -> str:
    """Share the contracts out: one work each, wanted once however often this is done."""
    batch: ContractBatch = ContractBatch.objects.get(pk=job.payload["batch"])
    waiting = _waiting(batch).select_related("contract")
    for item in waiting:
        item.job = jobs.want(
            ITEM_JOB,
            key=str(item.pk),
            label=f"Document du contrat {item.contract.reference}",
            by=batch.wanted_by,
            item=item.pk,
        )
        item.save(update_fields=["job"])
    if not waiting:
        _want(batch, ARCHIVE_JOB)
    return ""


def make_batch_item(job: Job) -> str:
    """Make the document of one contract, unless it is there; the last one wants the archive."""
    items = ContractBatchItem.objects.select_related("batch__wanted_by", "contract__cpts")
    item: ContractBatchItem = items.get(pk=job.payload["item"])
    sha256 = ""
    if item.document_id is None:
        try:
            document = _document(item.contract)
        except Refused as refused:
            _waiting(item.batch).filter(pk=item.pk).update(problem=refused.reason[:300])
        else:
            sha256 = make_file(document, job)
            ContractBatchItem.objects.filter(pk=item.pk).update(document=document, problem="")
    if not _waiting(item.batch).exists():
        _want(item.batch, ARCHIVE_JOB)
    return sha256


def gather_batch(job: Job) -> str:
    """One archive, unless it is there; whoever stores it first wins."""
    batch: ContractBatch = ContractBatch.objects.get(pk=job.payload["batch"])
    if batch.is_made or _waiting(batch).exists():
        return ""  # the last contract wants this work again
    stored = files.store_bytes(
        _archive(batch, job),
        name="contrats.zip",
        content_type="application/zip",
        by=job.requested_by,
        dossier="",
    )
    ContractBatch.objects.filter(pk=batch.pk, archive=None).update(
        archive=stored, made_at=clock.now()
    )
    return str(stored.sha256)


@transaction.atomic
def _document(contract: Contract) -> ContractDocument:
    """The working document of what is negotiated; else what was frozen, or signed."""
    contract = held(contract)
    if contract.state == ContractState.NEGOTIATION:
        return document_of(contract, Kind.DRAFT)
    kind = Kind.FROZEN if contract.state == ContractState.TO_SIGN else Kind.FINAL
    document: ContractDocument | None = contract.documents.filter(
        kind=kind, version=contract.terms_version
    ).first()
    if document is None:
        raise Refused("Ce contrat a été enregistré sans son document.")
    return document


def _waiting(batch: ContractBatch) -> QuerySet[ContractBatchItem]:
    return ContractBatchItem.objects.filter(batch=batch, document=None, problem="")


def _want(batch: ContractBatch, kind: str) -> None:
    job = jobs.want(kind, key=str(batch.pk), label=batch.label, by=batch.wanted_by, batch=batch.pk)
    ContractBatch.objects.filter(pk=batch.pk).update(job=job)


def _archive(batch: ContractBatch, job: Job) -> bytes:
    """Dated by the request, so that the same documents give the same archive."""
    day = batch.wanted_at.astimezone(clock.PARIS)
    items = ContractBatchItem.objects.filter(batch=batch).select_related(
        "contract__cpts", "document__file"
    )
    rows = sorted(items, key=lambda item: item.contract.reference)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for index, item in enumerate(rows):
            if item.document is None:
                continue
            name = f"{item.contract.reference}-{slugify(item.contract.cpts.name)}.pdf"
            entry = zipfile.ZipInfo(name, (day.year, day.month, day.day, 9, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, item.document.stored.read())
            if index % 25 == 0:
                jobs.report(job, 100 * index // len(rows), "Archive")
        problems = "".join(f"{i.contract.reference} : {i.problem}\r\n" for i in rows if i.problem)
        if problems:
            entry = zipfile.ZipInfo("non-produits.txt", (day.year, day.month, day.day, 9, 0, 0))
            archive.writestr(entry, problems.encode())
    return written.getvalue()
