"""Committee sessions: the list, the page of one, and its preparation."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.access import Permission, SignedInRequest, needs
from foundation.forms import PortalForm
from foundation.paging import page_of
from projects import actions
from projects.models import AgendaItem, CommitteeSession
from projects.session_forms import AddItemForm, MembersForm, SessionForm, SlotForm
from projects.session_pages import gather_session
from projects.session_querysets import (
    eligible_filings,
    eligible_seats,
    managed_areas,
    manages,
)
from records.idempotency import once


def fetch_session(request: SignedInRequest, identifier: UUID) -> CommitteeSession:
    """The session of this address, if this person may see it, or 404."""
    visible = CommitteeSession.objects.visible_to(request.user)
    found: CommitteeSession = get_object_or_404(visible.with_page(), uuid=identifier)
    return found


def fetch_held(request: SignedInRequest, identifier: UUID) -> CommitteeSession:
    """The same for those who prepare and hold it; 403 for its readers."""
    session = fetch_session(request, identifier)
    if not manages(request.user, session):
        raise PermissionDenied
    return session


def item_of(session: CommitteeSession, number: int) -> AgendaItem:
    """One file of the agenda of a session that was fetched for this person."""
    item: AgendaItem = get_object_or_404(AgendaItem.objects.of(session), number=number)
    item.session = session
    return item


def answer(
    request: SignedInRequest, session: CommitteeSession, form: PortalForm, title: str, **more: Any
) -> HttpResponse:
    """The page of one act on a session: its title, its form, one button."""
    context = {"session": session, "form": form, "title": title, **more}
    template = more.get("template", "projects/sessions/form.html")
    return render(request, template, context)


@needs(Permission.SESSION_SEE)
def sessions(request: SignedInRequest) -> HttpResponse:
    """The sessions to come, then those that were held."""
    visible = CommitteeSession.objects.visible_to(request.user).latest_first()
    page = page_of(visible, request.GET.get("page"), shown=CommitteeSession.objects.with_counts())
    context = {
        "page": page,
        "upcoming": [one for one in reversed(page.object_list) if not one.is_closed],
        "held": [one for one in page.object_list if one.is_closed],
        "may_prepare": Permission.SESSION_MANAGE in request.user.permissions,
    }
    return render(request, "projects/sessions/list.html", context)


@needs(Permission.SESSION_SEE)
def session(request: SignedInRequest, identifier: UUID) -> HttpResponse:
    """One session: its agenda, its members, its votes, its papers."""
    page = gather_session(fetch_session(request, identifier), request.user)
    return render(
        request, "projects/sessions/session.html", {"page": page, "session": page.session}
    )


@needs(Permission.SESSION_MANAGE)
@once
def create_session(request: SignedInRequest) -> HttpResponse:
    """A new session of a committee of one's own area."""
    form = SessionForm(request.POST or None, areas=managed_areas(request.user))
    if request.method == "POST" and form.is_valid():
        made: list[CommitteeSession] = []
        if form.run(lambda: made.append(actions.create_session(**form.given, by=request.user))):
            messages.success(request, "La séance est préparée. Inscrivez maintenant les dossiers.")
            return redirect(made[0])
    return render(request, "projects/sessions/create.html", {"form": form})


@needs(Permission.SESSION_MANAGE)
@once
def edit_session(request: SignedInRequest, identifier: UUID) -> HttpResponse:
    """Another date, place or ballot."""
    held = fetch_held(request, identifier)
    form = SessionForm(request.POST or None, session=held)
    if request.method == "POST" and form.is_valid():
        given = form.given
        if form.run(lambda: actions.edit_session(held, **given, by=request.user)):
            messages.success(request, "La séance est modifiée.")
            return redirect(held)
    return answer(request, held, form, "Modifier la séance")


@needs(Permission.SESSION_MANAGE)
@once
def add_item(request: SignedInRequest, identifier: UUID) -> HttpResponse:
    """One more file on the agenda."""
    held = fetch_held(request, identifier)
    form = AddItemForm(eligible_filings(held), request.POST or None)
    if request.method == "POST" and form.is_valid():
        slot = form.slot
        if form.run(lambda: actions.add_item(held, form.chosen, slot=slot, by=request.user)):
            messages.success(request, "Le dossier est inscrit à l’ordre du jour.")
            return redirect(held)
    return answer(request, held, form, "Inscrire un dossier", submit_label="Inscrire")


@needs(Permission.SESSION_MANAGE)
@once
def change_item(request: SignedInRequest, identifier: UUID, number: int) -> HttpResponse:
    """Another slot for the hearing."""
    held = fetch_held(request, identifier)
    item = item_of(held, number)
    form = SlotForm(request.POST or None, item=item)
    if request.method == "POST" and form.is_valid():
        slot = form.slot
        if form.run(lambda: actions.change_item(item, slot=slot, by=request.user)):
            messages.success(request, "L’audition est modifiée.")
            return redirect(held)
    return answer(request, held, form, f"Audition : {item.title}")


@require_POST
@needs(Permission.SESSION_MANAGE)
@once
def remove_item(request: SignedInRequest, identifier: UUID, number: int) -> HttpResponse:
    """A file leaves the agenda."""
    item = item_of(fetch_session(request, identifier), number)
    actions.remove_item(item, by=request.user)
    messages.success(request, "Le dossier est retiré de l’ordre du jour.")
    return redirect(item.session)


@needs(Permission.SESSION_MANAGE)
@once
def choose_members(request: SignedInRequest, identifier: UUID) -> HttpResponse:
    """Who is convened, who presides."""
    held = fetch_held(request, identifier)
    form = MembersForm(eligible_seats(held), held, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.given
        if form.run(lambda: actions.choose_members(held, **given, by=request.user)):
            messages.success(request, "Les membres de la séance sont enregistrés.")
            return redirect(held)
    return answer(request, held, form, "Membres à convoquer")
