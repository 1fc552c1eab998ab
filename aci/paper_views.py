"""A text signed on paper: its page, the choice, the pages that come back, the second person."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, SignedInRequest, needs
from accounts.models import User
from aci import actions
from aci.actions.paper_rules import frozen_on, people_in_post
from aci.contract_pages import contract_page, shown_cpts
from aci.models import Amendment, Contract, PaperScan
from aci.paper_forms import DismissScanForm, ScanForm
from aci.paper_querysets import MAY_CONFIRM
from aci.parties import SIGNING_ORDER, Party
from aci.workflow import WORKFLOW
from foundation import clock
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from records import files
from records.idempotency import once
from territories.scopes import may_on

ACT = tuple(party.accept_permission for party in Party)


@needs(Permission.DOSSIER_SEE)
@require_safe
def paper(request: SignedInRequest, reference: str, amendment: str = "") -> HttpResponse:
    """How the text is signed on paper, where it stands, the pages that came back."""
    found = _text(request, reference, amendment)
    page = contract_page([found], request.user)
    scans = PaperScan.objects.visible_to(request.user).of_contract(found).with_page()
    context = {
        "page": page,
        "contract": found,
        "cpts": found.cpts,
        "tab": "contract",
        "scans": list(scans),
    }
    return render(request, "aci/paper.html", context)


@needs(*ACT)
@require_POST
@once
def choose_paper(request: SignedInRequest, reference: str, amendment: str = "") -> HttpResponse:
    """From now on the three parties sign by hand."""
    found = _text(request, reference, amendment)
    actions.choose_paper(found, by=request.user)
    messages.success(
        request, "La signature sur papier est choisie. Les trois parties sont prévenues."
    )
    return redirect(found.url_of("paper"))


@needs(*ACT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def upload_scan(request: SignedInRequest, reference: str, amendment: str = "") -> HttpResponse:
    """The signed pages, and what is read on them."""
    found = _text(request, reference, amendment)
    may = may_on(request.user, found.cpts)
    own = next((party for party in SIGNING_ORDER if may(party.accept_permission)), None)
    if own is None:
        raise NotAllowed("upload_scan")
    refusal = WORKFLOW.refusal(WORKFLOW.by_name[f"upload_scan_for_{own.value}"], found)
    if refusal:
        raise Refused(refusal)
    form = ScanForm(
        *((request.POST, request.FILES) if request.method == "POST" else ()),
        people=_people(found),
    )
    made: list[PaperScan] = []
    if form.is_valid() and form.run(
        lambda: made.append(actions.upload_scan(found, by=request.user, **form.scan))
    ):
        messages.success(
            request, "Les pages sont déposées. Une seconde personne doit les confirmer."
        )
        return redirect("aci:paper_scan", reference, made[0].uuid)
    context = {"contract": found, "cpts": shown_cpts(found), "tab": "contract", "form": form}
    return render(request, "aci/upload_scan.html", context)


@needs(Permission.DOSSIER_SEE)
@require_safe
def paper_scan(request: SignedInRequest, reference: str, identifier: uuid.UUID) -> HttpResponse:
    """One upload: what it says, its pages to download, the second person."""
    scan = _scan(request, reference, identifier)
    text = scan.paper.document.contract
    may = may_on(request.user, text.cpts)
    confirms = scan.is_pending and any(may(permission) for permission in MAY_CONFIRM)
    context = {
        "scan": scan,
        "contract": text,
        "cpts": shown_cpts(text),
        "tab": "contract",
        "may_confirm": confirms and scan.uploaded_by_id != request.user.pk,
        "may_dismiss": confirms,
    }
    return render(request, "aci/paper_scan.html", context)


@needs(*MAY_CONFIRM)
@require_POST
@once
def confirm_scan(request: SignedInRequest, reference: str, identifier: uuid.UUID) -> HttpResponse:
    """The pages show these signatures."""
    contract = actions.confirm_scan(_scan(request, reference, identifier), by=request.user)
    messages.success(
        request,
        f"{contract.words.The} est en vigueur."
        if contract.is_signed
        else "Les signatures sont confirmées. D’autres sont encore attendues.",
    )
    return redirect(contract)


@needs(*MAY_CONFIRM)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def dismiss_scan(request: SignedInRequest, reference: str, identifier: uuid.UUID) -> HttpResponse:
    """The pages show something else."""
    scan = _scan(request, reference, identifier)
    text = scan.paper.document.contract
    may = may_on(request.user, text.cpts)
    if not any(may(permission) for permission in MAY_CONFIRM):
        raise NotAllowed("dismiss_scan")
    form = DismissScanForm(request.POST or None)
    if form.is_valid() and form.run(
        lambda: actions.dismiss_scan(scan, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, "Les pages sont écartées. Qui les a déposées est prévenu.")
        return redirect("aci:paper_scan", reference, scan.uuid)
    context = {
        "scan": scan,
        "contract": text,
        "cpts": shown_cpts(text),
        "tab": "contract",
        "form": form,
    }
    return render(request, "aci/dismiss_scan.html", context)


@needs(Permission.DOSSIER_SEE)
@require_safe
def scan_file(request: SignedInRequest, reference: str, identifier: uuid.UUID) -> HttpResponse:
    """The pages, as they were uploaded: never shown inside the portal."""
    return files.download(_scan(request, reference, identifier).scan)


def _people(found: Contract) -> dict[Party, list[User]]:
    """For each party still to sign, who could do it since the text is frozen."""
    document = found.frozen_document
    if document is None:
        return {}
    first, today = frozen_on(document), clock.today()
    named = {row.party: row.user for row in found.signatories.select_related("user")}
    return {
        party: [named[party]]
        if party in named
        else people_in_post(found, party, first=first, last=today)
        for party in found.parties_to_sign
    }


def _text(request: SignedInRequest, reference: str, amendment: str) -> Contract:
    """The contract, or the amendment, or 404."""
    if amendment:
        amendments = Amendment.objects.visible_to(request.user).of_dossier(reference)
        named: Amendment = get_object_or_404(amendments.with_page(), reference=amendment)
        return named
    found: Contract = get_object_or_404(
        Contract.objects.visible_to(request.user).latest_of(reference)
    )
    return found


def _scan(request: SignedInRequest, reference: str, identifier: uuid.UUID) -> PaperScan:
    found: PaperScan = get_object_or_404(
        PaperScan.objects.visible_to(request.user).with_page(),
        paper__document__contract__cpts__reference=reference,
        uuid=identifier,
    )
    return found
