"""Opinions: who is asked, what is answered, what the parties read; one table of them all."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, SignedInRequest, needs
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from projects import actions
from projects.bodies import bodies_known
from projects.models import Filing, Kind, Opinion, OpinionFile, OpinionRequest
from projects.opinion_forms import InviteBodyForm, OpinionForm, WithdrawRequestForm
from projects.opinion_pages import Table, examinations, lines_of
from projects.opinion_states import RequestState
from projects.pages import page_url
from projects.views.reading import ensure_open, fetch
from records import files
from records.idempotency import once
from territories.models import Cpts
from territories.scopes import may_on


@needs(Permission.DOSSIER_SEE)
@require_safe
def opinions(request: SignedInRequest, reference: str) -> HttpResponse:
    """Whom the procedure asks, and the answers this person may read."""
    user = request.user
    filings = list(Filing.objects.visible_to(user).with_page().of_dossier(reference))
    if filings:
        cpts = filings[-1].cpts
        asked = OpinionRequest.objects.visible_to(user).of_dossier(reference)
        given = Opinion.objects.visible_to(user).of_dossier(reference)
        found = examinations(filings, asked.select_related("grid"), given, user)
    else:
        seen = Cpts.objects.visible_to(user).with_header()
        cpts, found = get_object_or_404(seen, reference=reference), []
    context = {"cpts": cpts, "tab": "opinions", "examinations": found}
    return render(request, "projects/opinions.html", context)


@needs(Permission.OPINION_READ)
@require_safe
def opinion_table(request: SignedInRequest, reference: str, kind: Kind) -> HttpResponse:
    """Bodies × criteria, for the authorities, on screen and on paper."""
    filing = fetch(request, reference, kind)
    _ensure_may(request, filing, Permission.OPINION_READ)
    asked = OpinionRequest.objects.visible_to(request.user).of_dossier(reference)
    given = Opinion.objects.visible_to(request.user).of_dossier(reference)
    lines = lines_of(filing, asked.select_related("grid"), given, request.user)
    context = _context(filing, table=Table(lines))
    return render(request, "projects/opinion_table.html", context)


@needs(Permission.OPINION_GIVE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def give_opinion(request: SignedInRequest, reference: str, kind: Kind) -> HttpResponse:
    """The opinion of the body that the person represents: saved as a draft, then given."""
    filing = fetch(request, reference, kind)
    ensure_open(filing, "give_local_opinion", request)
    asked = _asked(request, filing)
    draft: Any = asked.draft_content or {}  # type: ignore[attr-defined]  # told by `with_draft`
    number: int = asked.draft_number  # type: ignore[attr-defined]
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = OpinionForm(asked, draft, number, *posted)
    if request.method == "POST" and form.is_valid():
        answer = _answer_to(request, filing, asked, form)
        if answer:
            return answer
    joined = OpinionFile.objects.visible_to(request.user).filter(request=asked)
    context = _context(
        filing,
        asked=asked,
        form=form,
        joined=joined.select_related("file"),
        # A colleague saved meanwhile: both texts are shown, and nothing is written over.
        is_stale=form.is_bound and form["based_on"].value() != str(number) and number > 0,
        draft=draft,
    )
    if context["is_stale"]:
        form.take_over(number)
    return render(request, "projects/give_opinion.html", context)


def _answer_to(
    request: SignedInRequest, filing: Filing, asked: OpinionRequest, form: OpinionForm
) -> HttpResponse | None:
    """Save or give, as the button says; nothing when it was refused: the form says why."""
    if request.POST.get("then") == "draft":
        based_on = form.cleaned_data["based_on"]
        if form.run(
            lambda: actions.save_opinion_draft(
                asked, **form.answer, based_on=based_on, by=request.user
            )
        ):
            messages.success(
                request,
                "Le brouillon est enregistré. Seuls les membres de votre organisme le lisent.",
            )
            return redirect(f"{request.path}?niveau={asked.level}")
        return None
    if form.run(
        lambda: actions.give_opinion(filing, level=asked.level, **form.answer, by=request.user)
    ):
        messages.success(
            request,
            "L’avis est enregistré. Il ne peut plus être modifié ; l’ARS le communiquera aux "
            "parties.",
        )
        return redirect("projects:opinions", filing.cpts.reference)
    return None


def _asked(request: SignedInRequest, filing: Filing) -> OpinionRequest:
    """The invitation to answer: of the level named, else the first; or why there is none."""
    mine = OpinionRequest.objects.of_body_of(request.user).filter(filing=filing).with_draft()
    found = list(mine)
    for item in found:
        item.filing = filing
    level = request.POST.get("level") or request.GET.get("niveau")
    found.sort(key=lambda item: (item.state != RequestState.INVITED, item.level != level))
    if found and (found[0].state == RequestState.INVITED or request.method == "POST"):
        chosen: OpinionRequest = found[0]
        return chosen
    if found and found[0].state == RequestState.GIVEN:
        raise Refused(f"{found[0].body} a déjà donné son avis.")
    if found and found[0].state == RequestState.PLANNED:
        raise Refused("L’avis du comité local est attendu avant celui du comité régional.")
    raise Refused("Votre organisme n’est pas invité à donner un avis sur ce dossier.")


@needs(Permission.OPINION_INVITE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def invite_body(request: SignedInRequest, reference: str, kind: Kind) -> HttpResponse:
    """One more body to ask."""
    filing = fetch(request, reference, kind)
    _ensure_may(request, filing, Permission.OPINION_INVITE)
    form = InviteBodyForm(filing, bodies_known(filing.cpts), request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and form.run(lambda: actions.invite_body(filing, **form.answer, by=request.user))
    ):
        messages.success(request, "L’organisme est invité : ses membres sont prévenus.")
        return redirect("projects:opinions", reference)
    return render(request, "projects/invite_body.html", _context(filing, form=form))


@needs(Permission.OPINION_INVITE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def withdraw_request(
    request: SignedInRequest, reference: str, kind: Kind, identifier: UUID
) -> HttpResponse:
    """A body is no longer asked."""
    filing = fetch(request, reference, kind)
    seen = OpinionRequest.objects.visible_to(request.user).filter(filing=filing)
    asked = get_object_or_404(seen.select_related("grid"), uuid=identifier)
    asked.filing = filing
    _ensure_may(request, filing, Permission.OPINION_INVITE)
    form = WithdrawRequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if form.run(lambda: actions.withdraw_request(asked, reason=reason, by=request.user)):
            messages.success(
                request, "L’invitation est retirée, les membres de l’organisme sont prévenus."
            )
            return redirect("projects:opinions", reference)
    context = _context(filing, form=form, asked=asked)
    return render(request, "projects/withdraw_request.html", context)


@require_POST
@needs(Permission.OPINION_RELEASE)
@once
def release_opinions(request: SignedInRequest, reference: str, kind: Kind) -> HttpResponse:
    """The parties may read the opinions."""
    filing = fetch(request, reference, kind)
    actions.release_opinions(filing, by=request.user)
    messages.success(request, "Les avis sont communiqués aux parties.")
    return redirect("projects:opinions", reference)


@needs(Permission.DOSSIER_SEE)
@require_safe
def download_opinion_file(
    request: SignedInRequest, reference: str, identifier: Any
) -> HttpResponse:
    """A file joined to an opinion, for whoever reads the opinion."""
    seen = OpinionFile.objects.visible_to(request.user)
    return files.download(get_object_or_404(seen.of_file(reference, identifier)).file)


@require_POST
@needs(Permission.OPINION_GIVE)
@once
def remove_opinion_file(request: SignedInRequest, reference: str, identifier: UUID) -> HttpResponse:
    """Take a file off an opinion being prepared."""
    seen = OpinionFile.objects.visible_to(request.user)
    joined = get_object_or_404(seen.of_file(reference, identifier))
    actions.remove_opinion_file(joined, by=request.user)
    messages.success(request, "Le fichier est retiré.")
    return redirect("projects:give_opinion", reference, Kind(joined.request.filing.kind))


def _ensure_may(request: SignedInRequest, filing: Filing, permission: Permission) -> None:
    if not may_on(request.user, filing.cpts)(permission):
        raise NotAllowed(permission)


def _context(filing: Filing, **more: Any) -> dict[str, Any]:
    return {
        "cpts": filing.cpts,
        "filing": filing,
        "tab": "opinions",
        "filing_url": page_url(filing),
        **more,
    }
