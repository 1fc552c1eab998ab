"""How a filing ends: approved, validated, refused, opposed, withdrawn – and how it is taken up."""

import datetime as dt
from collections.abc import Iterable
from contextlib import suppress

from django.db import transaction

from accounts.models import User
from foundation import clock
from foundation.refusal import Refused
from projects import emails
from projects.actions.act import note, pass_through
from projects.actions.letters import want_document
from projects.actions.opinion_requests import close_requests, release
from projects.actions.procedures import procedure_for
from projects.letter_kinds import LetterKind
from projects.models import Attachment, Filing, Ground
from projects.outline import outline_for
from projects.workflow import State
from territories.actions import move
from territories.editing import shut_territory
from territories.models import Baton, Stage

ENDED = ["state", "decided_at", "decision_reason", "grounds", "is_tacit"]


@transaction.atomic
def approve(letter: Filing, *, by: User, reason: str = "") -> Filing:
    """The ARS approves the letter: the holders may write the project."""
    from_state = pass_through("approve", letter, by=by)
    _end(letter, _reason_without_opinions(letter, reason), by=by)
    move(letter.cpts, stage=Stage.PROJECT, baton=Baton.HOLDER)
    entry = note(
        "approve",
        letter,
        by=by,
        sentence="Lettre d’intention approuvée",
        from_state=from_state,
        reason=reason,
    )
    document = want_document(letter, LetterKind.APPROVAL, entry, by=by)
    emails.decided(letter, entry, document, by=by)
    return letter


@transaction.atomic
def refuse(letter: Filing, *, reason: str, by: User) -> Filing:
    """The ARS refuses the letter, with its reasons."""
    from_state = pass_through("refuse", letter, by=by)
    _end(letter, _given(reason), by=by)
    move(letter.cpts, stage=Stage.ABANDONED, baton=Baton.NOBODY)
    entry = note(
        "refuse",
        letter,
        by=by,
        sentence="Lettre d’intention refusée",
        from_state=from_state,
        reason=letter.decision_reason,
    )
    document = want_document(letter, LetterKind.REFUSAL, entry, by=by)
    emails.decided(letter, entry, document, by=by)
    return letter


@transaction.atomic
def validate(project: Filing, *, by: User, reason: str = "") -> Filing:
    """The director general of the ARS validates the project: the contract can be prepared."""
    from_state = pass_through("validate", project, by=by)
    _end(project, _reason_without_opinions(project, reason), by=by)
    move(project.cpts, stage=Stage.VALIDATED, baton=Baton.CPAM)
    entry = note(
        "validate",
        project,
        by=by,
        sentence="Projet de santé validé",
        from_state=from_state,
        reason=reason,
    )
    document = want_document(project, LetterKind.VALIDATION, entry, by=by)
    emails.decided(project, entry, document, by=by)
    return project


@transaction.atomic
def oppose(project: Filing, *, grounds: Iterable[str], reason: str, by: User) -> Filing:
    """The ARS objects, on the only grounds the law gives it (article L1434-12 CSP)."""
    from_state = pass_through("oppose", project, by=by)
    known = [ground.value for ground in Ground]
    project.grounds = sorted({str(ground) for ground in grounds})
    if not project.grounds or set(project.grounds) - set(known):
        raise Refused("Choisissez le fondement de l’opposition.")
    _end(project, _given(reason), by=by)
    move(project.cpts, stage=Stage.ABANDONED, baton=Baton.NOBODY)
    entry = note(
        "oppose",
        project,
        by=by,
        sentence="Opposition de l’ARS au projet de santé",
        from_state=from_state,
        reason=project.decision_reason,
        grounds=project.grounds,
    )
    document = want_document(project, LetterKind.OPPOSITION, entry, by=by)
    emails.decided(project, entry, document, by=by)
    return project


