"""The evidence of one signature, for the parties and the authorities: read, checked, printed."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest, needs
from aci.contract_pages import shown_cpts
from aci.evidence_pages import evidence_of
from aci.models import Signature
from aci.parties import AT_THE_TABLE
from foundation import clock
from foundation.workflow import NotAllowed
from territories.scopes import may_on


@needs(*AT_THE_TABLE)
@require_safe
def signature_evidence(
    request: SignedInRequest, reference: str, text: str, act: str
) -> HttpResponse:
    """What was kept of the act; with « ?verifier=oui », what our validator says of it now."""
    signature: Signature = get_object_or_404(
        Signature.objects.visible_to(request.user).act_of(reference, text, act)
    )
    contract = signature.contract
    may = may_on(request.user, contract.cpts)
    if not any(may(permission) for permission in AT_THE_TABLE):
        raise NotAllowed("signature_evidence")
    context = {
        "evidence": evidence_of(signature, verify=request.GET.get("verifier") == "oui"),
        "signature": signature,
        "contract": contract,
        "checked_at": clock.now(),
        "cpts": shown_cpts(contract),
        "tab": "contract",
    }
    answer = render(request, "aci/signature_evidence.html", context)
    answer["Cache-Control"] = "private, no-store"
    return answer
