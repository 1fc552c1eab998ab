"""From the hands of the holders to a complete file."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from foundation import clock
from foundation.refusal import Refused
from projects import emails
from projects.actions.act import (
    awaited,
    next_deadline,
    note,
    opened_to_holders,
    pass_through,
    set_clock,
)
from projects.actions.comments import mark_corrected, refuse_unknown
from projects.actions.letters import want_document
from projects.actions.opinion_requests import invite_required
from projects.bodies import bodies_known
from projects.corrections import TERRITORY
from projects.letter_kinds import LetterKind
from projects.models import FieldComment, Filing, Kind, Submission, Suspension
from projects.workflow import State
from territories.actions import hand_over_territory, move
from territories.editing import shut_territory
from territories.models import Stage, Territory
from territories.overlap import overlaps_with
from territories.scopes import quality_on

STAGE_WHEN_FILED = {Kind.LETTER: Stage.LETTER, Kind.PROJECT: Stage.PROJECT_FILED}


@transaction.atomic
def submit(filing: Filing, *, by: User) -> Filing:
    """Hand the filing over to the ARS and the CPAM; an answer to pieces restarts the clock."""
    from_state = pass_through("submit", filing, by=by)
    now = clock.now()
    filing.territory = hand_over_territory(filing.cpts)
    filing.submitted_at = now
    facts = _territory_facts(filing.territory)
    before = filing.submissions.order_by("-number").first()
    sent = Submission.objects.create(
        filing=filing,
        number=before.number + 1 if before else 1,
        answers=filing.answers,
        territory=facts,
        attachments=[item.fact for item in filing.attachments.select_related("file")],
        submitted_at=now,
        submitted_by=by,
    )
    if before:
        mark_corrected(filing, before, sent, by=by)
    filing.suspensions.filter(until=None).update(until=clock.today())
    set_clock(filing)
    filing.save(update_fields=["state", "territory", "submitted_at", "due_on", "tacit_on"])
    shut_territory(filing.cpts, shut=False)
    stage = STAGE_WHEN_FILED[Kind(filing.kind)]
    move(filing.cpts, stage=stage, baton=awaited(filing), deadline=next_deadline(filing))
    words = "Lettre d’intention transmise" if filing.is_letter else "Projet de santé transmis"
    details = " avec les pièces demandées" if from_state == State.INCOMPLETE else ""
    sentence = f"{words} à l’ARS et à la CPAM{details}"
    told = _told_of_overlaps(facts)
    entry = note("submit", filing, by=by, sentence=sentence, from_state=from_state, **told)
    document = want_document(filing, LetterKind.RECEIPT, entry, by=by)
    emails.receipt(filing, entry, document, by=by)
    emails.filed(filing, entry, by=by)
    return filing


@transaction.atomic
def ask_for_pieces(filing: Filing, *, reason: str, comments: Mapping[str, str], by: User) -> Filing:
    """Send the filing back with comments that name the fields; stops the clock if it runs.

    The requests that are still open, or open again, go out with the new ones.
    """
    reason = reason.strip()
    asked = {key: text.strip() for key, text in comments.items() if text.strip()}
    seen = filing.state
    from_state = pass_through("ask_for_pieces", filing, by=by)
    if from_state != seen:  # a colleague declared it complete while this was being sent
        raise Refused(
            "« Demander des pièces » n’est pas possible : un collègue vient de faire avancer le "
            "dossier. Relisez-le."
        )
    again = list(filing.comments.filter(answered_at=None, closed_at=None))
    if not (asked or again):
        raise Refused("Dites au moins une pièce ou une réponse attendue.")
    refuse_unknown(filing, asked)
    suspension = _stop_clock(filing, reason or "Pièces demandées", by=by)
    FieldComment.objects.bulk_create(
        FieldComment(
            filing=filing,
            field_key=key,
            text=text,
            by=by,
            by_role=quality_on(by, filing.cpts),
            suspension=suspension,
        )
        for key, text in asked.items()
    )
    filing.comment_drafts.filter(by=by).delete()
    filing.save(update_fields=["state", "due_on", "tacit_on"])
    shut_territory(filing.cpts, shut=not opened_to_holders(filing).allows(TERRITORY))
    move(filing.cpts, baton=awaited(filing), deadline=next_deadline(filing))
    requests = [(item.field_key, item.reopen_reason or item.text) for item in again]
    requests += asked.items()
    entry = note(
        "ask_for_pieces",
        filing,
        by=by,
        sentence=f"Pièces demandées : {_count(len(requests))}",
        from_state=from_state,
        reason=reason,
        fields=sorted({key for key, _ in requests}),
    )
    known = filing.commentable
    told = [(known.get(key, key), text) for key, text in requests]
    document = want_document(filing, LetterKind.PIECES, entry, by=by, requests=told)
    emails.pieces_asked(filing, entry, reason, told, document, by=by)
    return filing


@transaction.atomic
def declare_complete(filing: Filing, *, by: User) -> Filing:
    """The file is whole: a letter becomes public, the clock of a project starts."""
    from_state = pass_through("declare_complete", filing, by=by)
    # A file completed again keeps its first day: the clock was only suspended.
    filing.complete_at = filing.complete_at or clock.now()
    filing.comments.filter(closed_at=None).update(closed_at=clock.now(), closed_by=by)
    set_clock(filing)
    filing.save(update_fields=["state", "complete_at", "due_on", "tacit_on"])
    invited = invite_required(filing, by=by)
    move(
        filing.cpts,
        baton=awaited(filing),
        deadline=next_deadline(filing),
        public=True,
    )
    words = "Lettre d’intention complète" if filing.is_letter else "Projet de santé complet"
    entry = note(
        "declare_complete",
        filing,
        by=by,
        sentence=words,
        from_state=from_state,
        due_on=filing.due_on and filing.due_on.isoformat(),
    )
    emails.complete(filing, entry, by=by)
    if invited:
        emails.opinion_wanted(filing, invited, entry, bodies_known(filing.cpts), by=by)
    if not filing.missing_levels:
        emails.decision_wanted(filing, entry, by=by)
    return filing


def _stop_clock(filing: Filing, reason: str, *, by: User) -> Suspension | None:
    """A running legal clock stands still from today; nothing to stop before the complete file."""
    if filing.is_letter or filing.complete_at is None:
        return None
    suspension = Suspension.objects.create(
        filing=filing,
        since=clock.today(),
        reason=reason,
        asked_by=by,
        asked_by_role=quality_on(by, filing.cpts),
    )
    set_clock(filing)
    return suspension


def _count(asked: int) -> str:
    return "1 question" if asked == 1 else f"{asked} questions"


def _told_of_overlaps(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What the journal says of communes that other CPTS cover: the reason, and which."""
    if not facts["overlaps"]:
        return {}
    communes = ", ".join(f"{row['name']} ({row['cpts']})" for row in facts["overlaps"])
    reason = f"Communes déjà couvertes : {communes}. Motif : {facts['overlap_reason']}"
    return {"reason": reason, "overlaps": facts["overlaps"]}


def _territory_facts(territory: Territory) -> dict[str, Any]:
    """The territory as it is handed over, readable whatever becomes of it."""
    overlaps = overlaps_with(territory.shares, clock.today(), besides=territory.cpts_id)
    communes = territory.communes.select_related("commune").order_by("commune__name")
    return {
        "vintage": territory.vintage,
        "population": territory.population,
        "size": territory.size,
        "communes": [
            {
                "code": row.commune_id,
                "name": row.commune.name,
                "population": row.population,
                "share": row.share,
                "part": row.part,
            }
            for row in communes
        ],
        "overlaps": [
            {
                "code": one.place.code,
                "name": one.place.name,
                "cpts": one.others,
                "counted_twice": one.counted_twice,
            }
            for one in overlaps
        ],
        "overlap_reason": territory.overlap_reason if overlaps else "",
    }
