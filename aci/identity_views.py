"""Who contracts: read and write the identity of the parties, confirm an account at two."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, SignedInRequest, needs
from aci import actions
from aci.contract_pages import shown_cpts
from aci.emails import people_on
from aci.identity_forms import BankAccountForm, IdentityForm, RefuseBankForm, SignatoryForm
from aci.identity_pages import parties_page
from aci.models import Amendment, BankAccount, Contract
from aci.parties import Party
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from records.idempotency import once
from territories.identity import identity_of
from territories.models import Cpts
from territories.scopes import may_on


@needs(Permission.DOSSIER_SEE)
@require_safe
def parties(request: SignedInRequest, reference: str, amendment: str = "") -> HttpResponse:
    """The identity of the three parties; the account is masked for those who do not need it."""
    contract = _text(request, reference, amendment)
    cpts = shown_cpts(contract) if contract else _cpts(request, reference)
    page = parties_page(cpts, contract, request.user)
    context = {"cpts": cpts, "contract": contract, "page": page, "tab": "contract"}
    return render(request, "aci/parties.html", context)


@needs(Permission.IDENTITY_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def identity(request: SignedInRequest, reference: str) -> HttpResponse:
    """Write the identity of the association."""
    cpts = _cpts(request, reference)
    _ensure(request, cpts, Permission.IDENTITY_WRITE)
    stored = identity_of(cpts)
    initial = {
        "seen": stored.mark,
        "legal_form": stored.legal_form,
        "rna": stored.rna,
        "siret": stored.siret,
        "finess": stored.finess,
        "seat": stored.seat,
    }
    form = IdentityForm(request.POST or None, initial=initial)
    if form.is_valid() and form.run(
        lambda: actions.change_identity(
            cpts, form.identity, seen=form.cleaned_data["seen"], by=request.user
        )
    ):
        messages.success(request, "L’identité de l’association est enregistrée.")
        return redirect("aci:parties", reference)
    return render(request, "aci/identity.html", {"cpts": cpts, "form": form, "tab": "contract"})


@needs(Permission.BANK_ACCOUNT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def propose_bank_account(request: SignedInRequest, reference: str) -> HttpResponse:
    """The first of two people gives the account."""
    cpts = _cpts(request, reference)
    _ensure(request, cpts, Permission.BANK_ACCOUNT)
    form = BankAccountForm(request.POST or None, initial={"holder": cpts.name})
    if form.is_valid() and form.run(
        lambda: actions.propose_bank_account(cpts, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, "Le compte est proposé. Une autre personne doit le confirmer.")
        return redirect("aci:parties", reference)
    context = {"cpts": cpts, "form": form, "tab": "contract"}
    return render(request, "aci/bank_account.html", context)


@needs(Permission.BANK_ACCOUNT)
@require_POST
@once
def confirm_bank_account(
    request: SignedInRequest, reference: str, identifier: uuid.UUID
) -> HttpResponse:
    """The second person puts the account in use."""
    actions.confirm_bank_account(_account(request, reference, identifier), by=request.user)
    messages.success(request, "Le compte est confirmé : les versements iront à ce compte.")
    return redirect("aci:parties", reference)


@needs(Permission.BANK_ACCOUNT)
@require_POST
@once
def refuse_bank_account(
    request: SignedInRequest, reference: str, identifier: uuid.UUID
) -> HttpResponse:
    """Not the right account."""
    account = _account(request, reference, identifier)
    form = RefuseBankForm(request.POST)
    if not form.is_valid():
        raise Refused("Dites pourquoi vous refusez ce compte.")
    actions.refuse_bank_account(account, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, "Le compte proposé est refusé.")
    return redirect("aci:parties", reference)


@needs(Permission.CONTRACT_DRAFT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def signatory(
    request: SignedInRequest, reference: str, party: str, amendment: str = ""
) -> HttpResponse:
    """Name who signs for a party."""
    contract = _text(request, reference, amendment)
    if contract is None:
        raise Http404
    _ensure(request, contract.cpts, Permission.CONTRACT_DRAFT)
    if party not in Party.values:
        raise Http404
    side = Party(party)
    people = people_on(contract.cpts, [side.sign_permission])
    form = SignatoryForm(request.POST or None, people=people)
    if form.is_valid() and form.run(
        lambda: actions.name_signatory(contract, party=side, by=request.user, **form.signatory)
    ):
        messages.success(request, f"Le signataire est désigné pour {side.with_article}.")
        return redirect(contract.url_of("parties"))
    context = {"cpts": shown_cpts(contract), "form": form, "party": side, "tab": "contract"}
    context["back"] = contract.url_of("parties")
    return render(request, "aci/signatory.html", context)


def _text(request: SignedInRequest, reference: str, amendment: str) -> Contract | None:
    """The contract of the dossier, if there is one yet; the amendment that is named, or 404."""
    if amendment:
        amendments = Amendment.objects.visible_to(request.user).of_dossier(reference)
        named: Amendment = get_object_or_404(amendments.with_page(), reference=amendment)
        return named
    found: Contract | None
    found = Contract.objects.visible_to(request.user).latest_of(reference).first()
    return found


def _cpts(request: SignedInRequest, reference: str) -> Cpts:
    found: Cpts = get_object_or_404(
        Cpts.objects.visible_to(request.user).with_header(), reference=reference
    )
    return found


def _account(request: SignedInRequest, reference: str, identifier: uuid.UUID) -> BankAccount:
    found: BankAccount = get_object_or_404(
        BankAccount.objects.visible_to(request.user).of_dossier(reference).select_related("cpts"),
        uuid=identifier,
    )
    return found


def _ensure(request: SignedInRequest, cpts: Cpts, permission: Permission) -> None:
    if not may_on(request.user, cpts)(permission):
        raise NotAllowed(permission)
