"""The room « Échanges » of a dossier: its threads, one thread, a new message, a file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, SignedInRequest, needs
from foundation.paging import page_of
from foundation.templatetags.french import plural
from records import files
from records.idempotency import once
from territories.exchanges import actions
from territories.exchanges.forms import ReplyForm, ReportFileForm, ThreadForm
from territories.models import Cpts, Message, MessageFile, ReadMark, Stage, Thread, Topic
from territories.scopes import permissions_on

THREADS_PER_PAGE = 20
MESSAGES_PER_PAGE = 20
TAB = "exchanges"


@needs(Permission.EXCHANGE)
@require_safe
def exchanges(request: SignedInRequest, reference: str) -> HttpResponse:
    """The threads of the dossier, the last written first."""
    cpts = _cpts(request, reference, Permission.EXCHANGE)
    found = Thread.objects.visible_to(request.user).of_dossier(reference)
    shown = Thread.objects.with_unread(request.user).select_related("last_by", "cpts")
    page = page_of(found, request.GET.get("page"), per_page=THREADS_PER_PAGE, shown=shown)
    context = {
        "cpts": cpts,
        "tab": TAB,
        "page": page,
        "writes_notes": Permission.INTERNAL_NOTE in permissions_on(request.user, cpts),
        "is_emergence": cpts.stage == Stage.EMERGENCE,
    }
    return render(request, "territories/exchanges/threads.html", context)


@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def open_thread(request: SignedInRequest, reference: str) -> HttpResponse:
    """A new message to all the parties of the dossier."""
    return _write(request, _cpts(request, reference, Permission.EXCHANGE), is_internal=False)


@needs(Permission.INTERNAL_NOTE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def open_note(request: SignedInRequest, reference: str) -> HttpResponse:
    """A new internal note: another page, so that nobody takes one for the other."""
    return _write(request, _cpts(request, reference, Permission.INTERNAL_NOTE), is_internal=True)


@needs(Permission.EXCHANGE)
@require_safe
def thread(request: SignedInRequest, reference: str, identifier: UUID) -> HttpResponse:
    """The messages of one thread, the last ones first shown; opening it marks it as read."""
    context = _page_of_thread(request, reference, identifier)
    found = context["thread"]
    if context["last_read"] < found.message_count and request.method == "GET":
        ReadMark.objects.advance(request.user, [found])
    context["form"] = ReplyForm()
    return render(request, "territories/exchanges/thread.html", context)


@require_POST
@needs(Permission.EXCHANGE)
@once
def reply(request: SignedInRequest, reference: str, identifier: UUID) -> HttpResponse:
    """One more message in the thread."""
    found = _thread(request, reference, identifier)
    form = ReplyForm(request.POST, request.FILES)
    if form.is_valid() and form.run(
        lambda: actions.reply(found, **form.cleaned_data, by=request.user)
    ):
        messages.success(request, "Votre message est envoyé.")
        return redirect(found)
    context = {**_page_of_thread(request, reference, identifier), "form": form}
    return render(request, "territories/exchanges/thread.html", context, status=422)


@require_POST
@needs(Permission.EXCHANGE)
@once
def mark_all_read(request: SignedInRequest, reference: str) -> HttpResponse:
    """Nothing new any more on this dossier, for this person."""
    cpts = _cpts(request, reference, Permission.EXCHANGE)
    count = actions.mark_all_read(cpts, by=request.user)
    read = plural(count, "fil marqué comme lu,fils marqués comme lus")
    messages.success(request, f"{read}." if count else "Tout était déjà lu.")
    return redirect("territories:exchanges", reference)


@needs(Permission.EXCHANGE)
@require_safe
def download_file(request: SignedInRequest, reference: str, identifier: UUID) -> HttpResponse:
    """A joined file, for whoever reads the message."""
    return files.download(_file(request, reference, identifier).file)


@needs(Permission.EXCHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def report_file(request: SignedInRequest, reference: str, identifier: UUID) -> HttpResponse:
    """Say that a file must not be here; it is closed to everybody at once."""
    joined = _file(request, reference, identifier)
    found = joined.message.thread
    form = ReportFileForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and form.run(
        lambda: actions.report_file(joined, reason=form.cleaned_data["reason"], by=request.user)
    ):
        messages.success(request, "Le fichier est signalé. Plus personne ne peut l’ouvrir ; merci.")
        return redirect(found)
    context = {"cpts": found.cpts, "tab": TAB, "thread": found, "joined": joined, "form": form}
    return render(request, "territories/exchanges/report_file.html", context, status=_status(form))


def _cpts(request: SignedInRequest, reference: str, permission: Permission) -> Cpts:
    visible = Cpts.objects.visible_to(request.user, permission).with_header()
    found: Cpts = get_object_or_404(visible, reference=reference)
    return found


def _thread(request: SignedInRequest, reference: str, identifier: UUID) -> Thread:
    seen = Thread.objects.visible_to(request.user).of_dossier(reference)
    found: Thread = get_object_or_404(seen.select_related("cpts"), uuid=identifier)
    return found


def _file(request: SignedInRequest, reference: str, identifier: UUID) -> MessageFile:
    seen = MessageFile.objects.visible_to(request.user).of_dossier(reference, identifier)
    found: MessageFile = get_object_or_404(seen)
    return found


def _write(request: SignedInRequest, cpts: Cpts, *, is_internal: bool) -> HttpResponse:
    is_post = request.method == "POST"
    form = ThreadForm(
        request.POST if is_post else None,
        request.FILES if is_post else None,
        initial={"about": _asked_topic(request)},
    )
    if form.is_valid():
        given = form.cleaned_data
        if form.run(
            lambda: actions.open_thread(cpts, **given, is_internal=is_internal, by=request.user)
        ):
            sent = (
                "Votre note interne est enregistrée."
                if is_internal
                else "Votre message est envoyé."
            )
            messages.success(request, sent)
            return redirect("territories:exchanges", cpts.reference)
    context = {
        "cpts": cpts,
        "tab": TAB,
        "form": form,
        "is_internal": is_internal,
        "is_emergence": cpts.stage == Stage.EMERGENCE,
    }
    return render(request, "territories/exchanges/write.html", context, status=_status(form))


def _page_of_thread(request: SignedInRequest, reference: str, identifier: UUID) -> dict[str, Any]:
    """The newest page is page 1; inside a page one reads from the oldest to the newest."""
    page = page_of(
        Message.objects.visible_to(request.user).in_thread(reference, identifier),
        request.GET.get("page"),
        per_page=MESSAGES_PER_PAGE,
        shown=Message.objects.with_page(request.user),
    )
    if not page.object_list:  # a thread always has a message
        raise Http404
    newest = page.object_list[0]
    cpts = newest.thread.cpts
    cpts.unread_count = newest.unread_elsewhere  # those of this thread are being read
    return {
        "cpts": cpts,
        "tab": TAB,
        "thread": newest.thread,
        "page": page,
        "shown": page.object_list[::-1],
        "last_read": newest.last_read,
    }


def _asked_topic(request: SignedInRequest) -> str:
    """« ?objet=contract » on a link of another room of the dossier."""
    asked = request.GET.get("objet", "")
    return asked if asked in Topic.values else ""


def _status(form: Any) -> int:
    return 422 if form.errors else 200
