"""The letters of a dossier: one page each, its PDF, and asking again for a file that failed."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, SignedInRequest, needs
from foundation.htmx import STOP_POLLING, is_part
from projects import actions
from projects.letter_forms import GatheredLettersForm
from projects.models import Filing, FilingDocument, LetterBatch
from projects.pages import page_url
from records.files import download
from records.idempotency import once


@needs(Permission.DOSSIER_SEE)
@require_safe
def document(request: SignedInRequest, reference: str, identifier: uuid.UUID) -> HttpResponse:
    """Where the e-mails lead: the letter once it is made, how far it is until then."""
    letter = _fetch(request, reference, identifier)
    context = {
        "document": letter,
        "cpts": letter.filing.cpts,
        "filing_url": page_url(letter.filing),
    }
    return render(request, "projects/document.html", context)


@needs(Permission.DOSSIER_SEE)
@require_safe
def document_file(request: SignedInRequest, reference: str, identifier: uuid.UUID) -> HttpResponse:
    """The PDF itself."""
    letter = _fetch(request, reference, identifier)
    if not letter.is_made:
        raise Http404
    return download(letter.stored)


@require_POST
@needs(Permission.DOSSIER_SEE)
@once
def document_again(request: SignedInRequest, reference: str, identifier: uuid.UUID) -> HttpResponse:
    """No worker managed to make it: ask once more."""
    letter = _fetch(request, reference, identifier)
    actions.want_document_again(letter, by=request.user)
    messages.success(request, "Le courrier est demandé de nouveau.")
    return redirect("projects:document", reference, identifier)


@needs(Permission.FILING_DECIDE, Permission.FILING_COMPLETE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def gather(request: SignedInRequest) -> HttpResponse:
    """Choose decisions, and have their letters put together."""
    decided = Filing.objects.decided_for_letters(request.user)
    form = GatheredLettersForm(decided, request.POST if request.method == "POST" else None)
    if form.is_valid():
        batches: list[LetterBatch] = []
        if form.run(lambda: batches.append(actions.want_letters(form.chosen, by=request.user))):
            return redirect("projects:letter_batch", batches[0].uuid)
    return render(request, "projects/gather_letters.html", {"form": form})


@needs(Permission.DOSSIER_LIST)
@require_safe
def batch(request: SignedInRequest, identifier: uuid.UUID) -> HttpResponse:
    """How far letters wanted in one go are, then what to print. Asked again every second."""
    found = _fetch_batch(request, identifier)
    letters = list(FilingDocument.objects.of_batch(found))
    made = sum(letter.is_made for letter in letters)
    failed = any(letter.has_failed for letter in letters) or found.has_failed
    context = {
        "batch": found,
        "letters": letters,
        "made": made,
        "progress": 100 * made // (len(letters) + 1),
        "failed": failed,
    }
    if not is_part(request):
        return render(request, "projects/letter_batch.html", context)
    status = STOP_POLLING if found.is_made or failed else 200
    return render(request, "projects/letter_batch_progress.html", context, status=status)


@needs(Permission.DOSSIER_LIST)
@require_safe
def batch_printable(request: SignedInRequest, identifier: uuid.UUID) -> HttpResponse:
    """All the letters, one behind the other."""
    found = _fetch_batch(request, identifier)
    if not found.is_made:
        raise Http404
    return download(found.files[0])


@needs(Permission.DOSSIER_LIST)
@require_safe
def batch_archive(request: SignedInRequest, identifier: uuid.UUID) -> HttpResponse:
    """All the letters, one file each."""
    found = _fetch_batch(request, identifier)
    if not found.is_made:
        raise Http404
    return download(found.files[1])


@require_POST
@needs(Permission.DOSSIER_LIST)
@once
def batch_again(request: SignedInRequest, identifier: uuid.UUID) -> HttpResponse:
    """Ask once more for what no worker managed to make."""
    actions.want_batch_again(_fetch_batch(request, identifier), by=request.user)
    messages.success(request, "Les courriers qui manquent sont demandés de nouveau.")
    return redirect("projects:letter_batch", identifier)


def _fetch_batch(request: SignedInRequest, identifier: uuid.UUID) -> LetterBatch:
    seen = LetterBatch.objects.visible_to(request.user).with_files()
    found: LetterBatch = get_object_or_404(seen, uuid=identifier)
    return found


def _fetch(request: SignedInRequest, reference: str, identifier: uuid.UUID) -> FilingDocument:
    seen = FilingDocument.objects.visible_to(request.user).of_dossier(reference).with_page()
    found: FilingDocument = get_object_or_404(seen, uuid=identifier)
    return found
