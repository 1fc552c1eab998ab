"""The dialogue de gestion of a contract year: what the signed annex gives, for who decides."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import Permission, SignedInRequest, needs
from aci.contract_pages import shown_cpts
from aci.models import Contract
from aci.payments.year_revisions import revisions_of
from missions.review_pages import year_review
from territories.scopes import may_on


@needs(Permission.DOSSIER_SEE)
@require_safe
def review(request: SignedInRequest, reference: str, number: int) -> HttpResponse:
    """Each indicator with its measure and its euros; each mission within its envelope."""
    signed = Contract.objects.visible_to(request.user).signed_of(
        reference, request.GET.get("contrat", "")
    )
    contract: Contract = get_object_or_404(signed.with_page()[:1])
    revisions = revisions_of(contract, number)
    if not revisions:
        raise Http404
    page = year_review(contract, revisions)
    may_settle = may_on(request.user, contract.cpts)(Permission.PAYMENT_PREPARE)
    context = {
        "page": page,
        "contract": contract,
        "cpts": shown_cpts(contract),
        "tab": "missions",
        "settle_url": page.settle_url(contract) if may_settle else "",
    }
    return render(request, "missions/review.html", context)
