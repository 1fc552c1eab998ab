"""What belongs to persons or to the portal: kept views, calendars, batches, texts, procedures."""

from typing import Any

from accounts.access import Role
from accounts.models import SavedView, User
from accounts.saved_views import save_view
from aci import actions as aci
from aci.actions.batches import ARCHIVE_JOB, ITEM_JOB, PLAN_JOB
from aci.models import Contract, PaperScan, PaperSigning
from projects import actions
from projects.letter_kinds import LetterKind
from projects.models import FilingDocument, LetterTemplate, Procedure
from records import jobs
from records.models import Job
from territories.actions import assign
from territories.feeds import subscribe
from territories.models import CalendarFeed
from tests.cast import Cast, make_user

Things = dict[str, dict[str, Any]]


def of(cast: Cast, letters: dict[str, Any], contracts: dict[str, Any]) -> Things:
    """Of « rives », and of « monts »: two owners where the thing is a person's own."""
    another = make_user("Agathe Administratrice")
    assign(another, Role.ADMINISTRATOR)
    decisions = {name: _decision(letter) for name, letter in letters.items()}
    procedure, template = Procedure.objects.latest("pk"), LetterTemplate.objects.latest("pk")
    return {
        "batch": {name: _batch(letter, by=cast.ars_director) for name, letter in letters.items()},
        "contract_batch": {
            "rives": _contract_batch(contracts["rives"], by=cast.ars_reviewer),
            "monts": _contract_batch(contracts["monts"], by=cast.cpam_officer),
        },
        "decision": {name: document.uuid for name, document in decisions.items()},
        "view": {"rives": _view(cast.ars_reviewer), "monts": _view(cast.cpam_officer)},
        "feed": {"rives": _feed(cast.coordinator), "monts": _feed(cast.ars_reviewer)},
        "procedure": dict.fromkeys(letters, procedure.code),
        "template": dict.fromkeys(letters, template.uuid),
        "preview": {"rives": _preview(cast.administrator), "monts": _preview(another)},
    }


def scan_of(contract: Contract) -> Any:
    """Pages of a contract signed by hand, set as if it were: who gets them is the matter here."""
    signature = contract.signatures.standing().latest("at")
    stored = signature.document.stored
    paper, _ = PaperSigning.objects.get_or_create(
        document=signature.document, chosen_by=signature.user
    )
    scan: PaperScan = PaperScan.objects.create(
        paper=paper,
        scan=stored,
        pages=1,
        frozen_sha256=stored.sha256,
        written={},
        uploaded_by=signature.user,
    )
    return scan.uuid


def _decision(letter: Any) -> FilingDocument:
    document: FilingDocument = FilingDocument.objects.get(filing=letter, kind=LetterKind.APPROVAL)
    return document


def _batch(letter: Any, *, by: User) -> Any:
    batch = actions.want_letters([letter], by=by)
    run_wanted("filing_document_pdf", "letter_batch_files")
    return batch.uuid


def _contract_batch(contract: Any, *, by: User) -> Any:
    batch = aci.want_batch([contract], label="Tous les contrats", by=by)
    run_wanted(PLAN_JOB, ITEM_JOB, ARCHIVE_JOB)
    return batch.uuid


def run_wanted(*kinds: str) -> None:
    """As a worker would, one kind after the other."""
    for kind in kinds:
        for job in Job.objects.filter(kind=kind, state=Job.State.WANTED):
            jobs.run(job.pk)


def _view(owner: User) -> Any:
    view: SavedView = save_view(name="Ma vue", query="tri=nom", is_default=False, by=owner)
    return view.uuid


def _feed(owner: User) -> Any:
    subscribe(by=owner)
    return CalendarFeed.objects.get(user=owner).uuid


def _preview(owner: User) -> Any:
    text = {"subject": "Accusé", "body": "{{ reference }}, le {{ depot.transmis_le }}."}
    job = actions.want_preview(kind=LetterKind.RECEIPT, region=None, by=owner, **text)
    jobs.run(job.pk)
    return job.uuid
