"""The list of dossiers, and the pages of one dossier that look across apps: summary, journal."""

from typing import Any

from django.db.models import Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import Permission, SignedInRequest, needs
from accounts.models import SavedView, User
from aci.reshaping_pages import may_start
from cpts_portal.dossier_export import HEADER, row_of
from cpts_portal.dossier_filters import DEFAULT_SORT, DossierFilter, ignored_in
from cpts_portal.duties import duties_on, with_duties
from cpts_portal.journal_filters import JournalFilter
from cpts_portal.parties import parties_of
from foundation import clock
from foundation.htmx import render_page_or_part
from foundation.paging import page_of
from foundation.spreadsheet import EXPORTED_AT_ONCE, Cell, csv_stream, table_download
from records.models import JournalEntry, JournalEntryQuerySet
from territories import turns
from territories.models import Cpts
from territories.querysets import CptsQuerySet
from territories.scopes import permissions_on

ENTRIES_ON_SUMMARY = 5
ENTRIES_PER_PAGE = 50

# Whom the authorities ask, and how they check: told like the opinions, never to the holders. The
# chain keeps these acts; its numbers show that some are not read.
OF_THE_AUTHORITIES = frozenset({"invite_body", "withdraw_request", "check_completeness"})
JOURNAL_HEADER = ["Numéro", "Date", "Heure", "Acte", "Auteur", "Qualité", "Motif", "Empreinte"]


@needs(Permission.DOSSIER_LIST)
@require_safe
def dossiers(request: SignedInRequest) -> HttpResponse:
    """The working list of the authorities and of the committees: why each row is there."""
    filters = DossierFilter(request.GET, queryset=_listed_for(request.user))
    default = Subquery(SavedView.objects.default_query(request.user))
    shown = Cpts.objects.read_by(request.user).with_header().with_bearers()
    shown = shown.annotate(opens_on=default)
    page = page_of(filters.qs, request.GET.get("page"), shown=shown)
    if not request.GET and page.object_list and page.object_list[0].opens_on:
        return redirect(f"{reverse('dossiers')}?{page.object_list[0].opens_on}")
    context = {
        "filters": filters,
        "page": page,
        "today": clock.today(),
        "ignored": ignored_in(filters, request.GET),
        "everything": f"{reverse('dossiers')}?tri={DEFAULT_SORT}",
    }
    return render_page_or_part(request, "portal/dossiers.html", "results", context)


@needs(Permission.DOSSIER_LIST)
@require_safe
def dossiers_export(request: SignedInRequest, kind: str) -> HttpResponse:
    """The same rows, all of them, for a spreadsheet."""
    filters = DossierFilter(
        request.GET, queryset=_listed_for(request.user).with_header().with_bearers()
    )
    rows = (row_of(cpts) for cpts in filters.qs.iterator(chunk_size=EXPORTED_AT_ONCE))
    return table_download(kind, f"dossiers-cpts-{clock.today().isoformat()}", HEADER, rows)


@needs(Permission.DOSSIER_SEE, Permission.SHARED_SEE)
@require_safe
def dossier(request: SignedInRequest, reference: str) -> HttpResponse:
    """What the dossier is about, whose turn it is, and what this person can do now."""
    user = request.user
    cpts = get_object_or_404(with_duties(user), reference=reference)
    context = {
        "cpts": cpts,
        "tab": "summary",
        "duties": duties_on(cpts, user),
        "is_my_turn": turns.is_turn_of(user, cpts),
        "steps": turns.steps_of(cpts),
        **_for_the_parties(cpts, user),
    }
    return render(request, "portal/dossier.html", context)


@needs(Permission.DOSSIER_SEE)
@require_safe
def dossier_journal(request: SignedInRequest, reference: str) -> HttpResponse:
    """What happened to the dossier, newest first: all of it, or one kind of act, or a period."""
    cpts = get_object_or_404(
        Cpts.objects.visible_to(request.user).with_header(), reference=reference
    )
    filters = JournalFilter(request.GET, queryset=_journal_of(cpts, request.user))
    page = page_of(filters.qs, request.GET.get("page"), per_page=ENTRIES_PER_PAGE)
    context = {"cpts": cpts, "tab": "journal", "page": page, "filters": filters}
    return render_page_or_part(request, "portal/dossier_journal.html", "results", context)


@needs(Permission.DOSSIER_SEE)
@require_safe
def dossier_journal_export(request: SignedInRequest, reference: str) -> HttpResponse:
    """The same acts, all of them, for a spreadsheet."""
    cpts = get_object_or_404(Cpts.objects.visible_to(request.user), reference=reference)
    filters = JournalFilter(request.GET, queryset=_journal_of(cpts, request.user))
    name = f"journal-{cpts.reference}-{clock.today().isoformat()}.csv"
    rows = (_journal_row(entry) for entry in filters.qs.iterator(chunk_size=2000))
    return csv_stream(name, JOURNAL_HEADER, rows)


def _journal_of(cpts: Cpts, user: User) -> JournalEntryQuerySet:
    """The acts as this person may read them."""
    entries = JournalEntry.objects.of_dossier(cpts.reference).newest_first()
    if Permission.OPINION_READ in permissions_on(user, cpts):
        return entries
    return entries.exclude(verb__in=OF_THE_AUTHORITIES)


def _journal_row(entry: JournalEntry) -> list[Cell]:
    at = entry.at.astimezone(clock.PARIS)
    return [
        entry.number,
        at.date(),
        f"{at:%H:%M}",
        entry.sentence,
        entry.actor_name,
        entry.actor_role,
        entry.reason,
        entry.sha256,
    ]


def _listed_for(user: User) -> CptsQuerySet:
    return Cpts.objects.visible_to(user, Permission.DOSSIER_LIST)


def _for_the_parties(cpts: Cpts, user: User) -> dict[str, Any]:
    """Contacts and last acts; a plain member of the CPTS has the shared facts only."""
    if permissions_on(user, cpts) == {Permission.SHARED_SEE}:
        return {"parties": [], "entries": [], "is_party": False}
    return {
        "parties": parties_of(cpts),
        "entries": _journal_of(cpts, user)[:ENTRIES_ON_SUMMARY],
        "is_party": True,
        "may_reshape": may_start(user, cpts),
    }
