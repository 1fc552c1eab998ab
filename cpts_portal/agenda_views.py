"""The agenda as a page, as a calendar to subscribe to, and the secret addresses of one's own."""

import datetime as dt
import hashlib
import uuid
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, SignedInRequest, needs, public, signed_in
from cpts_portal.agenda import agenda_of, as_event
from cpts_portal.agenda_days import AgendaDay
from cpts_portal.agenda_forms import SubscribeForm
from foundation import clock
from foundation.dates import format_date
from foundation.ical import CONTENT_TYPE, calendar_text
from records.idempotency import once
from territories import feeds as actions
from territories.models import CalendarFeed, Cpts

SHOWN_WEEKS = 12


@needs(Permission.DOSSIER_SEE)
@require_safe
def agenda(request: SignedInRequest) -> HttpResponse:
    """What is over since a month, then week by week."""
    days = agenda_of(request.user)
    today = clock.today()
    last = today + dt.timedelta(weeks=SHOWN_WEEKS)
    coming = [one for one in days if today <= one.day <= last]
    context = {
        "late": [one for one in days if one.is_late],
        "weeks": [(name, list(rows)) for name, rows in groupby(coming, key=_week_of)],
        "later": sum(one.day > last for one in days),
        "shown_weeks": SHOWN_WEEKS,
    }
    return render(request, "portal/agenda.html", context)


@public
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The secret address: what its owner may see today, or nothing any more."""
    feed = get_object_or_404(CalendarFeed.objects.bearing(token))
    if Permission.DOSSIER_SEE not in feed.user.permissions:
        raise Http404
    days = agenda_of(feed.user, feed.dossiers)
    text = calendar_text(f"CPTS\u00a0: {feed.scope_label}", _events(request, days))
    etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    response = HttpResponse(text, content_type=CONTENT_TYPE)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["Content-Disposition"] = 'inline; filename="agenda-cpts.ics"'
    response["X-Robots-Tag"] = "noindex"
    answer = get_conditional_response(request, etag=etag, response=response)
    return answer if isinstance(answer, HttpResponse) else response


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@once
def subscriptions(request: SignedInRequest) -> HttpResponse:
    """One's addresses; a new one is shown here, this once."""
    form = SubscribeForm(
        request.POST if request.method == "POST" else None,
        user=request.user,
        cpts=_dossier_of(request),
    )
    address = ""
    if form.is_valid():

        def subscribe() -> None:
            nonlocal address
            token = actions.subscribe(by=request.user, **form.chosen)
            address = request.build_absolute_uri(reverse("calendar", args=[token]))

        form.run(subscribe)
    context = {
        "form": form,
        "address": address,
        "feeds": CalendarFeed.objects.visible_to(request.user),
        "may_subscribe": Permission.DOSSIER_SEE in request.user.permissions,
    }
    return render(request, "portal/subscriptions.html", context)


@signed_in
@require_POST
@once
def revoke(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The address opens nothing any more."""
    feed = get_object_or_404(CalendarFeed.objects.visible_to(request.user), uuid=public_id)
    actions.revoke(feed)
    messages.success(request, "L’adresse est supprimée : elle n’ouvre plus aucun agenda.")
    return redirect("subscriptions")


def _dossier_of(request: SignedInRequest) -> Cpts | None:
    """The CPTS from whose page one comes (« ?cpts=62-ABC »), if one may see it."""
    reference = request.GET.get("cpts", "")[:20]
    if not reference:
        return None
    found: Cpts = get_object_or_404(Cpts.objects.visible_to(request.user), reference=reference)
    return found


def _events(request: HttpRequest, days: list[AgendaDay]) -> Any:
    root = request.build_absolute_uri("/").rstrip("/")
    return [as_event(one, root) for one in days]


def _week_of(one: AgendaDay) -> str:
    """« Semaine du 2 mars 2026 »: from Monday on."""
    monday = one.day - dt.timedelta(days=one.day.weekday())
    return f"Semaine du {format_date(monday)}"
