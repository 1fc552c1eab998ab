"""The letters of a filing: written down with the act, made into PDF by a worker, kept for ever."""

from collections.abc import Callable
from functools import partial

from django.db import transaction

from accounts.models import User
from foundation import clock
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from projects.actions.act import hold
from projects.actions.templates import template_for
from projects.letter_inputs import Requests, digest, letter_inputs
from projects.letter_kinds import CODES, LetterKind
from projects.models import Filing, FilingDocument
from projects.workflow import Kind
from records import files, jobs
from records.models import Job, JournalEntry

DOCUMENT_JOB = "filing_document_pdf"


def want_document(
    filing: Filing,
    kind: LetterKind,
    entry: JournalEntry,
    *,
    by: User,
    requests: Requests = (),
) -> FilingDocument:
    """Keep what the letter says, and want its file. Call it inside the act that it announces."""
    day = entry.at.astimezone(clock.PARIS).date()
    template = template_for(kind, filing.cpts.region_id, day)
    number = FilingDocument.objects.filter(filing=filing.pk, kind=kind).count() + 1
    reference = _reference(filing, kind, number)
    inputs = letter_inputs(filing, kind, template, entry, reference=reference, requests=requests)
    document: FilingDocument = FilingDocument.objects.create(
        filing_id=filing.pk,
        kind=kind,
        number=number,
        reference=reference,
        template=template,
        dated=day,
        inputs=inputs,
        inputs_sha256=digest(inputs),
    )
    document.filing = filing
    want_file(document, by=by)
    return document


@transaction.atomic
def want_document_again(document: FilingDocument, *, by: User) -> FilingDocument:
    """Ask once more for a file that no worker managed to make."""
    hold(document.filing)
    document.refresh_from_db()
    if not FilingDocument.objects.visible_to(by).filter(pk=document.pk).exists():
        raise NotAllowed("want_document_again")
    if document.is_made:
        raise Refused("Ce courrier est déjà produit.")
    want_file(document, by=by)
    return document


def make_filing_document(job: Job) -> str:
    """Make the file of a letter, unless it is there. Whoever stores it first is right."""
    document: FilingDocument = FilingDocument.objects.get(pk=job.payload["document"])
    if not document.is_made:
        _make(document, job)
    return document.sha256


def _make(document: FilingDocument, job: Job) -> None:
    content = _content(document, partial(jobs.report, job))
    jobs.report(job, 90, "Enregistrement du fichier")
    stored = files.store_bytes(
        content,
        name=f"{document.reference}-{document.get_kind_display().replace(' ', '-')}.pdf",
        content_type="application/pdf",
        by=job.requested_by,
        dossier=job.dossier,
    )
    # Of two workers, one writes: the file of a letter is never replaced.
    FilingDocument.objects.filter(pk=document.pk, file=None).update(
        file=stored, sha256=stored.sha256, made_at=clock.now()
    )
    document.refresh_from_db(fields=["file", "sha256", "made_at"])


def _content(document: FilingDocument, report: Callable[[int, str], None]) -> bytes:
    # Imported by the worker that needs it: WeasyPrint takes a second, and system libraries, to
    # load, which neither the pages nor the commands should pay for.
    from projects import pdf

    return pdf.letter_pdf(document.inputs, report=report)


def want_file(document: FilingDocument, *, by: User) -> None:
    """The work of making its file: one row while it is not finished."""
    document.job = jobs.want(
        DOCUMENT_JOB,
        key=str(document.pk),
        label=f"{document.get_kind_display()} {document.reference}",
        by=by,
        dossier=document.filing.cpts.reference,
        document=document.pk,
    )
    document.save(update_fields=["job"])


def _reference(filing: Filing, kind: LetterKind, number: int) -> str:
    """62-ABC-L1-AR1: the dossier, the letter or project and its version, the letter."""
    of_filing = "L" if filing.kind == Kind.LETTER else "P"
    return f"{filing.cpts.reference}-{of_filing}{filing.number}-{CODES[kind]}{number}"
