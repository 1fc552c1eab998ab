"""The list of dossiers, and the pages of one dossier that look across apps: summary, journal."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.access import Permission, SignedInRequest, needs, signed_in
from records.models import JournalEntry
from territories.models import Cpts

ENTRIES_ON_SUMMARY = 5
ENTRIES_PER_PAGE = 50


@needs(Permission.DOSSIER_LIST)
def dossiers(request: SignedInRequest) -> HttpResponse:
    """The working list of the authorities and of the committees."""
    found = Cpts.objects.visible_to(request.user, Permission.DOSSIER_LIST).with_header()
    page = Paginator(found.order_by("name", "pk"), 25).get_page(request.GET.get("page"))
    return render(request, "portal/dossiers.html", {"page": page})


@signed_in
def dossier(request: SignedInRequest, reference: str) -> HttpResponse:
    """What the dossier is about, whose turn it is, and what this person can do now."""
    cpts = get_object_or_404(
        Cpts.objects.visible_to(request.user).with_header(), reference=reference
    )
    entries = JournalEntry.objects.of_dossier(cpts.reference).newest_first()[:ENTRIES_ON_SUMMARY]
    context = {"cpts": cpts, "tab": "summary", "entries": entries}
    return render(request, "portal/dossier.html", context)


@needs(Permission.DOSSIER_SEE)
def dossier_journal(request: SignedInRequest, reference: str) -> HttpResponse:
    """Everything that happened to the dossier, newest first."""
    cpts = get_object_or_404(
        Cpts.objects.visible_to(request.user).with_header(), reference=reference
    )
    entries = JournalEntry.objects.of_dossier(cpts.reference).newest_first()
    page = Paginator(entries, ENTRIES_PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "portal/dossier_journal.html", {"cpts": cpts, "tab": "journal", "page": page}
    )
