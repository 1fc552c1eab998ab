"""Requests on a filing: prepared by an officer, answered by the holders, closed or asked again."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from accounts.access import Permission
from accounts.models import User
from foundation import clock
from foundation.refusal import Refused
from projects.actions.act import hold, note, require
from projects.corrections import has_changed, is_in_correction
from projects.models import CommentDraft, FieldComment, Filing, Submission
from projects.workflow import State

EXAMINED = frozenset({State.SUBMITTED, State.COMPLETE})


@transaction.atomic
def keep_drafts(filing: Filing, comments: Mapping[str, str], *, by: User) -> int:
    """Keep what an officer has prepared so far, in place of what was kept before; gives how many.

    Not an act: nobody is told, and nothing is journaled before the requests are sent.
    """
    hold(filing)
    require(Permission.FILING_ASK_PIECES, filing.cpts, by=by)
    if filing.state not in EXAMINED:
        raise Refused(f"Rien n’est à examiner : l’état est « {filing.state_label} ».")
    prepared = {key: text.strip() for key, text in comments.items() if text.strip()}
    refuse_unknown(filing, prepared)
    filing.comment_drafts.filter(by=by).delete()
    CommentDraft.objects.bulk_create(
        CommentDraft(filing=filing, field_key=key, text=text, by=by)
        for key, text in prepared.items()
    )
    return len(prepared)


@transaction.atomic
def answer_comment(comment: FieldComment, *, answer: str, by: User) -> FieldComment:
    """The holders answer in a few words, beside or instead of a correction."""
    filing = _hold(comment)
    require(Permission.FILING_WRITE, filing.cpts, by=by)
    if filing.state != State.INCOMPLETE or not is_in_correction(comment, filing.submitted_at):
        raise Refused("Cette demande n’attend plus de réponse.")
    if not answer.strip():
        raise Refused("Écrivez votre réponse.")
    comment.answer = answer.strip()
    comment.answered_at, comment.answered_by = clock.now(), by
    comment.save(update_fields=["answer", "answered_at", "answered_by"])
    _note("answer_comment", comment, "Réponse à la demande", reason=comment.answer, by=by)
    return comment


@transaction.atomic
def close_comment(comment: FieldComment, *, by: User) -> FieldComment:
    """The answer does: nothing more is expected on this point."""
    filing = _hold(comment)
    require(Permission.FILING_ASK_PIECES, filing.cpts, by=by)
    _refuse_unless_examined(filing)
    if comment.closed_at:
        raise Refused("Cette demande est déjà close.")
    comment.closed_at, comment.closed_by = clock.now(), by
    comment.save(update_fields=["closed_at", "closed_by"])
    _note("close_comment", comment, "Demande close", by=by)
    return comment


@transaction.atomic
def reopen_comment(comment: FieldComment, *, reason: str, by: User) -> FieldComment:
    """The answer does not do: the request goes out again with the next « Demander des pièces »."""
    filing = _hold(comment)
    require(Permission.FILING_ASK_PIECES, filing.cpts, by=by)
    _refuse_unless_examined(filing)
    if comment.is_open:
        raise Refused("Cette demande est déjà ouverte.")
    if not reason.strip():
        raise Refused("Dites ce qui manque encore.")
    comment.reopen_reason, comment.reopened_at = reason.strip(), clock.now()
    comment.answered_at = comment.closed_at = comment.closed_by = None
    comment.has_changed = False
    comment.save(
        update_fields=[
            "reopen_reason",
            "reopened_at",
            "answered_at",
            "closed_at",
            "closed_by",
            "has_changed",
        ]
    )
    _note("reopen_comment", comment, "Demande rouverte", reason=comment.reopen_reason, by=by)
    return comment


def refuse_unknown(filing: Filing, keys: Iterable[str]) -> None:
    """A request names a question, a section, the territory or a kind of piece of this filing."""
    if unknown := sorted(set(keys) - filing.commentable.keys()):
        raise Refused(f"Question inconnue : {', '.join(unknown)}.")


def mark_corrected(filing: Filing, before: Submission, sent: Submission, *, by: User) -> None:
    """At a new sending: a request is answered by a correction too, and both are told apart.

    What was neither corrected nor answered stays open: the reviewers see it.
    """
    for comment in filing.comments.filter(closed_at=None):
        if not is_in_correction(comment, before.submitted_at):
            continue
        comment.has_changed = has_changed(comment.field_key, before.sent, sent.sent, filing.outline)
        if not comment.has_changed:
            continue
        if comment.answered_at is None:
            comment.answered_at, comment.answered_by = sent.submitted_at, by
            comment.filing = filing
            _note("answer_comment", comment, "Correction apportée", by=by)
        comment.save(update_fields=["has_changed", "answered_at", "answered_by"])


def _hold(comment: FieldComment) -> Filing:
    """Hold the filing, then read the request again under its lock."""
    filing = comment.filing
    hold(filing)
    comment.refresh_from_db()
    comment.filing = filing
    return filing


def _refuse_unless_examined(filing: Filing) -> None:
    if filing.state not in EXAMINED:
        raise Refused(
            "Une demande se clôt ou se rouvre pendant l’examen : "
            f"l’état est « {filing.state_label} »."
        )


def _note(verb: str, comment: FieldComment, what: str, *, by: User, reason: str = "") -> None:
    filing = comment.filing
    label = filing.commentable.get(comment.field_key, comment.field_key)
    note(
        verb,
        filing,
        by=by,
        sentence=f"{what} sur « {label} »"[:300],
        reason=reason,
        field=comment.field_key,
        request=str(comment.uuid),
    )
