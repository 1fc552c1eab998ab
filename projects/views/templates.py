"""The texts of the letters, for the administrators: list, history, new version, previews."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, SignedInRequest, needs
from projects import actions, letter_text
from projects.letter_kinds import LetterKind
from projects.letter_pages import letter_context
from projects.letter_samples import sample_inputs
from projects.models import LetterTemplate
from projects.template_forms import TemplateForm
from projects.template_pages import FRANCE, scopes, variable_lines
from records.files import download
from records.idempotency import once
from records.models import Job, StoredFile
from territories.models import Region
from territories.places import region_choices


@needs(Permission.PORTAL_ADMINISTER)
@require_safe
def templates(request: SignedInRequest) -> HttpResponse:
    """Every letter, by kind and région, with what is in force and what comes."""
    found = scopes(
        LetterTemplate.objects.visible_to(request.user).with_names().order_by("-version")
    )
    return render(request, "projects/templates.html", {"scopes": found})


@needs(Permission.PORTAL_ADMINISTER)
@require_safe
def template_history(request: SignedInRequest, kind: str) -> HttpResponse:
    """Every version of one letter, and where to write a new one."""
    letter = _kind(kind)
    if request.GET.get("region"):
        return redirect("projects:new_template", kind, request.GET["region"])
    versions = LetterTemplate.objects.visible_to(request.user).of_kind(letter).with_names()
    context = {
        "kind": letter,
        "scopes": scopes(versions),
        "regions": [(FRANCE, "France entière"), *region_choices()],
    }
    return render(request, "projects/template_history.html", context)


@needs(Permission.PORTAL_ADMINISTER)
@require_safe
def template(request: SignedInRequest, identifier: uuid.UUID) -> HttpResponse:
    """One version: its text, and the letter it gives."""
    seen = LetterTemplate.objects.visible_to(request.user).with_names()
    version: LetterTemplate = get_object_or_404(seen, uuid=identifier)
    kind = LetterKind(version.kind)
    inputs = sample_inputs(kind, version.region, subject=version.subject, body=version.body)
    context = {"version": version, "kind": kind, "preview": letter_context(inputs)}
    return render(request, "projects/template.html", context)


@needs(Permission.PORTAL_ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def new_template(request: SignedInRequest, kind: str, scope: str) -> HttpResponse:
    """Write a new version; « apercu » shows the letter without saving anything."""
    letter, region = _kind(kind), _region(scope)
    newest = _newest(request, letter, region)
    form = TemplateForm(
        request.POST if request.method == "POST" else None, initial=_initial(newest)
    )
    preview = None
    if form.is_valid():
        text = {"subject": form.cleaned_data["subject"], "body": form.cleaned_data["body"]}
        if "apercu" in request.POST:
            if form.run(lambda: letter_text.check(letter, **text)):
                preview = letter_context(sample_inputs(letter, region, **text))
        elif form.run(
            lambda: actions.add_template(
                kind=letter, region=region, by=request.user, **form.cleaned_data
            )
        ):
            messages.success(request, "La nouvelle version est enregistrée.")
            return redirect("projects:template_history", kind)
    return _form_page(request, letter, region, form, newest=newest, preview=preview)


@require_POST
@needs(Permission.PORTAL_ADMINISTER)
def template_preview(request: SignedInRequest, kind: str, scope: str) -> HttpResponse:
    """The PDF of what is being written, in another tab: the form stays where it is."""
    letter, region = _kind(kind), _region(scope)
    form = TemplateForm(request.POST)
    if form.is_valid():
        text = {"subject": form.cleaned_data["subject"], "body": form.cleaned_data["body"]}
        asked: list[Job] = []
        if form.run(
            lambda: asked.append(
                actions.want_preview(kind=letter, region=region, by=request.user, **text)
            )
        ):
            done = reverse("projects:template_preview_file", args=[asked[0].uuid])
            waiting = reverse("records:job_progress", args=[asked[0].uuid])
            return redirect(f"{waiting}?{urlencode({'suite': done})}")
    return _form_page(request, letter, region, form, newest=_newest(request, letter, region))


@needs(Permission.PORTAL_ADMINISTER)
@require_safe
def template_preview_file(request: SignedInRequest, identifier: uuid.UUID) -> HttpResponse:
    """The PDF of a preview, for whoever asked for it."""
    mine = Job.objects.of_requester(request.user)
    job = get_object_or_404(mine, uuid=identifier, kind=actions.PREVIEW_JOB, state=Job.State.DONE)
    stored = get_object_or_404(StoredFile.objects.stored_as(job.payload["file"]))
    return download(stored, inline=True)


def _form_page(
    request: SignedInRequest,
    kind: LetterKind,
    region: Region | None,
    form: TemplateForm,
    *,
    newest: LetterTemplate | None,
    preview: dict[str, Any] | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "kind": kind,
        "scope": region.pk if region else FRANCE,
        "scope_label": region.name if region else "France entière",
        "newest": newest,
        "after": newest.version if newest and newest.region == region else 0,
        "variables": variable_lines(kind),
        "preview": preview,
    }
    return render(request, "projects/new_template.html", context)


def _kind(kind: str) -> LetterKind:
    if kind not in LetterKind.values:
        raise Http404
    return LetterKind(kind)


def _region(scope: str) -> Region | None:
    if scope == FRANCE:
        return None
    found: Region = get_object_or_404(Region.objects.order_by("code"), code=scope)
    return found


def _newest(
    request: SignedInRequest, kind: LetterKind, region: Region | None
) -> LetterTemplate | None:
    """The version to start from: that of the région, else the national one."""
    seen = LetterTemplate.objects.visible_to(request.user).with_names()
    own: LetterTemplate | None = seen.of_scope(kind, region.pk if region else None).first()
    return own or seen.of_scope(kind, None).first()


def _initial(newest: LetterTemplate | None) -> dict[str, Any]:
    return {"subject": newest.subject, "body": newest.body} if newest else {}
