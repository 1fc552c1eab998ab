"""The letters of a termination: written down with the act, made into PDF by a worker."""

from functools import partial

from django.db import transaction

from accounts.models import User
from aci.actions.held import held
from aci.ending_letters import letter_inputs
from aci.models import Contract, ContractLetter, Termination
from foundation import clock
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from projects.actions.templates import template_for
from projects.letter_inputs import digest
from projects.letter_kinds import CODES, LetterKind
from records import files, jobs
from records.models import Job, JournalEntry

LETTER_JOB = "contract_letter_pdf"


def want_letter(
    contract: Contract,
    termination: Termination,
    kind: LetterKind,
    entry: JournalEntry,
    *,
    by: User,
    amounts: str = "",
) -> ContractLetter:
    """Keep what the letter says, and want its file. Call it inside the act that it announces."""
    day = entry.at.astimezone(clock.PARIS).date()
    template = template_for(kind, contract.cpts.region_id, day)
    reference = f"{contract.reference}-{CODES[kind]}{termination.number}"
    inputs = letter_inputs(
        contract, termination, kind, template, entry, reference=reference, amounts=amounts
    )
    letter: ContractLetter = ContractLetter.objects.create(
        contract=contract,
        kind=kind,
        reference=reference,
        template=template,
        dated=day,
        inputs=inputs,
        inputs_sha256=digest(inputs),
    )
    _want_file(letter, contract.cpts.reference, by=by)
    holder = "notice_letter" if kind == LetterKind.TERMINATION_NOTICE else "decision_letter"
    setattr(termination, holder, letter)
    termination.save(update_fields=[holder])
    return letter


@transaction.atomic
def want_letter_again(letter: ContractLetter, *, by: User) -> ContractLetter:
    """Ask once more for a file that no worker managed to make."""
    contract = held(letter.contract)
    letter.refresh_from_db()
    if not ContractLetter.objects.visible_to(by).filter(pk=letter.pk).exists():
        raise NotAllowed("want_letter_again")
    if letter.is_made:
        raise Refused("Ce courrier est déjà produit.")
    _want_file(letter, contract.cpts.reference, by=by)
    return letter


def make_contract_letter(job: Job) -> str:
    """Make the file of a letter, unless it is there. Whoever stores it first is right."""
    letter: ContractLetter = ContractLetter.objects.get(pk=job.payload["letter"])
    if letter.is_made:
        return letter.sha256
    # Imported by the worker that needs it: WeasyPrint takes a second to load.
    from projects import pdf

    content = pdf.letter_pdf(letter.inputs, report=partial(jobs.report, job))
    jobs.report(job, 90, "Enregistrement du fichier")
    stored = files.store_bytes(
        content,
        name=f"{letter.reference}.pdf",
        content_type="application/pdf",
        by=job.requested_by,
        dossier=job.dossier,
    )
    ContractLetter.objects.filter(pk=letter.pk, file=None).update(
        file=stored, sha256=stored.sha256, made_at=clock.now()
    )
    letter.refresh_from_db(fields=["file", "sha256", "made_at"])
    return letter.sha256


def _want_file(letter: ContractLetter, dossier: str, *, by: User) -> None:
    letter.job = jobs.want(
        LETTER_JOB,
        key=str(letter.pk),
        label=f"{letter.get_kind_display()} {letter.reference}",
        by=by,
        dossier=dossier,
        letter=letter.pk,
    )
    letter.save(update_fields=["job"])
