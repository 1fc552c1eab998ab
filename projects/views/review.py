"""ARS and CPAM: ask for pieces, declare complete, decide."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import Permission, SignedInRequest, needs
from foundation.forms import PortalForm
from projects import actions
from projects.comment_forms import PiecesForm
from projects.form_pages import PiecesPage
from projects.forms import DecisionForm, OppositionForm, RefusalForm
from projects.models import CommentDraft, Filing, Kind
from projects.pages import gather, page_url
from projects.views.reading import TABS, ensure_open, fetch
from records.idempotency import once


@needs(Permission.FILING_ASK_PIECES)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def ask_for_pieces(request: SignedInRequest, reference: str, kind: Kind) -> HttpResponse:
    """Send the filing back, with comments that name the answers."""
    filing = fetch(request, reference, kind)
    ensure_open(filing, "ask_for_pieces", request)
    page = gather(filing, request.user)
    keeps = request.POST.get("then") == "keep"
    drafts = CommentDraft.objects.visible_to(request.user).filter(filing=filing)
    form = PiecesForm(
        filing.commentable,
        request.POST or None,
        drafts={item.field_key: item.text for item in drafts},
        may_be_empty=keeps or page.open_request_count > 0,
    )
    if request.method == "POST" and form.is_valid():
        given = form.comments
        if keeps and form.run(lambda: actions.keep_drafts(filing, given, by=request.user)):
            messages.success(request, "Vos demandes sont gardées. Rien n’est encore envoyé.")
            return redirect(page_url(filing))
        reason = form.cleaned_data["reason"]
        if not keeps and form.run(
            lambda: actions.ask_for_pieces(filing, reason=reason, comments=given, by=request.user)
        ):
            messages.success(request, "La demande est envoyée aux porteurs.")
            return redirect(page_url(filing))
    pieces = PiecesPage(page, form, request.GET.get("sur", ""))
    return _answer(request, "projects/ask_for_pieces.html", filing, form, pieces=pieces)


@require_POST
@needs(Permission.FILING_COMPLETE)
@once
def declare_complete(request: SignedInRequest, reference: str, kind: Kind) -> HttpResponse:
    """The file is whole."""
    filing = fetch(request, reference, kind)
    actions.declare_complete(filing, by=request.user)
    messages.success(
        request,
        "Le dossier est complet. Les comités sont prévenus."
        if filing.missing_levels
        else "Le dossier est complet. La décision peut être prise.",
    )
    return redirect(page_url(filing))


@needs(Permission.FILING_DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def approve(request: SignedInRequest, reference: str) -> HttpResponse:
    """Approve the letter."""
    filing = fetch(request, reference, Kind.LETTER)
    done = "La lettre d’intention est approuvée. Les porteurs peuvent écrire le projet de santé."
    return _decide(request, filing, "approve", DecisionForm, actions.approve, done)


@needs(Permission.FILING_DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def refuse(request: SignedInRequest, reference: str) -> HttpResponse:
    """Refuse the letter."""
    filing = fetch(request, reference, Kind.LETTER)
    done = "La lettre d’intention est refusée. Les motifs sont envoyés aux porteurs."
    return _decide(request, filing, "refuse", RefusalForm, actions.refuse, done)


@needs(Permission.FILING_DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def validate(request: SignedInRequest, reference: str) -> HttpResponse:
    """Validate the project."""
    filing = fetch(request, reference, Kind.PROJECT)
    done = "Le projet de santé est validé. La CPAM peut préparer le contrat."
    return _decide(request, filing, "validate", DecisionForm, actions.validate, done)


@needs(Permission.FILING_DECIDE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def oppose(request: SignedInRequest, reference: str) -> HttpResponse:
    """Object to the project."""
    filing = fetch(request, reference, Kind.PROJECT)
    done = "L’opposition est enregistrée. Les motifs sont envoyés aux porteurs."
    return _decide(request, filing, "oppose", OppositionForm, actions.oppose, done)


def _decide(
    request: SignedInRequest,
    filing: Filing,
    name: str,
    form_class: type[PortalForm],
    action: Callable[..., Any],
    done: str,
) -> HttpResponse:
    """The page of a decision: what it will do, its reasons, one button."""
    ensure_open(filing, name, request)
    form = form_class(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and form.run(lambda: action(filing, **form.cleaned_data, by=request.user))
    ):
        messages.success(request, done)
        return redirect(page_url(filing))
    transition = filing.transition(name)
    return _answer(request, "projects/decide.html", filing, form, transition=transition)


def _answer(
    request: SignedInRequest, template: str, filing: Filing, form: PortalForm, **more: Any
) -> HttpResponse:
    page = more["pieces"].page if "pieces" in more else gather(filing, request.user)
    context = {
        "page": page,
        "cpts": page.cpts,
        "filing": filing,
        "form": form,
        "tab": TABS[Kind(filing.kind)],
        **more,
    }
    return render(request, template, context)
