"""The letters of a dossier: one page each, its PDF, and asking again for a file that failed."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Permission, SignedInRequest, needs
from projects import actions
from projects.models import FilingDocument
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


def _fetch(request: SignedInRequest, reference: str, identifier: uuid.UUID) -> FilingDocument:
    seen = FilingDocument.objects.visible_to(request.user).of_dossier(reference).with_page()
    found: FilingDocument = get_object_or_404(seen, uuid=identifier)
    return found
