"""A text signed by hand: paper is chosen, the signed pages come back, a second person confirms."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.models import User
from aci import paper_emails
from aci.actions.amended import put_amendment_in_force
from aci.actions.held import SIGNATORY, held, pass_baton
from aci.actions.life import enter_into_force, open_due_years
from aci.actions.paper_rules import refuse_wrong_signatures
from aci.contract_inputs import territory_inputs
from aci.models import (
    Amendment,
    Contract,
    ContractDocument,
    PaperScan,
    PaperSigning,
    Signature,
    WrittenSignature,
)
from aci.paper_querysets import MAY_CONFIRM
from aci.paper_scans import refuse_other_pages
from aci.parties import SIGNING_ORDER, Party
from aci.signatories import signings
from aci.workflow import WORKFLOW
from foundation import clock
from foundation.dates import format_date
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from records import files, journal
from territories.scopes import may_on, quality_on

SCAN_RULE = files.UploadRule(
    extensions=frozenset({"pdf", "jpg", "png"}), max_size=20 * files.MEGABYTE
)
MOST_FILES = 40
# In place of the sentence that one agrees to in the portal.
CONSENT = "Signé à la main sur le document imprimé."
# The pages bear the number that a scan is read by since this template.
FIRST_NUMBERED_TEMPLATE = 4


@dataclass(frozen=True, slots=True)
class Written:
    """What whoever uploads reads on the paper for one party."""

    user: User
    signed_on: dt.date


@transaction.atomic
def choose_paper(contract: Contract, *, by: User) -> PaperSigning:
    """The three parties will sign the printed file; nobody signs it in the portal any more."""
    contract = held(contract)
    before = contract.state
    WORKFLOW.apply(
        f"choose_paper_for_{_acts_for(by, contract).value}", contract, may=_may(by, contract)
    )
    document = _frozen(contract)
    if document.inputs["template"] < FIRST_NUMBERED_TEMPLATE:
        raise Refused(
            "Les pages de ce document ne sont pas numérotées par leur code QR : un signataire le "
            "renvoie en négociation, puis il est figé de nouveau."
        )
    paper: PaperSigning = PaperSigning.objects.create(
        document=document, chosen_by=by, chosen_at=clock.now()
    )
    _note(
        "choose_paper",
        contract,
        by=by,
        sentence=f"Signature sur papier choisie pour {contract.words.the}",
        before=before,
        document=document.sha256,
    )
    paper_emails.on_paper(contract, by=by)
    return paper


@transaction.atomic
def upload_scan(
    contract: Contract,
    *,
    uploads: Sequence[UploadedFile],  # type: ignore[type-arg]  # generic only in its stubs
    written: Mapping[Party, Written],
    by: User,
) -> PaperScan:
    """The signed pages come back, and what they say: nothing counts before a second person."""
    contract = held(contract)
    before = contract.state
    if not written:
        raise Refused("Indiquez qui a signé, pour au moins une partie.")
    own = _acts_for(by, contract, among=written)
    WORKFLOW.apply(f"upload_scan_for_{own.value}", contract, may=_may(by, contract))
    document = _frozen(contract)
    if PaperScan.objects.of_contract(contract).pending().exists():
        raise Refused("Des pages déposées attendent déjà d’être confirmées ou écartées.")
    signatures = _as_written(contract, written)
    refuse_wrong_signatures(contract, document, signatures)
    content = _gathered(uploads)
    pages = refuse_other_pages(content, document)
    stored = files.store_bytes(
        content,
        name=f"{contract.reference}-signé-sur-papier.pdf",
        content_type="application/pdf",
        by=by,
        dossier=contract.cpts.reference,
    )
    scan: PaperScan = PaperScan.objects.create(
        paper=document.paper,
        scan=stored,
        pages=pages,
        frozen_sha256=document.sha256,
        written={item.party.value: item.as_plain() for item in signatures},
        uploaded_by=by,
        uploaded_at=clock.now(),
    )
    _note(
        "upload_scan",
        contract,
        by=by,
        sentence=f"{contract.words.The} signé sur papier déposé, à confirmer",
        before=before,
        document=document.sha256,
        scan=stored.sha256,
        parties=[item.party.value for item in signatures],
    )
    paper_emails.scan_to_confirm(contract, scan, by=by)
    return scan


@transaction.atomic
def confirm_scan(scan: PaperScan, *, by: User) -> Contract:
    """A second person sees the signatures on the pages: they count; the third one concludes."""
    contract, scan = _held_scan(scan, by=by)
    before = contract.state
    if scan.uploaded_by_id == by.pk:
        raise Refused("Une seconde personne confirme : vous avez déposé ces pages vous-même.")
    party = next(
        party for party in (Party.CPAM, Party.ARS) if _may(by, contract)(party.accept_permission)
    )
    WORKFLOW.apply(f"confirm_scan_for_{party.value}", contract, may=_may(by, contract))
    document = _frozen(contract)
    if document.inputs["territory"] != territory_inputs(contract.territory_in_use):
        raise Refused(
            "Le territoire a changé depuis que le contrat est figé : un signataire le renvoie en "
            "négociation."
        )
    signatures = scan.signatures_written
    refuse_wrong_signatures(contract, document, signatures)
    _close(scan, by=by)
    for item in signatures:
        _sign(contract, document, scan, item, by=by)
    _conclude(contract, by=by)
    _note(
        "confirm_scan",
        contract,
        by=by,
        sentence=f"Signatures sur papier confirmées pour {contract.words.the}",
        before=before,
        document=document.sha256,
        scan=scan.scan.sha256,
        parties=[item.party.value for item in signatures],
    )
    return contract


@transaction.atomic
def dismiss_scan(scan: PaperScan, *, reason: str, by: User) -> PaperScan:
    """The pages do not show what was written about them: they are set aside, with the reason."""
    contract, scan = _held_scan(scan, by=by)
    reason = reason.strip()
    if not reason:
        raise Refused("Dites pourquoi ces pages sont écartées.")
    scan.dismissed_reason = reason
    _close(scan, by=by)
    _note(
        "dismiss_scan",
        contract,
        by=by,
        sentence=f"Pages numérisées écartées pour {contract.words.the}",
        before=contract.state,
        reason=reason,
        scan=scan.scan.sha256,
    )
    paper_emails.scan_dismissed(contract, scan, by=by)
    return scan


def _conclude(contract: Contract, *, by: User) -> None:
    """With the third signature, in force since the day written beside the last one."""
    if contract.parties_to_sign:
        pass_baton(contract, SIGNATORY[contract.parties_to_sign[0]])
        return
    last = contract.signatures.standing().latest("at")
    signed_on = last.at.astimezone(clock.PARIS).date()
    if isinstance(contract, Amendment):
        put_amendment_in_force(contract, last_signatory=by, signed_on=signed_on)
    else:
        enter_into_force(contract, last_signatory=by, signed_on=signed_on)
        open_due_years(contract, by=by)


def _sign(
    contract: Contract,
    document: ContractDocument,
    scan: PaperScan,
    item: WrittenSignature,
    *,
    by: User,
) -> None:
    Signature.objects.create(
        contract=contract,
        document=document,
        scan=scan,
        party=item.party,
        user_id=item.user,
        name=item.name,
        role=item.role,
        at=dt.datetime.combine(item.signed_on, dt.time(0), clock.PARIS),
        sha256=document.sha256,
        consent=CONSENT,
    )
    day = format_date(item.signed_on)
    _note(
        "sign_on_paper",
        contract,
        by=by,
        sentence=f"{contract.words.The} signé sur papier pour {item.party.with_article} "
        f"par {item.name}, le {day}",
        before=contract.state,
        party=item.party.value,
        signed_on=item.signed_on.isoformat(),
        scan=scan.scan.sha256,
    )


def _as_written(contract: Contract, written: Mapping[Party, Written]) -> list[WrittenSignature]:
    named = signings(contract)
    return [
        WrittenSignature(
            party=party,
            user=written[party].user.pk,
            name=written[party].user.get_full_name(),
            role=named[party].quality or party.signatory,
            signed_on=written[party].signed_on,
        )
        for party in SIGNING_ORDER
        if party in written
    ]


def _gathered(uploads: Sequence[UploadedFile]) -> bytes:  # type: ignore[type-arg]
    """One PDF as it came, or pictures gathered in one."""
    # Imported by the request that reads a scan: the other pages should not pay for it.
    from aci.seals.scans import gather_pictures

    if not uploads:
        raise Refused("Joignez les pages signées, en un PDF ou en images.")
    checked = [files.checked(upload, rule=SCAN_RULE) for upload in uploads]
    contents = [content for _, _, content in checked]
    if all(extension != "pdf" for extension, _, _ in checked):
        return gather_pictures(contents)
    if len(contents) > 1:
        raise Refused("Joignez un seul PDF, ou seulement des images : les deux ne se mêlent pas.")
    return contents[0]


def _held_scan(scan: PaperScan, *, by: User) -> tuple[Contract, PaperScan]:
    contract = held(Contract.agreements.get(documents__paper__scans=scan))
    if not any(_may(by, contract)(permission) for permission in MAY_CONFIRM):
        raise NotAllowed("confirm_scan")
    scan = PaperScan.objects.with_page().get(pk=scan.pk)
    if not scan.is_pending:
        raise Refused("Ces pages sont déjà confirmées ou écartées.")
    return contract, scan


def _close(scan: PaperScan, *, by: User) -> None:
    scan.closed_by, scan.closed_at = by, clock.now()
    scan.save(update_fields=["closed_by", "closed_at", "dismissed_reason"])


def _frozen(contract: Contract) -> ContractDocument:
    document = contract.frozen_document
    if document is None:
        raise Refused("Le document figé est encore en préparation.")
    return document


def _may(by: User, contract: Contract) -> Callable[[str], bool]:
    return may_on(by, contract.cpts)


def _acts_for(
    by: User, contract: Contract, *, among: Mapping[Party, object] | None = None
) -> Party:
    """A party that this person may act for, of those whose signature is told."""
    may = may_on(by, contract.cpts)
    own = [party for party in SIGNING_ORDER if may(party.accept_permission)]
    if not own:
        raise NotAllowed("sign_on_paper")
    told = [party for party in own if among is None or party in among]
    if not told:
        raise Refused(
            f"Vous déposez les pages où {own[0].with_article} a signé : indiquez sa signature, ou "
            "laissez le déposer par la partie qui a signé."
        )
    return told[0]


def _note(
    verb: str,
    contract: Contract,
    *,
    by: User,
    sentence: str,
    before: str,
    reason: str = "",
    **data: object,
) -> None:
    journal.record(
        verb,
        contract,
        by=by,
        dossier=contract.cpts.reference,
        sentence=sentence,
        from_state=before,
        to_state=contract.state,
        reason=reason,
        role=quality_on(by, contract.cpts),
        **data,
    )
