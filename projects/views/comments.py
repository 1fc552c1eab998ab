"""One request of an authority: answered by the holders, closed or opened again by a reviewer."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Permission, SignedInRequest, needs
from foundation.forms import PortalForm
from projects import actions
from projects.comment_forms import AnswerForm, ReopenForm
from projects.corrections import is_in_correction
from projects.models import FieldComment, Filing, Kind
from projects.pages import gather, page_url
from projects.views.reading import TABS
from records.idempotency import once
from territories.scopes import may_on


@needs(Permission.DOSSIER_SEE)
@require_safe
def comment(request: SignedInRequest, reference: str, kind: Kind, identifier: UUID) -> HttpResponse:
    """What was asked, what was answered, and what this person can do about it."""
    return _show(request, *_fetch(request, reference, kind, identifier))


@require_POST
@needs(Permission.FILING_WRITE)
@once
def answer_comment(
    request: SignedInRequest, reference: str, kind: Kind, identifier: UUID
) -> HttpResponse:
    """The holders answer in a few words."""
    filing, asked = _fetch(request, reference, kind, identifier)
    form = AnswerForm(request.POST)
    return _act(
        request,
        filing,
        asked,
        form,
        lambda: actions.answer_comment(asked, **form.cleaned_data, by=request.user),
        "Votre réponse est enregistrée. Elle partira avec votre envoi.",
    )


@require_POST
@needs(Permission.FILING_ASK_PIECES)
@once
def close_comment(
    request: SignedInRequest, reference: str, kind: Kind, identifier: UUID
) -> HttpResponse:
    """The answer does."""
    filing, asked = _fetch(request, reference, kind, identifier)
    form = PortalForm(request.POST)
    return _act(
        request,
        filing,
        asked,
        form,
        lambda: actions.close_comment(asked, by=request.user),
        "La demande est close.",
    )


@require_POST
@needs(Permission.FILING_ASK_PIECES)
@once
def reopen_comment(
    request: SignedInRequest, reference: str, kind: Kind, identifier: UUID
) -> HttpResponse:
    """The answer does not do: it goes out again with the next request for pieces."""
    filing, asked = _fetch(request, reference, kind, identifier)
    form = ReopenForm(request.POST)
    return _act(
        request,
        filing,
        asked,
        form,
        lambda: actions.reopen_comment(asked, **form.cleaned_data, by=request.user),
        "La demande est rouverte. Elle partira avec « Demander des pièces ».",
    )


def _fetch(
    request: SignedInRequest, reference: str, kind: Kind, identifier: UUID
) -> tuple[Filing, FieldComment]:
    """The request and its filing, both as this person may see them, or 404."""
    seen = FieldComment.objects.visible_to(request.user).of_dossier(reference).with_people()
    asked = get_object_or_404(seen, uuid=identifier, filing__kind=kind)
    versions = Filing.objects.visible_to(request.user).with_page()
    filing = get_object_or_404(versions.latest_of(reference, kind, asked.filing.number))
    asked.filing = filing
    return filing, asked


def _act(
    request: SignedInRequest,
    filing: Filing,
    asked: FieldComment,
    form: PortalForm,
    action: Callable[[], Any],
    done: str,
) -> HttpResponse:
    if form.is_valid() and form.run(action):
        messages.success(request, done)
        return redirect(page_url(filing))
    return _show(request, filing, asked, form)


def _show(
    request: SignedInRequest,
    filing: Filing,
    asked: FieldComment,
    form: PortalForm | None = None,
) -> HttpResponse:
    page = gather(filing, request.user)
    may = may_on(request.user, filing.cpts)
    corrects = page.is_task_list and is_in_correction(asked, filing.submitted_at)
    context = {
        "page": page,
        "cpts": filing.cpts,
        "filing": filing,
        "tab": TABS[Kind(filing.kind)],
        "asked": asked,
        "label": filing.commentable.get(asked.field_key, asked.field_key),
        "can_answer": corrects and may(Permission.FILING_WRITE),
        "can_judge": page.may_ask,
        "answer_form": form
        if isinstance(form, AnswerForm)
        else AnswerForm(initial={"answer": asked.answer}),
        "reopen_form": form if isinstance(form, ReopenForm) else ReopenForm(),
        "refused": form if form is not None and form.errors else None,
    }
    return render(request, "projects/comment.html", context, status=422 if form else 200)
