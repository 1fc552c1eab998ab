"""The PDF of a text that is not saved yet, on a sample: made by a worker, for its author only."""

from functools import partial

from accounts.access import Permission
from accounts.models import User
from foundation.workflow import NotAllowed
from projects import letter_text
from projects.letter_inputs import digest
from projects.letter_kinds import LetterKind
from projects.letter_samples import sample_inputs
from records import files, jobs
from records.models import Job
from territories.models import Region

PREVIEW_JOB = "letter_preview_pdf"


def want_preview(
    *, kind: LetterKind, region: Region | None, subject: str, body: str, by: User
) -> Job:
    """The same text asked for twice is one work."""
    if Permission.PORTAL_ADMINISTER not in by.permissions:
        raise NotAllowed("want_preview")
    letter_text.check(kind, subject, body)
    inputs = sample_inputs(kind, region, subject=subject, body=body)
    return jobs.want(
        PREVIEW_JOB,
        key=f"{by.pk}-{digest(inputs)}",
        label=f"Aperçu : {kind.label}",
        by=by,
        inputs=inputs,
    )


def make_preview(job: Job) -> str:
    """Keep the name of the file with the work that made it."""
    # Imported by the worker that needs it: see `letters._content`.
    from projects import pdf

    content = pdf.letter_pdf(job.payload["inputs"], report=partial(jobs.report, job))
    stored = files.store_bytes(
        content, name="apercu.pdf", content_type="application/pdf", by=job.requested_by, dossier=""
    )
    job.payload["file"] = str(stored.uuid)
    job.save(update_fields=["payload"])
    return str(stored.sha256)
