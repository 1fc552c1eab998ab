"""A session as it goes: convene, point, open, declare, vote, close, decide."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.access import Permission, SignedInRequest, needs
from projects import actions
from projects.session_forms import (
    AttendanceForm,
    CloseForm,
    ConflictForm,
    DecisionsForm,
    VoteForm,
)
from projects.session_pages import gather_session
from projects.session_querysets import manages
from projects.views.sessions import answer, fetch_held, fetch_session, item_of
from records.idempotency import once


@require_POST
@needs(Permission.SESSION_MANAGE)
@once
def convene(request: SignedInRequest, identifier: UUID) -> HttpResponse:
    """Tell the members."""
    held = fetch_held(request, identifier)
    actions.convene(held, by=request.user)
    messages.success(request, "Les membres sont convoqués par courriel.")
    return redirect(held)


@needs(Permission.SESSION_MANAGE)
@once
def take_attendance(request: SignedInRequest, identifier: UUID) -> HttpResponse:
    """Who is there."""
    held = fetch_held(request, identifier)
    form = AttendanceForm(held.members.all(), request.POST or None)
    if request.method == "POST" and form.is_valid():
        pointings = form.pointings
        if form.run(lambda: actions.take_attendance(held, pointings, by=request.user)):
            messages.success(request, "La présence est pointée.")
            return redirect(held)
    template = "projects/sessions/lines.html"
    return answer(request, held, form, "Pointer la présence", template=template)


@require_POST
@needs(Permission.SESSION_MANAGE)
@once
def open_session(request: SignedInRequest, identifier: UUID) -> HttpResponse:
    """Votes may begin."""
    held = fetch_held(request, identifier)
    actions.open_session(held, by=request.user)
    messages.success(request, "La séance est ouverte : les membres présents peuvent voter.")
    return redirect(held)


@needs(Permission.SESSION_SEE)
@once
def declare_conflict(request: SignedInRequest, identifier: UUID, number: int) -> HttpResponse:
    """A member's own interest in a file; whoever holds the session may write it for them."""
    item = item_of(fetch_session(request, identifier), number)
    members = list(item.session.members.all())
    if not manages(request.user, item.session):
        members = [one for one in members if one.user_id == request.user.pk]
    if not members:
        raise PermissionDenied
    form = ConflictForm(members, request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if form.run(
            lambda: actions.declare_conflict(item, form.chosen, reason=reason, by=request.user)
        ):
            messages.success(request, "Le conflit d’intérêts est déclaré.")
            return redirect(item.session)
    title = f"Déclarer un conflit d’intérêts : {item.title}"
    return answer(request, item.session, form, title, submit_label="Déclarer")


@needs(Permission.OPINION_GIVE)
@once
def vote(request: SignedInRequest, identifier: UUID, number: int) -> HttpResponse:
    """The vote of a present member on one file."""
    item = item_of(fetch_session(request, identifier), number)
    form = VoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        choice = form.cleaned_data["choice"]
        if form.run(lambda: actions.vote(item, choice=choice, by=request.user)):
            messages.success(request, f"Votre vote est enregistré : {item.title}.")
            return redirect(item.session)
    return answer(request, item.session, form, f"Voter : {item.title}", submit_label="Voter")


@needs(Permission.SESSION_MANAGE)
@once
def close_session(request: SignedInRequest, identifier: UUID) -> HttpResponse:
    """The votes become the opinions of the committee, all at once."""
    held = fetch_held(request, identifier)
    page = gather_session(held, request.user)
    form = CloseForm(page.items, page.foreseen, page.must_explain, request.POST or None)
    if request.method == "POST" and form.is_valid():
        outcomes = form.outcomes
        if form.run(lambda: actions.close_session(held, outcomes, by=request.user)):
            messages.success(request, "La séance est close. Les avis sont rendus.")
            return redirect(held)
        held.refresh_from_db()
    template = "projects/sessions/close.html"
    label = "Clore et rendre les avis"
    title = "Clore la séance"
    return answer(request, held, form, title, template=template, submit_label=label)


@needs(Permission.FILING_DECIDE)
def decide_letters(request: SignedInRequest, identifier: UUID) -> HttpResponse:
    """Several letters on one page. No `@once` here: it would make one transaction of all.

    A second click finds each letter decided, and says so.
    """
    page = gather_session(fetch_session(request, identifier), request.user)
    # Posted lines stay, even those that a colleague decided meanwhile: they are reported.
    letters = [
        item for item in page.letters if f"verdict_{item.number}" in request.POST
    ] or page.decidable
    form = DecisionsForm(letters, request.POST or None)
    reports = batch = None
    if request.method == "POST" and form.is_valid():
        reports = actions.decide_letters(page.session, form.decisions, by=request.user)
        batch = actions.want_decided_letters(reports, by=request.user)
        page = gather_session(fetch_session(request, identifier), request.user)
        form = DecisionsForm(page.decidable)
    context = {"page": page, "session": page.session, "form": form}
    context |= {"reports": reports, "batch": batch}
    return render(request, "projects/sessions/decide.html", context)
