"""The pages of the contract: fetch through `visible_to`, call the act, answer."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, SignedInRequest, needs
from accounts.factors.recently import ask_proof, recently_proven
from aci import actions
from aci.amendment_funding import know_amendments
from aci.contract_pages import chosen_missions, contract_page, may_draft, shown_cpts
from aci.forms import AcceptForm, SendBackForm, SignForm, TermsForm
from aci.funding_pages import FundingPage, contract_funding, estimated_funding
from aci.models import Amendment, Contract, ContractDocument
from aci.parties import AT_THE_TABLE, Party
from aci.payments.ledger import read_ledger, year_ledger
from aci.workflow import WORKFLOW
from foundation import clock
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from projects.models import Filing, Kind
from records import files
from records.idempotency import once
from territories.models import Cpts
from territories.scopes import may_on

ACCEPT = tuple(party.accept_permission for party in Party)
SIGN = tuple(party.sign_permission for party in Party)


@needs(Permission.DOSSIER_SEE)
@require_safe
def contract(request: SignedInRequest, reference: str) -> HttpResponse:
    """Where the contract stands, its terms, its signatures, its documents."""
    texts = list(
        Contract.agreements.visible_to(request.user)
        .of_dossier(reference)
        .with_page()
        .prefetch_related("missions")
    )
    contracts = [text for text in texts if not text.is_amendment]
    if not contracts:
        cpts = _cpts(request, reference)
        context = {"cpts": cpts, "tab": "contract", "may_draft": may_draft(request.user, cpts)}
        return render(request, "aci/no_contract.html", context)
    page = contract_page(contracts, request.user)
    context = {
        "page": page,
        "contract": page.contract,
        "former": contracts[1:],
        "amendments": [text for text in texts if text.amends_id == page.contract.pk],
        "cpts": page.contract.cpts,
        "tab": "contract",
    }
    return render(request, "aci/contract.html", context)


@needs(Permission.CONTRACT_DRAFT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def draft_contract(request: SignedInRequest, reference: str) -> HttpResponse:
    """Open the negotiation, with the missions of the validated projet as a start."""
    cpts = _cpts(request, reference)
    if not may_on(request.user, cpts)(Permission.CONTRACT_DRAFT):
        raise NotAllowed("draft")
    project = get_object_or_404(
        Filing.objects.visible_to(request.user).latest_of(reference, Kind.PROJECT)
    )
    initial = {
        "version": 0,
        "planned_signature_on": clock.today(),
        "missions": [mission.value for mission in chosen_missions(project.answers)],
    }
    form = TermsForm(request.POST or None, initial=initial)
    if form.is_valid() and form.run(lambda: actions.draft(project, by=request.user, **form.terms)):
        messages.success(
            request,
            "La négociation est ouverte. Les trois parties sont prévenues par courriel : "
            "chacune doit accepter les termes.",
        )
        return redirect("aci:contract", cpts.reference)
    context = {"cpts": cpts, "tab": "contract", "form": form}
    return render(request, "aci/draft_contract.html", context)


@needs(Permission.CONTRACT_DRAFT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def terms(request: SignedInRequest, reference: str) -> HttpResponse:
    """Write a new version of the terms."""
    found = _latest(request, reference)
    _ensure_open(found, "change_terms", request)
    form = TermsForm(request.POST or None, initial=TermsForm.values_of(found))
    if form.is_valid() and form.run(
        lambda: actions.change_terms(
            found, by=request.user, version=form.cleaned_data["version"], **form.terms
        )
    ):
        messages.success(
            request, "Les termes sont enregistrés. Les trois parties doivent les accepter."
        )
        return redirect(found)
    context = {"contract": found, "cpts": shown_cpts(found), "tab": "contract", "form": form}
    return render(request, "aci/terms.html", context)


@needs(*ACCEPT)
@require_POST
@once
def accept(request: SignedInRequest, reference: str, amendment: str = "") -> HttpResponse:
    """A party accepts the version of the terms that its page showed."""
    found = _latest(request, reference, amendment)
    form = AcceptForm(request.POST)
    if not form.is_valid():
        raise Refused("La page a expiré : relisez les termes avant de les accepter.")
    party = Party(form.cleaned_data["party"])
    if not may_on(request.user, found.cpts)(party.accept_permission):
        raise NotAllowed("accept")
    if recently_proven(request) is None:
        return ask_proof(request)
    actions.accept(found, party=party, version=form.cleaned_data["version"], by=request.user)
    messages.success(request, f"Les termes sont acceptés pour {party.with_article}.")
    return redirect(found)


@needs(Permission.CONTRACT_DRAFT)
@require_POST
@once
def freeze(request: SignedInRequest, reference: str, amendment: str = "") -> HttpResponse:
    """Fix the text to sign."""
    found = _latest(request, reference, amendment)
    if not may_on(request.user, found.cpts)(Permission.CONTRACT_DRAFT):
        raise NotAllowed("freeze")
    if recently_proven(request) is None:
        return ask_proof(request)
    actions.freeze(found, by=request.user)
    messages.success(
        request,
        f"{found.words.The} est figé. Son document se prépare, puis chaque signataire pourra "
        "le signer.",
    )
    return redirect(found)


@needs(*SIGN)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def sign(request: SignedInRequest, reference: str, amendment: str = "") -> HttpResponse:
    """Read the frozen document, consent, sign."""
    found = _latest(request, reference, amendment)
    if found.is_signed and _party_of(found, request):
        raise Refused(actions.signed_by_three(found))
    _ensure_open(found, f"sign_for_{_party_of(found, request).value}", request, typed=False)
    page = contract_page([found], request.user)
    row = next(iter(page.to_sign), None)
    document = page.frozen
    if page.waits_turn and page.turn:
        raise Refused(f"C’est d’abord à {page.turn.with_article} de signer.")
    if row is None or document is None:
        raise Refused(f"Vous avez déjà signé {found.words.the}.")
    proof = recently_proven(request)
    if proof is None:
        return ask_proof(request)
    initial = {"party": row.party, "sha256": document.sha256}
    form = SignForm(request.POST or None, initial=initial, consent=actions.consent_to(found))
    if form.is_valid() and form.run(
        lambda: actions.sign(found, proof=proof, by=request.user, **form.signature)
    ):
        messages.success(
            request, f"Vous avez signé {found.words.the} pour {row.party.with_article}."
        )
        return redirect(found)
    context = {"page": page, "row": row, "document": document, "contract": found}
    context |= {"cpts": found.cpts, "tab": "contract", "form": form, "proof": proof}
    return render(request, "aci/sign.html", context)


@needs(*SIGN)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def send_back(request: SignedInRequest, reference: str, amendment: str = "") -> HttpResponse:
    """Refuse to sign as it is, and say why."""
    found = _latest(request, reference, amendment)
    party = _party_of(found, request)
    _ensure_open(found, f"send_back_for_{party.value}", request)
    form = SendBackForm(request.POST or None, initial={"party": party})
    if form.is_valid() and form.run(
        lambda: actions.send_back(
            found,
            party=Party(form.cleaned_data["party"]),
            reason=form.cleaned_data["reason"],
            by=request.user,
        )
    ):
        messages.success(
            request,
            f"{found.words.The} est renvoyé en négociation. Les parties sont prévenues.",
        )
        return redirect(found)
    context = {"contract": found, "cpts": shown_cpts(found), "tab": "contract", "form": form}
    return render(request, "aci/send_back.html", context)


@needs(*AT_THE_TABLE)
@require_POST
@once
def draft_pdf(request: SignedInRequest, reference: str, amendment: str = "") -> HttpResponse:
    """Ask for the working document; the page follows its progress."""
    found = _latest(request, reference, amendment)
    actions.want_draft_pdf(found, by=request.user)
    return redirect(found)


@needs(Permission.DOSSIER_SEE)
@require_safe
def document(request: SignedInRequest, reference: str, identifier: uuid.UUID) -> HttpResponse:
    """A stored PDF of the contract, shown by the browser."""
    found = get_object_or_404(
        ContractDocument.objects.visible_to(request.user).select_related("file"),
        contract__cpts__reference=reference,
        file__uuid=identifier,
    )
    return files.download(found.stored, inline=True)


@needs(Permission.DOSSIER_SEE)
@require_safe
def funding(request: SignedInRequest, reference: str) -> HttpResponse:
    """What the contract pays, year by year; before a contract, an estimate."""
    asked, number = request.GET.get("annee", ""), request.GET.get("contrat", "")
    texts = list(
        Contract.agreements.visible_to(request.user)
        .of_dossier(reference)
        .with_page()
        .with_newest_population()
    )
    contracts = [text for text in texts if not text.is_amendment]
    for one in contracts:
        know_amendments(one, (text for text in texts if isinstance(text, Amendment)))
    if contracts:
        return _funding_page(request, contract_funding(contracts, asked, number))
    filings = Filing.objects.visible_to(request.user).of_dossier(reference).with_page()
    filing = filings.order_by("-kind", "-number").first()  # the projet rather than the letter
    cpts = shown_cpts(filing) if filing else _cpts(request, reference)
    estimate = estimated_funding(cpts, filing, asked)
    if estimate is None:
        return render(request, "aci/no_funding.html", {"cpts": cpts, "tab": "funding"})
    return _funding_page(request, estimate)


def _funding_page(request: SignedInRequest, page: FundingPage) -> HttpResponse:
    context = {"page": page, "cpts": page.cpts, "tab": "funding"}
    if page.contract and page.contract.is_signed:
        context["payments"] = year_ledger(
            read_ledger(page.contract, request.user),
            number=page.sheet.number,
            year=page.stored,
            sheet=page.sheet,
            may=may_on(request.user, page.cpts),
        )
    return render(request, "aci/funding.html", context)


def _cpts(request: SignedInRequest, reference: str) -> Cpts:
    """The CPTS that this person may open, or 404."""
    found: Cpts = get_object_or_404(
        Cpts.objects.visible_to(request.user).with_header(), reference=reference
    )
    return found


def _party_of(found: Contract, request: SignedInRequest) -> Party:
    """The party this person signs for; 403 for a neighbour who only reads."""
    may = may_on(request.user, found.cpts)
    party = next((party for party in Party if may(party.sign_permission)), None)
    if party is None:
        raise NotAllowed("sign")
    return party


def _ensure_open(
    found: Contract, name: str, request: SignedInRequest, *, typed: bool = True
) -> None:
    """403 without the right; a message rather than a form when the act is not possible.

    Once something was typed, the act itself refuses: the form comes back with its text.
    """
    transition = WORKFLOW.by_name[name]
    if not may_on(request.user, found.cpts)(transition.permission):
        raise NotAllowed(name)
    refusal = WORKFLOW.refusal(transition, found)
    if refusal and (request.method == "GET" or not typed):
        raise Refused(refusal)


def _latest(request: SignedInRequest, reference: str, amendment: str = "") -> Contract:
    """The contract, or the amendment, that the act is about, or 404."""
    if amendment:
        amendments = Amendment.objects.visible_to(request.user).of_dossier(reference)
        named: Amendment = get_object_or_404(amendments.with_page(), reference=amendment)
        return named
    found: Contract = get_object_or_404(
        Contract.objects.visible_to(request.user).latest_of(reference)
    )
    return found
