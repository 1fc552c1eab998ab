"""The papers of a session: minutes, their approval, and the PDFs."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, SignedInRequest, needs
from projects import actions
from projects.minutes import blocks, draft_minutes
from projects.models import CommitteeSession, SessionDocument
from projects.session_forms import MinutesForm
from projects.session_pages import SessionPage, gather_session
from projects.session_querysets import session_documents
from projects.views.sessions import fetch_held, fetch_session
from records import files
from records.idempotency import once


@needs(Permission.SESSION_SEE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def minutes(request: SignedInRequest, identifier: UUID) -> HttpResponse:
    """Write the minutes, from what the portal knows; once approved, everybody reads them."""
    page = gather_session(fetch_session(request, identifier), request.user)
    session = page.session
    if not page.reads_minutes:
        raise Http404
    writes = page.is_manager and session.minutes_approved_at is None
    form = MinutesForm(request.POST or None, initial=_initial(session, page)) if writes else None
    stored = ""
    if form is not None and request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if form.run(lambda: actions.save_minutes(session, **given, by=request.user)):
            messages.success(request, "Le compte rendu est enregistré.")
            return redirect("projects:minutes", identifier)
        session.refresh_from_db()
        if session.minutes_version != given["version"]:
            stored = session.minutes
            form.take_version(session.minutes_version)
    context = {
        "page": page,
        "session": session,
        "form": form,
        "stored": stored,
        "blocks": blocks(session.minutes),
    }
    return render(request, "projects/sessions/minutes.html", context)


@require_POST
@needs(Permission.SESSION_MANAGE)
@once
def approve_minutes(request: SignedInRequest, identifier: UUID) -> HttpResponse:
    """The text is frozen as it was read."""
    held = fetch_held(request, identifier)
    version = request.POST.get("version", "")
    actions.approve_minutes(
        held, version=int(version) if version.isdecimal() else -1, by=request.user
    )
    messages.success(request, "Le compte rendu est approuvé. Son PDF définitif est en préparation.")
    return redirect("projects:minutes", identifier)


@require_POST
@needs(Permission.SESSION_MANAGE)
@once
def want_document(request: SignedInRequest, identifier: UUID, kind: str) -> HttpResponse:
    """Ask a worker for a PDF, and watch it being made."""
    held = fetch_held(request, identifier)
    if kind not in SessionDocument.Kind.values:
        raise Http404
    job = actions.want_session_document(held, kind=kind, by=request.user)
    done = urlencode({"suite": reverse("projects:session", args=[identifier])})
    return redirect(f"{reverse('records:job_progress', args=[job.uuid])}?{done}")


@needs(Permission.SESSION_SEE)
@require_safe
def session_file(request: SignedInRequest, identifier: UUID, kind: str) -> HttpResponse:
    """The pack for the members, the minutes for whoever sees the session once approved."""
    session = fetch_session(request, identifier)
    document = get_object_or_404(session_documents(session, request.user), kind=kind)
    page = SessionPage(session, [], request.user, hidden_count=int(document.hides_some))
    if not page.may_open(kind):
        raise Http404
    return files.download(document.file, inline=True)


def _initial(session: CommitteeSession, page: SessionPage) -> dict[str, object]:
    text = session.minutes
    if not session.minutes_version:
        text = draft_minutes(session, page.items, page.members)
    return {"text": text, "version": session.minutes_version}
