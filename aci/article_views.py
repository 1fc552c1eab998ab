"""The contract article by article: read, accept, remark, write in other words."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, SignedInRequest, needs
from accounts.factors.recently import ask_proof, recently_proven
from aci import actions
from aci.article_forms import AcceptArticleForm, PartyForm, RemarkForm, WordingForm
from aci.article_pages import articles_page, difference, note_visit, threads
from aci.clauses.texts import blocks_of
from aci.contract_pages import shown_cpts
from aci.contract_texts import written_now
from aci.models import Contract, ContractText, Remark
from aci.parties import Party
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from records.idempotency import once
from territories.scopes import may_on

ACCEPT = tuple(party.accept_permission for party in Party)


@needs(Permission.DOSSIER_SEE)
@require_safe
def articles(request: SignedInRequest, reference: str) -> HttpResponse:
    """The whole text, as the PDF prints it, with the accords and what changed."""
    stored = _text(request, reference)
    page = articles_page(stored, request.user)
    note_visit(stored, request.user)
    return render(request, "aci/articles.html", _context(stored.contract, page=page))


@needs(Permission.DOSSIER_SEE)
@require_safe
def article(request: SignedInRequest, reference: str, key: str) -> HttpResponse:
    """One article: its words, what changed, the remarks."""
    return _article(request, reference, key)


@needs(*ACCEPT)
@require_POST
@once
def remark(request: SignedInRequest, reference: str, key: str) -> HttpResponse:
    """A party asks or says something about one article."""
    found = _contract(request, reference)
    form = RemarkForm(request.POST)
    if form.is_valid() and form.run(
        lambda: actions.remark(
            found,
            party=Party(form.cleaned_data["party"]),
            key=key,
            text=form.cleaned_data["text"],
            by=request.user,
        )
    ):
        messages.success(request, "Votre remarque est envoyée aux autres parties.")
        return redirect("aci:article", reference, key)
    return _article(request, reference, key, form)


def _article(
    request: SignedInRequest, reference: str, key: str, form: RemarkForm | None = None
) -> HttpResponse:
    stored = _text(request, reference)
    page = articles_page(stored, request.user, key=key)
    if not page.rows:
        raise Http404
    table = page.table
    if form is None and table.parties:
        form = RemarkForm(initial={"party": table.parties[0]})
    context = {
        "page": page,
        "row": page.rows[0],
        "segments": difference(page.text, key),
        "threads": threads(stored.contract, key, table) if table.sees_remarks else [],
        "form": form,
    }
    return render(request, "aci/article.html", _context(stored.contract, **context))


@needs(*ACCEPT)
@require_POST
@once
def accept_article(request: SignedInRequest, reference: str) -> HttpResponse:
    """A party accepts the words that its page showed."""
    found = _contract(request, reference)
    form = AcceptArticleForm(request.POST)
    if not form.is_valid():
        raise Refused("La page a expiré : relisez l’article avant de l’accepter.")
    data = form.cleaned_data
    party = Party(data["party"])
    if not may_on(request.user, found.cpts)(party.accept_permission):
        raise NotAllowed("accept_article")
    if recently_proven(request) is None:
        return ask_proof(request)
    contract = actions.accept_article(
        found, party=party, key=data["key"], sha256=data["sha256"], by=request.user
    )
    if party in contract.parties_to_accept:
        messages.success(request, f"L’article est accepté pour {party.with_article}.")
    else:
        messages.success(request, f"Tous les articles sont acceptés pour {party.with_article}.")
    response = redirect("aci:articles", reference)
    response["Location"] += f"#bloc-{data['key']}"
    return response


@needs(Permission.CONTRACT_DRAFT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def change_article(request: SignedInRequest, reference: str, key: str) -> HttpResponse:
    """Write an article in other words, for this contract only."""
    found = _contract(request, reference)
    if not may_on(request.user, found.cpts)(Permission.CONTRACT_DRAFT):
        raise NotAllowed("change_article")
    block = next((block for block in blocks_of(found) if block.key == key), None)
    if block is None:
        raise Http404
    form = WordingForm(
        request.POST or None, initial={"version": found.terms_version, "body": block.body}
    )
    if form.is_valid() and form.run(
        lambda: actions.change_article(found, key=key, by=request.user, **form.cleaned_data)
    ):
        messages.success(
            request,
            "L’article est réécrit. Les trois parties sont prévenues et doivent l’accepter.",
        )
        return redirect("aci:article", reference, key)
    return render(request, "aci/change_article.html", _context(found, article=block, form=form))


@needs(Permission.CONTRACT_DRAFT)
@require_POST
@once
def refresh_text(request: SignedInRequest, reference: str) -> HttpResponse:
    """Bring into the text what moved without an act on the contract."""
    actions.refresh_text(_contract(request, reference), by=request.user)
    messages.success(
        request, "Le texte est actualisé. Les parties doivent accepter ce qui a changé."
    )
    return redirect("aci:articles", reference)


@needs(*ACCEPT)
@require_POST
@once
def answer_remark(request: SignedInRequest, reference: str, identifier: uuid.UUID) -> HttpResponse:
    """Answer a remark, or add to one's own."""
    row = _remark(request, reference, identifier)
    form = RemarkForm(request.POST)
    if not form.is_valid():
        raise Refused("Écrivez votre réponse avant de l’envoyer.")
    actions.answer_remark(
        row,
        party=Party(form.cleaned_data["party"]),
        text=form.cleaned_data["text"],
        by=request.user,
    )
    messages.success(request, "Votre réponse est envoyée aux autres parties.")
    return redirect("aci:article", reference, row.key)


@needs(*ACCEPT)
@require_POST
@once
def close_remark(request: SignedInRequest, reference: str, identifier: uuid.UUID) -> HttpResponse:
    """The party that made the remark closes it."""
    row = _remark(request, reference, identifier)
    form = PartyForm(request.POST)
    if not form.is_valid():
        raise Refused("La page a expiré : relisez la remarque avant de la fermer.")
    actions.close_remark(row, party=Party(form.cleaned_data["party"]), by=request.user)
    messages.success(request, "La remarque est close.")
    return redirect("aci:article", reference, row.key)


def _context(contract: Contract, **more: object) -> dict[str, object]:
    return {"contract": contract, "cpts": shown_cpts(contract), "tab": "contract", **more}


def _contract(request: SignedInRequest, reference: str) -> Contract:
    found: Contract = get_object_or_404(
        Contract.objects.visible_to(request.user).latest_of(reference)
    )
    return found


def _text(request: SignedInRequest, reference: str) -> ContractText:
    """The newest text of the contract; of one registered in bulk, the text it would have.

    A paper signed outside the portal has no articles here: its scan says what was agreed.
    """
    texts = ContractText.objects.visible_to(request.user).latest_of(reference)
    found: ContractText | None = texts.with_visit_of(request.user).first()
    if found:
        return found
    contract = _contract(request, reference)
    if contract.health_project_id is None:
        raise Http404
    return written_now(contract, None)


def _remark(request: SignedInRequest, reference: str, identifier: uuid.UUID) -> Remark:
    found: Remark = get_object_or_404(
        Remark.objects.visible_to(request.user)
        .of_dossier(reference)
        .select_related("contract__cpts"),
        uuid=identifier,
    )
    return found
