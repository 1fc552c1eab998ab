"""The pages of a filing: task list or reading, older versions, printing."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import Permission, SignedInRequest, needs
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from projects.models import Filing, Kind
from projects.pages import gather
from territories.forms import OverlapReasonForm
from territories.models import Cpts
from territories.scopes import may_on

TABS = {Kind.LETTER: "letter", Kind.PROJECT: "project"}


def fetch(request: SignedInRequest, reference: str, kind: str) -> Filing:
    """The last version of this kind that the person may see, or 404."""
    seen = Filing.objects.visible_to(request.user).with_page().with_documents(request.user)
    found: Filing = get_object_or_404(seen.latest_of(reference, kind))
    return found


def ensure_open(filing: Filing, name: str, request: SignedInRequest) -> None:
    """403 without the right; a message rather than a form when the act is not possible.

    Once something was typed, the action itself refuses: the form comes back with its text.
    """
    transition = filing.transition(name)
    if not may_on(request.user, filing.cpts)(transition.permission):
        raise NotAllowed(name)
    refusal = filing.workflow.refusal(transition, filing)
    if refusal and request.method == "GET":
        raise Refused(refusal)


@needs(Permission.DOSSIER_SEE)
@require_safe
def letter(request: SignedInRequest, reference: str) -> HttpResponse:
    """The letter of intention: the form of the holders, the reading of the others."""
    return _page(request, reference, Kind.LETTER)


@needs(Permission.DOSSIER_SEE)
@require_safe
def health_project(request: SignedInRequest, reference: str) -> HttpResponse:
    """The health project, likewise, with its legal clock."""
    return _page(request, reference, Kind.PROJECT)


@needs(Permission.DOSSIER_SEE)
@require_safe
def version(request: SignedInRequest, reference: str, kind: Kind, number: int) -> HttpResponse:
    """An older version, as it ended."""
    versions = Filing.objects.visible_to(request.user).with_page().with_documents(request.user)
    filing = get_object_or_404(versions.latest_of(reference, kind, number))
    page = gather(filing, request.user)
    context = {"page": page, "cpts": page.cpts, "filing": filing, "tab": TABS[kind]}
    return render(request, "projects/version.html", context)


@needs(Permission.DOSSIER_SEE)
@require_safe
def print_filing(request: SignedInRequest, reference: str, kind: Kind) -> HttpResponse:
    """The whole filing on paper."""
    filing = fetch(request, reference, kind)
    page = gather(filing, request.user)
    return render(
        request, "projects/print.html", {"page": page, "cpts": page.cpts, "filing": filing}
    )


def show(request: SignedInRequest, filing: Filing, status: int = 200, **more: Any) -> HttpResponse:
    """The page of a filing; `more` brings the form of a refused act."""
    page = gather(filing, request.user)
    context = {
        "page": page,
        "cpts": page.cpts,
        "filing": filing,
        "tab": TABS[Kind(filing.kind)],
        "overlap_form": OverlapReasonForm(initial={"reason": _overlap_reason(filing)}),
        **more,
    }
    template = "projects/task_list.html" if page.is_task_list else "projects/filing.html"
    return render(request, template, context, status=status)


def _overlap_reason(filing: Filing) -> str:
    territory = filing.cpts.territory
    return territory.overlap_reason if territory else ""


def _page(request: SignedInRequest, reference: str, kind: Kind) -> HttpResponse:
    versions = Filing.objects.visible_to(request.user).with_page().with_documents(request.user)
    filing = versions.latest_of(reference, kind).first()
    if filing is not None:
        return show(request, filing)
    # Nothing to read yet: the dossier exists, the filing does not, or not for this person.
    cpts = get_object_or_404(
        Cpts.objects.visible_to(request.user).with_header(), reference=reference
    )
    may_write = may_on(request.user, cpts)(Permission.FILING_WRITE)
    approved = Filing.objects.visible_to(request.user).approved_letter_of(cpts)
    context = {
        "cpts": cpts,
        "tab": TABS[kind],
        "kind": kind,
        "can_open": may_write and (kind == Kind.LETTER or approved.exists()),
    }
    return render(request, "projects/nothing_yet.html", context)
