"""The PDFs of a contract: wanted with the act, made by a worker, stored once and for all."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction

from accounts.models import User
from aci.actions.held import held
from aci.actions.paper_files import signed_pages
from aci.actions.sealing import sealed_file
from aci.amendment_inputs import amendment_inputs
from aci.contract_inputs import contract_inputs, digest, signatures_inputs
from aci.contract_texts import changed_titles, write_text
from aci.difference import difference, is_signatory
from aci.models import Amendment, Contract, ContractDocument
from aci.parties import AT_THE_TABLE
from aci.workflow import OPEN
from foundation import clock
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from records import files, jobs
from records.models import Job, StoredFile
from territories.scopes import may_on

Kind = ContractDocument.Kind

_LABELS = {
    Kind.DRAFT: "Document de travail {of_the} {reference}",
    Kind.FROZEN: "{The} {reference} figé pour signature",
    Kind.FINAL: "{The} {reference} signé",
}


@transaction.atomic
def want_draft_pdf(contract: Contract, *, by: User) -> Job:
    """Ask for the working document of the terms as they stand today."""
    contract = held(contract)
    may = may_on(by, contract.cpts)
    if not any(may(permission) for permission in AT_THE_TABLE):
        raise NotAllowed("want_draft_pdf")
    if contract.is_signed:
        raise Refused(f"{contract.words.The} est signé : son document ne change plus.")
    if contract.state not in OPEN:
        raise Refused(f"{contract.words.The} est abandonné : son document ne change plus.")
    return want_document(contract, Kind.DRAFT, by=by)


def want_document(contract: Contract, kind: ContractDocument.Kind, *, by: User) -> Job:
    """Keep what the document will say, and want its file. Call it inside an act."""
    document = document_of(contract, kind)
    job = jobs.want(
        f"contract_{kind.value}_pdf",
        key=str(document.pk),
        label=_label(contract, kind),
        by=by,
        dossier=contract.cpts.reference,
        document=document.pk,
    )
    contract.document_job = job
    contract.save(update_fields=["document_job"])
    return job


def keep_version(contract: Contract) -> ContractDocument:
    """Keep what this version of the terms says, without a file: versions are compared by it."""
    return document_of(contract, Kind.DRAFT)


def write_version(contract: Contract) -> None:
    """A new version of the terms is read by the parties, and compared with the others."""
    if not contract.is_amendment:  # an amendment is read by what it changes
        write_text(contract)
    keep_version(contract)


def moved(contract: Contract) -> list[str]:
    """What no longer says what the parties have before them: articles, or parts of an amendment."""
    if not isinstance(contract, Amendment):
        return changed_titles(contract)
    kept = contract.documents.filter(kind=Kind.DRAFT, version=contract.terms_version)
    last = kept.order_by("wanted_at", "pk").last()
    if last is None:
        return []
    found = difference(last.inputs, _inputs(contract, Kind.DRAFT))
    return [section.value for section, rows in found.sections if not all(map(is_signatory, rows))]


def _label(contract: Contract, kind: ContractDocument.Kind) -> str:
    words = contract.words
    return _LABELS[kind].format(
        reference=contract.reference, The=words.bare.capitalize(), of_the=words.of_the
    )


def document_of(contract: Contract, kind: ContractDocument.Kind) -> ContractDocument:
    """What the document says, kept now; the same words are kept once."""
    inputs = _inputs(contract, kind)
    verification = inputs.get("verification")
    document: ContractDocument
    document, _ = ContractDocument.objects.get_or_create(
        contract=contract,
        kind=kind,
        version=contract.terms_version,
        inputs_sha256=digest(inputs),
        defaults={
            "inputs": inputs,
            "wanted_at": clock.now(),
            "verification_code": verification["code"] if verification else None,
        },
    )
    return document


def make_document(job: Job) -> str:
    """The work of one document."""
    documents = ContractDocument.objects.select_related("contract")
    return make_file(documents.get(pk=job.payload["document"]), job)


def make_file(document: ContractDocument, job: Job) -> str:
    """Make the file of a document, unless it is there. Whoever stores it first is right."""
    if document.file_id is not None:
        return document.sha256
    stored = _stored(document, job)
    # Of two workers, one writes: the file of a document is never replaced.
    ContractDocument.objects.filter(pk=document.pk, file=None).update(
        file=stored, sha256=stored.sha256, made_at=clock.now()
    )
    document.refresh_from_db(fields=["file", "sha256"])
    return document.sha256


def _inputs(contract: Contract, kind: ContractDocument.Kind) -> dict[str, Any]:
    if kind != Kind.FINAL and isinstance(contract, Amendment):
        return amendment_inputs(contract, kind.value)
    if kind != Kind.FINAL:
        return contract_inputs(contract, kind.value)
    return signatures_inputs(contract, _frozen(contract, contract.terms_version))


def _stored(document: ContractDocument, job: Job) -> StoredFile:
    """The file of a document: made here, or what the parties signed, on paper or under seals."""
    if document.kind == Kind.FINAL:
        frozen = _frozen(document.contract, document.version)
        if hasattr(frozen, "paper"):
            return signed_pages(frozen)
        jobs.report(job, 20, "Apposition des cachets")
        return sealed_file(frozen)
    content = _content(document, partial(jobs.report, job))
    jobs.report(job, 90, "Enregistrement du fichier")
    return files.store_bytes(
        content,
        name=f"{document.inputs['reference']}-{document.get_kind_display().replace(' ', '-')}.pdf",
        content_type="application/pdf",
        by=job.requested_by,
        dossier=document.contract.cpts.reference,
    )


def _content(document: ContractDocument, report: Callable[[int, str], None]) -> bytes:
    # Imported by the worker that needs it: WeasyPrint takes a second, and system libraries, to
    # load, which neither the pages nor the commands should pay for.
    from aci import pdf

    return pdf.contract_pdf(document.inputs, report=report)


def _frozen(contract: Contract, version: int) -> ContractDocument:
    """What the parties signed."""
    document: ContractDocument = contract.documents.select_related("file").get(
        kind=Kind.FROZEN, version=version
    )
    return document
