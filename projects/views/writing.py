"""The holders: start, invite, write a step, join pieces, hand over, take back."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, SignedInRequest, needs, signed_in
from foundation.forms import PortalForm
from foundation.htmx import render_page_or_part
from projects import actions
from projects.form_pages import StepPage
from projects.forms import AttachmentForm, InviteForm, StartForm, StepForm, WithdrawalForm
from projects.models import Attachment, Filing, Invitation, Kind
from projects.pages import gather, holders_of, page_url
from projects.views.reading import TABS, ensure_open, fetch, show
from records import files
from records.idempotency import once
from territories import editing
from territories.forms import OverlapReasonForm
from territories.models import Cpts


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@once
def start(request: SignedInRequest) -> HttpResponse:
    """Anybody signed in opens the dossier of a new community."""
    form = StartForm(request.POST or None, departement=request.GET.get("departement", ""))
    if request.method == "POST" and form.is_valid():
        letter = actions.start_letter(**form.cleaned_data, by=request.user)
        messages.success(
            request, "Le dossier est ouvert. Choisissez les communes et remplissez la lettre."
        )
        return redirect(page_url(letter))
    return render_page_or_part(request, "projects/start.html", "fund", {"form": form})


@require_POST
@needs(Permission.FILING_WRITE)
@once
def open_letter(request: SignedInRequest, reference: str) -> HttpResponse:
    """The letter of a community founded without one."""
    cpts = get_object_or_404(Cpts.objects.visible_to(request.user), reference=reference)
    return redirect(page_url(actions.open_letter(cpts, by=request.user)))


@require_POST
@needs(Permission.FILING_WRITE)
@once
def open_health_project(request: SignedInRequest, reference: str) -> HttpResponse:
    """The project that an approved letter opens."""
    letter = fetch(request, reference, Kind.LETTER)
    project = actions.open_health_project(letter, by=request.user)
    messages.success(request, "Le projet de santé est ouvert, rempli avec ce que dit la lettre.")
    return redirect(page_url(project))


@needs(Permission.FILING_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def letter_step(request: SignedInRequest, reference: str, step: str) -> HttpResponse:
    """One step of the letter."""
    return _step(request, fetch(request, reference, Kind.LETTER), step)


@needs(Permission.FILING_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def health_project_step(request: SignedInRequest, reference: str, step: str) -> HttpResponse:
    """One step of the project."""
    return _step(request, fetch(request, reference, Kind.PROJECT), step)


def _step(request: SignedInRequest, filing: Filing, slug: str) -> HttpResponse:
    page = gather(filing, request.user)
    step = filing.step(slug)
    if step is None:
        raise Http404
    if not page.is_task_list:
        return redirect(page_url(filing))
    form = StepForm(step, filing, request.POST or None, opened=page.opened)
    stored = {}
    if request.method == "POST" and form.is_valid():
        if form.run(
            lambda: actions.save_step(
                filing, slug, form.answers, version=form.cleaned_data["version"], by=request.user
            )
        ):
            messages.success(request, f"L’étape « {step.title} » est enregistrée.")
            return redirect(StepPage(page, step, form).url_after(request.POST.get("then", "")))
        stored = form.show_beside(filing)
    context = {"step_page": StepPage(page, step, form, stored), "form": form, "page": page}
    context |= {"cpts": page.cpts, "filing": filing, "tab": TABS[Kind(filing.kind)]}
    return render(request, "projects/step.html", context)


@needs(Permission.FILING_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def attachments(request: SignedInRequest, reference: str, kind: Kind) -> HttpResponse:
    """The pieces joined to a filing, and one more."""
    filing = fetch(request, reference, kind)
    page = gather(filing, request.user)
    if not page.is_task_list:
        return redirect(page_url(filing))
    form = AttachmentForm(filing, page.opened, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if form.run(
            lambda: actions.add_attachment(
                filing, given["file"], kind=given["kind"], label=given["label"], by=request.user
            )
        ):
            messages.success(request, "La pièce est jointe.")
            return redirect("projects:attachments", reference, kind)
    context = {"page": page, "cpts": page.cpts, "filing": filing, "form": form, "tab": TABS[kind]}
    return render(request, "projects/attachments.html", context)


@needs(Permission.DOSSIER_SEE)
@require_safe
def download_attachment(
    request: SignedInRequest, reference: str, kind: Kind, identifier: UUID
) -> HttpResponse:
    """A joined piece, for whoever sees the filing."""
    return files.download(_attachment(request, reference, kind, identifier).file)


@require_POST
@needs(Permission.FILING_WRITE)
@once
def remove_attachment(
    request: SignedInRequest, reference: str, kind: Kind, identifier: UUID
) -> HttpResponse:
    """Take a piece off."""
    actions.remove_attachment(_attachment(request, reference, kind, identifier), by=request.user)
    messages.success(request, "La pièce est retirée.")
    return redirect("projects:attachments", reference, kind)


def _attachment(
    request: SignedInRequest, reference: str, kind: Kind, identifier: UUID
) -> Attachment:
    seen = Attachment.objects.visible_to(request.user).with_filing()
    found: Attachment = get_object_or_404(seen.of_file(reference, kind, identifier))
    return found


@require_POST
@needs(Permission.FILING_SUBMIT)
@once
def submit(request: SignedInRequest, reference: str, kind: Kind) -> HttpResponse:
    """Hand over to the ARS and the CPAM, or show what is missing."""
    filing = fetch(request, reference, kind)
    form = PortalForm(request.POST)
    if form.is_valid() and form.run(lambda: actions.submit(filing, by=request.user)):
        messages.success(
            request,
            "C’est transmis à l’ARS et à la CPAM. Elles vérifient que le dossier est complet ; "
            "vous recevrez un accusé de réception par courriel.",
        )
        return redirect(page_url(filing))
    return show(request, filing, status=422, refused=form)


@require_POST
@needs(Permission.FILING_WRITE)
@once
def explain_overlap(request: SignedInRequest, reference: str, kind: Kind) -> HttpResponse:
    """Why the holders keep communes that another CPTS covers: asked before they hand over."""
    filing = fetch(request, reference, kind)
    form = OverlapReasonForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        if form.run(lambda: editing.explain_overlap(filing.cpts, reason=reason, by=request.user)):
            messages.success(request, "Le motif du chevauchement est enregistré.")
            return redirect(page_url(filing))
    return show(request, filing, status=422, overlap_form=form)


@needs(Permission.FILING_SUBMIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def withdraw(request: SignedInRequest, reference: str, kind: Kind) -> HttpResponse:
    """Take a filing back before any decision."""
    filing = fetch(request, reference, kind)
    ensure_open(filing, "withdraw", request)
    form = WithdrawalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if form.run(lambda: actions.withdraw(filing, reason=reason, by=request.user)):
            messages.success(request, "Le dépôt est retiré. Vous pourrez le reprendre.")
            return redirect(page_url(filing))
    page = gather(filing, request.user)
    context = {"page": page, "cpts": page.cpts, "filing": filing, "form": form, "tab": TABS[kind]}
    return render(request, "projects/withdraw.html", context)


@require_POST
@needs(Permission.FILING_SUBMIT)
@once
def take_up_again(request: SignedInRequest, reference: str, kind: Kind) -> HttpResponse:
    """A new version of a refused or withdrawn filing."""
    again = actions.take_up_again(fetch(request, reference, kind), by=request.user)
    messages.success(request, "Une nouvelle version est ouverte, avec vos réponses.")
    return redirect(page_url(again))


@needs(Permission.HOLDER_INVITE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def invite(request: SignedInRequest, reference: str) -> HttpResponse:
    """The holders of a community, and one more."""
    cpts = get_object_or_404(
        Cpts.objects.visible_to(request.user, Permission.HOLDER_INVITE).with_header(),
        reference=reference,
    )
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        if form.run(lambda: actions.invite(cpts, email=email, by=request.user)):
            messages.success(request, f"L’invitation est envoyée à {email}.")
            return redirect("projects:invite", reference)
    context = {
        "cpts": cpts,
        "tab": "letter",
        "form": form,
        "holders": holders_of(cpts),
        "invitations": Invitation.objects.visible_to(request.user).open().filter(cpts=cpts),
    }
    return render(request, "projects/invite.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@once
def accept_invitation(request: SignedInRequest, token: str) -> HttpResponse:
    """The invited person, once signed in, accepts."""
    invitation = Invitation.objects.bearing(token).with_cpts().first()
    if request.method == "POST":
        cpts = actions.accept_invitation(token, by=request.user)
        messages.success(request, f"Vous portez maintenant le projet de la {cpts}.")
        return redirect(reverse("projects:letter", args=[cpts.reference]))
    status = 200 if invitation else 410
    return render(request, "projects/invitation.html", {"invitation": invitation}, status=status)