@transaction.atomic
def withdraw(filing: Filing, *, by: User, reason: str = "") -> Filing:
    """The holders take their filing back before any decision."""
    from_state = pass_through("withdraw", filing, by=by)
    _end(filing, reason, by=by)
    filing.suspensions.filter(until=None).update(until=clock.today())
    shut_territory(filing.cpts, shut=False)
    # What was never handed over stays unknown to the authorities: « ABANDONED » would show it.
    was_handed_over = filing.cpts.stage != Stage.EMERGENCE
    move(
        filing.cpts,
        stage=Stage.ABANDONED if was_handed_over else None,
        baton=Baton.NOBODY,
    )
    words = "Lettre d’intention retirée" if filing.is_letter else "Projet de santé retiré"
    entry = note(
        "withdraw", filing, by=by, sentence=words, from_state=from_state, reason=reason.strip()
    )
    if filing.submitted_at:
        emails.withdrawn(filing, entry, by=by)
    return filing


@transaction.atomic
def take_up_again(filing: Filing, *, by: User) -> Filing:
    """A refused or withdrawn filing gives a new version; the old one stays as it was.

    The dossier returns to where the holders write: the letter filed (emergence when no authority
    ever received it), or the project under construction.
    """
    ended_in = pass_through("take_up_again", filing, by=by)
    filing.state = ended_in  # the old version keeps its end; the table moved it in memory only
    today = clock.today()
    again = type(filing).objects.create(
        cpts=filing.cpts,
        kind=filing.kind,
        number=filing.number + 1,
        letter=filing.letter,
        previous=filing,
        procedure=procedure_for(filing.cpts.region_id, today),
        outline_code=outline_for(filing.kind, today).code,
        opened_on=today,
        answers=filing.answers,
    )
    Attachment.objects.bulk_create(
        Attachment(
            filing=again,
            kind=item.kind,
            label=item.label,
            file_id=item.file_id,
            added_by_id=item.added_by_id,
            added_at=item.added_at,
        )
        for item in filing.attachments.all()
    )
    move(filing.cpts, stage=_stage_of_drafts(filing), baton=Baton.HOLDER)
    words = "Lettre d’intention reprise" if filing.is_letter else "Projet de santé repris"
    note(
        "take_up_again",
        again,
        by=by,
        sentence=f"{words} (version {again.number})",
        from_state=ended_in,
    )
    return again


@transaction.atomic
def validate_tacitly(project: Filing, *, by: User | None = None) -> Filing:
    """The legal delay is over without an objection: the project is deemed validated.

    The decision bears the instant the law gives it, 00:00 in Paris, however late the task runs.
    """
    by = by or User.objects.portal()
    from_state = pass_through("validate_tacitly", project, by=by)
    project.is_tacit = True
    moment = project.tacit_moment
    _end(project, "", at=moment, by=by)
    move(project.cpts, stage=Stage.VALIDATED, baton=Baton.CPAM)
    entry = note(
        "validate_tacitly",
        project,
        by=by,
        sentence="Projet de santé réputé validé : pas d’opposition de l’ARS dans le délai légal",
        from_state=from_state,
        tacit_at=moment and moment.isoformat(),
    )
    document = want_document(project, LetterKind.TACIT, entry, by=by)
    emails.decided(project, entry, document, by=by)
    return project


def validate_due_projects() -> int:
    """Validate every project whose clock has ended, each in its own transaction; gives how many."""
    validated = 0
    for project in Filing.objects.tacitly_due():
        with suppress(Refused):  # decided or suspended meanwhile: the other act won
            validate_tacitly(project)
            validated += 1
    return validated


def _end(filing: Filing, reason: str, *, by: User, at: dt.datetime | None = None) -> None:
    """The last acts on the filing; with a decision, the parties read the opinions."""
    filing.decided_at = at or clock.now()
    filing.decision_reason = reason.strip()
    filing.save(update_fields=ENDED)
    close_requests(filing)
    if filing.state != State.WITHDRAWN and not filing.opinions_released_at:
        release(filing, by=by)


def _reason_without_opinions(filing: Filing, reason: str) -> str:
    """The guard lets a decision pass without the late opinions: it says why."""
    if filing.missing_levels and not reason.strip():
        raise Refused(
            "Des avis requis manquent : écrivez pourquoi la décision est prise sans les attendre."
        )
    return reason


def _given(reason: str) -> str:
    if not reason.strip():
        raise Refused("Une décision défavorable se motive : écrivez les motifs.")
    return reason.strip()


def _stage_of_drafts(filing: Filing) -> Stage | None:
    if not filing.is_letter:
        return Stage.PROJECT
    return None if filing.cpts.stage == Stage.EMERGENCE else Stage.LETTER
