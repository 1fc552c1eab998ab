"""The pages of a termination: fetch through `visible_to`, call the act, answer."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, SignedInRequest, needs
from aci import actions
from aci.contract_pages import shown_cpts
from aci.ending_forms import (
    AskTerminationForm,
    DecideTerminationForm,
    MarkForm,
    ObserveTerminationForm,
    delay_sentences,
)
from aci.ending_pages import termination_page
from aci.models import Contract, ContractLetter
from aci.parties import Party
from aci.workflow import WORKFLOW
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from records import files
from records.idempotency import once
from territories.scopes import may_on

SIGN = tuple(party.sign_permission for party in Party)
SPEAK = tuple(party.accept_permission for party in Party)
INSTITUTIONS = (Party.ARS.sign_permission, Party.CPAM.sign_permission)


@needs(Permission.DOSSIER_SEE)
@require_safe
def termination(request: SignedInRequest, reference: str) -> HttpResponse:
    """Where the procedure stands, what was written, what remains to recover."""
    page = termination_page(_running(request, reference), request.user)
    context = {"page": page, "contract": page.contract, "cpts": page.cpts, "tab": "contract"}
    return render(request, "aci/termination.html", context)


@needs(*SIGN)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def ask_termination(request: SignedInRequest, reference: str) -> HttpResponse:
    """An institution asks for the accord of the other; the CPTS gives notice."""
    found = _running(request, reference)
    party = _party(found, request, SIGN)
    verb = "notify" if party is Party.CPTS else "ask"
    _ensure_possible(found, f"{verb}_termination_for_{party.value}", request)
    form = AskTerminationForm(request.POST or None)

    def act() -> None:
        reason = form.cleaned_data["reason"]
        if party is Party.CPTS:
            actions.notify_termination(found, reason=reason, by=request.user)
        else:
            actions.ask_termination(found, party=party, reason=reason, by=request.user)

    if form.is_valid() and form.run(act):
        messages.success(request, _ASKED[party is Party.CPTS])
        return redirect("aci:termination", reference)
    context = {"contract": found, "cpts": shown_cpts(found), "tab": "contract", "form": form}
    context |= {"party": party, "is_notice": party is Party.CPTS, "delays": delay_sentences()}
    return render(request, "aci/ask_termination.html", context)


@needs(*INSTITUTIONS)
@require_POST
@once
def agree_termination(request: SignedInRequest, reference: str) -> HttpResponse:
    """The other institution agrees: the termination is notified."""
    found = _running(request, reference)
    party = _party(found, request, INSTITUTIONS)
    actions.agree_termination(found, party=party, mark=_mark(request), by=request.user)
    messages.success(
        request, "La résiliation est notifiée. La CPTS peut présenter ses observations."
    )
    return redirect("aci:termination", reference)


@needs(*SIGN)
@require_POST
@once
def drop_termination(request: SignedInRequest, reference: str) -> HttpResponse:
    """An institution abandons the demand; the CPTS takes its notice back."""
    found = _running(request, reference)
    party = _party(found, request, SIGN)
    if party is Party.CPTS:
        actions.withdraw_termination(found, by=request.user)
        messages.success(request, "Le préavis est retiré. Le contrat se poursuit.")
    else:
        actions.drop_termination(found, party=party, by=request.user)
        messages.success(request, "La demande de résiliation est abandonnée.")
    return redirect("aci:termination", reference)


@needs(*SPEAK)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def observe_termination(request: SignedInRequest, reference: str) -> HttpResponse:
    """The side that did not notify writes its observations."""
    found = _running(request, reference)
    party = _party(found, request, SPEAK)
    _ensure_possible(found, f"observe_termination_for_{party.value}", request)
    form = ObserveTerminationForm(request.POST or None)
    if form.is_valid() and form.run(
        lambda: actions.observe_termination(
            found, party=party, text=form.cleaned_data["text"], by=request.user
        )
    ):
        messages.success(request, "Vos observations sont enregistrées et transmises.")
        return redirect("aci:termination", reference)
    context = {"contract": found, "cpts": shown_cpts(found), "tab": "contract", "form": form}
    context["termination"] = found.open_termination
    return render(request, "aci/observe_termination.html", context)


@needs(*INSTITUTIONS)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def decide_termination(request: SignedInRequest, reference: str) -> HttpResponse:
    """Propose to terminate on a day, or to give up."""
    found = _running(request, reference)
    party = _party(found, request, INSTITUTIONS)
    _ensure_possible(found, f"decide_termination_for_{party.value}", request)
    form = DecideTerminationForm(request.POST or None, termination=found.open_termination)
    if form.is_valid() and form.run(
        lambda: actions.decide_termination(found, party=party, by=request.user, **form.cleaned_data)
    ):
        messages.success(
            request, "Votre décision est proposée. Elle est prise avec l’accord de l’autre partie."
        )
        return redirect("aci:termination", reference)
    context = {"contract": found, "cpts": shown_cpts(found), "tab": "contract", "form": form}
    context["termination"] = found.open_termination
    return render(request, "aci/decide_termination.html", context)


@needs(*INSTITUTIONS)
@require_POST
@once
def agree_decision(request: SignedInRequest, reference: str) -> HttpResponse:
    """The other institution agrees: the decision is taken."""
    found = _running(request, reference)
    party = _party(found, request, INSTITUTIONS)
    actions.agree_decision(found, party=party, mark=_mark(request), by=request.user)
    messages.success(request, "La décision est prise. Les trois parties sont prévenues.")
    return redirect("aci:termination", reference)


@needs(Permission.DOSSIER_SEE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def contract_letter(
    request: SignedInRequest, reference: str, identifier: uuid.UUID
) -> HttpResponse:
    """The PDF of a letter; posted, it asks once more for a file that failed."""
    letter = get_object_or_404(
        ContractLetter.objects.visible_to(request.user).select_related("file", "contract"),
        contract__cpts__reference=reference,
        uuid=identifier,
    )
    if request.method == "POST":
        actions.want_letter_again(letter, by=request.user)
        messages.success(request, "Le courrier est demandé de nouveau.")
    elif letter.is_made:
        return files.download(letter.stored, inline=True)
    else:
        messages.info(request, "Le courrier est en préparation : il sera prêt dans la minute.")
    return redirect("aci:termination", reference)


_ASKED = {
    True: "Le préavis est notifié. L’ARS et la CPAM peuvent présenter leurs observations.",
    False: "La demande est enregistrée. Elle est notifiée avec l’accord de l’autre institution.",
}


def _running(request: SignedInRequest, reference: str) -> Contract:
    """The newest signed contract of the dossier, or 404: a renewal being prepared is not ended."""
    found: Contract = get_object_or_404(
        Contract.objects.visible_to(request.user).latest_signed_of(reference)
    )
    return found


def _party(found: Contract, request: SignedInRequest, among: tuple[Permission, ...]) -> Party:
    """The party this person acts for; 403 for a neighbour who only reads."""
    may = may_on(request.user, found.cpts)
    for party in Party:
        for permission in (party.sign_permission, party.accept_permission):
            if permission in among and may(permission):
                return party
    raise NotAllowed("termination")


def _ensure_possible(found: Contract, name: str, request: SignedInRequest) -> None:
    """A message rather than a form when the act is not possible; a typed text is never lost."""
    refusal = WORKFLOW.refusal(WORKFLOW.by_name[name], found)
    if refusal and request.method == "GET":
        raise Refused(refusal)


def _mark(request: SignedInRequest) -> str:
    form = MarkForm(request.POST)
    if not form.is_valid():
        raise Refused("La page a expiré : relisez la proposition avant de donner votre accord.")
    return str(form.cleaned_data["mark"])
