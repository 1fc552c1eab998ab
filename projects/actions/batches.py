"""Letters in one go: each is one job, and the last one done has them put together."""

import io
import zipfile
from collections.abc import Iterable

from django.db import transaction
from django.utils.text import slugify

from accounts.access import Permission
from accounts.models import User
from foundation import clock
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from projects.actions.act import hold
from projects.actions.letters import make_filing_document, want_document, want_file
from projects.letter_kinds import DECISIONS, VERBS, LetterKind, decision_kind
from projects.models import Filing, FilingDocument, LetterBatch, LetterBatchItem
from projects.workflow import State
from records import files, jobs
from records.models import Job, JournalEntry, StoredFile
from territories.scopes import may_on

BATCH_JOB = "letter_batch_files"
MAX_LETTERS = 100


@transaction.atomic
def want_letters(
    filings: Iterable[Filing], kind: LetterKind | None = None, *, by: User
) -> LetterBatch:
    """Want the letters of several filings, in this order, and one document that holds them all.

    Without a kind: the letter of the decision of each. A letter already written is used as it is.
    """
    wanted = list({filing.pk: filing for filing in filings}.values())
    if not wanted:
        raise Refused("Choisissez au moins un dossier.")
    if len(wanted) > MAX_LETTERS:
        raise Refused(f"Choisissez au plus {MAX_LETTERS} dossiers à la fois.")
    documents = {}
    for filing in sorted(wanted, key=lambda item: item.cpts_id):  # one order: no deadlock
        documents[filing.pk] = _document(filing, kind, by=by)
    batch: LetterBatch = LetterBatch.objects.create(label=_label(len(wanted), kind), wanted_by=by)
    LetterBatchItem.objects.bulk_create(
        LetterBatchItem(batch=batch, document=documents[filing.pk], position=position)
        for position, filing in enumerate(wanted, start=1)
    )
    _want_what_is_left(batch, by=by)
    return batch


@transaction.atomic
def want_batch_again(batch: LetterBatch, *, by: User) -> LetterBatch:
    """Ask once more for what no worker managed to make."""
    if not LetterBatch.objects.visible_to(by).filter(pk=batch.pk).exists():
        raise NotAllowed("want_batch_again")
    batch.refresh_from_db(from_queryset=LetterBatch.objects.select_for_update(of=("self",)))
    if batch.is_made:
        raise Refused("Ces courriers sont déjà produits.")
    _want_what_is_left(batch, by=by)
    return batch


def make_document_of_batches(job: Job) -> str:
    """Make the file of a letter; the last one of a batch has the batch put together.

    A worker that dies in between does both again: neither is done twice.
    """
    sha256 = make_filing_document(job)
    for batch in LetterBatch.objects.ready_with(job.payload["document"]):
        want_assembly(batch)
    return sha256


def assemble_batch(job: Job) -> str:
    """One PDF to print and one archive, unless they are there; whoever stores them first wins."""
    batch: LetterBatch = LetterBatch.objects.get(pk=job.payload["batch"])
    documents = list(FilingDocument.objects.of_batch(batch))
    if batch.is_made or not all(document.is_made for document in documents):
        return ""  # the last letter wants this work again
    jobs.report(job, 30, "Assemblage des courriers")
    contents = [document.stored.read() for document in documents]
    printable = _store(_printable(documents, contents), "pdf", "application/pdf", job)
    jobs.report(job, 80, "Archive")
    archive = _store(_archive(batch, documents, contents), "zip", "application/zip", job)
    LetterBatch.objects.filter(pk=batch.pk, printable=None).update(
        printable=printable, archive=archive, made_at=clock.now()
    )
    return str(printable.sha256)


def _document(filing: Filing, kind: LetterKind | None, *, by: User) -> FilingDocument:
    """The letter of this filing, as it is, or written now from the act in the journal."""
    hold(filing)
    may = may_on(by, filing.cpts)
    if not (may(Permission.FILING_DECIDE) or may(Permission.FILING_COMPLETE)):
        raise NotAllowed("want_letters")
    decided = decision_kind(filing.kind, filing.state, is_tacit=filing.is_tacit)
    kind = kind or decided
    if kind is None:
        raise Refused(f"{filing.cpts} : aucune décision n’est encore prise.")
    written = FilingDocument.objects.filter(filing=filing.pk, kind=kind).order_by("-number")
    document: FilingDocument | None = written.select_related("filing__cpts", "job").first()
    if document is not None:
        return document
    _ensure_fits(filing, kind, decided)
    return want_document(filing, kind, _entry(filing, kind), by=by)


def _ensure_fits(filing: Filing, kind: LetterKind, decided: LetterKind | None) -> None:
    if kind in DECISIONS:
        fits = kind == decided
    else:
        fits = kind == LetterKind.OPINION_INVITATION and filing.state == State.COMPLETE
        fits = fits and bool(filing.missing_levels)
    if not fits:
        raise Refused(f"{filing.cpts} : pas de courrier « {kind.label} » dans son état actuel.")


def _entry(filing: Filing, kind: LetterKind) -> JournalEntry:
    """The act that the letter announces: its author signs, its day is the day of the letter."""
    acts = JournalEntry.objects.of_dossier(filing.cpts.reference).filter(verb=VERBS[kind])
    of_version = {"kind": filing.kind, "version": filing.number}
    for entry in acts.newest_first():
        if of_version.items() <= entry.data.items():
            return entry
    raise Refused(f"{filing.cpts} : l’acte à annoncer n’est pas au journal du dossier.")


def _label(count: int, kind: LetterKind | None) -> str:
    noun = "1 courrier" if count == 1 else f"{count} courriers"
    return f"{noun} : {kind.label}" if kind else f"{noun} de décision"


def _want_what_is_left(batch: LetterBatch, *, by: User) -> None:
    """The letters without a file; once they all have one, what holds them."""
    documents = list(FilingDocument.objects.of_batch(batch))
    waiting = [document for document in documents if not document.is_made]
    for document in waiting:
        want_file(document, by=by)
    if not waiting:
        want_assembly(batch)


def want_assembly(batch: LetterBatch) -> None:
    """Put the letters of a batch together; wanted twice, done once."""
    job = jobs.want(
        BATCH_JOB, key=str(batch.pk), label=batch.label, by=batch.wanted_by, batch=batch.pk
    )
    LetterBatch.objects.filter(pk=batch.pk).update(job=job)


def _printable(documents: list[FilingDocument], contents: list[bytes]) -> bytes:
    # Imported by the worker that needs it: see `letters._content`.
    from foundation import pdf

    printable = contents[0]
    for document, content in zip(documents[1:], contents[1:], strict=True):
        printable = pdf.append(printable, content, bookmark=document.reference)
    return printable


def _archive(batch: LetterBatch, documents: list[FilingDocument], contents: list[bytes]) -> bytes:
    """Dated by the request, so that the same letters give the same archive."""
    day = batch.wanted_at.astimezone(clock.PARIS)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for document, content in zip(documents, contents, strict=True):
            name = f"{document.reference}-{slugify(document.filing.cpts.name)}.pdf"
            entry = zipfile.ZipInfo(name, (day.year, day.month, day.day, 9, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return written.getvalue()


def _store(content: bytes, extension: str, content_type: str, job: Job) -> StoredFile:
    return files.store_bytes(
        content,
        name=f"courriers.{extension}",
        content_type=content_type,
        by=job.requested_by,
        dossier="",
    )
