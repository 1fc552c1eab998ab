"""The checklist of completeness, before « Déclarer complet »."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import Permission, SignedInRequest, needs
from foundation.workflow import NotAllowed
from projects import actions
from projects.checklist_page import ChecklistForm, ChecklistPage
from projects.models import CompletenessCheck, Kind, Submission
from projects.pages import FilingPage
from projects.views.reading import TABS, fetch
from records.idempotency import once
from territories.scopes import may_on


@needs(Permission.COMPLETENESS_CHECK)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def completeness(request: SignedInRequest, reference: str, kind: Kind) -> HttpResponse:
    """Point by point: what the portal sees, what the ARS and the CPAM ticked, and their notes."""
    filing = fetch(request, reference, kind)
    if not may_on(request.user, filing.cpts)(Permission.COMPLETENESS_CHECK):
        raise NotAllowed(Permission.COMPLETENESS_CHECK)
    sent = Submission.objects.visible_to(request.user).filter(filing=filing).newest_first()
    submission = get_object_or_404(sent[:1])
    submission.filing = filing
    checks = list(
        CompletenessCheck.objects.visible_to(request.user)
        .filter(submission=submission)
        .select_related("by")
    )
    party = actions.party_of(request.user, filing)
    own = {check.key: check for check in checks if check.party == party}
    form = ChecklistForm(submission.points, own, submission.number, request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and form.run(
            lambda: actions.check_completeness(
                filing, form.ticks, sending=form.cleaned_data["sending"], by=request.user
            )
        )
    ):
        messages.success(request, "La vérification est enregistrée.")
        return redirect("projects:completeness", reference, kind)
    page = FilingPage(filing, request.user, comments=[])  # the requests are read elsewhere
    context = {
        "page": page,
        "cpts": filing.cpts,
        "filing": filing,
        "tab": TABS[kind],
        "form": form,
        "checklist": ChecklistPage(submission, form, checks, party),
        "declare": next((act for act in page.acts if act.name == "declare_complete"), None),
    }
    return render(request, "projects/completeness.html", context)
