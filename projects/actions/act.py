"""What every act shares: hold the rows, pass the table, write the journal, hand the baton on."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.access import Permission
from accounts.models import User
from foundation import clock
from foundation.workflow import May, NotAllowed
from projects.corrections import EVERYWHERE, Opened, opened_by
from projects.models import Filing
from projects.outline import Answers
from projects.workflow import State
from records import journal
from records.models import JournalEntry
from territories.models import Baton, Cpts
from territories.scopes import may_on, quality_on


def hold(filing: Filing) -> None:
    """Refresh the filing and its CPTS, and keep both rows until the end of the transaction.

    The CPTS too: its stage and its baton are rewritten by the act.
    """
    filing.refresh_from_db(from_queryset=Filing.objects.select_for_update(of=("self",)))
    filing.cpts = held_cpts(filing.cpts_id)


def held_cpts(pk: int) -> Cpts:
    """The CPTS, its row kept until the end of the transaction."""
    held: Cpts = Cpts.objects.select_for_update(of=("self",)).get(pk=pk)
    return held


def require(permission: Permission, cpts: Cpts, *, by: User) -> None:
    """For acts that are no transition: writing, inviting."""
    if not may_on(by, cpts)(permission):
        raise NotAllowed(permission)


def pass_through(name: str, filing: Filing, *, by: User, may: May | None = None) -> str:
    """Hold the filing, then move its state by the table; gives the state it came from.

    `may` stands for the person's own rights where they were checked on something else.
    """
    hold(filing)
    from_state = filing.state
    filing.workflow.apply(name, filing, may=may or may_on(by, filing.cpts))
    return from_state


def note(
    verb: str, filing: Filing, *, by: User, sentence: str, from_state: str = "", **details: Any
) -> JournalEntry:
    """One line of the journal. `reason` is part of the entry, other details are kept as data."""
    return journal.record(
        verb,
        filing,
        by=by,
        dossier=filing.cpts.reference,
        sentence=sentence,
        from_state=from_state,
        to_state=filing.state,
        role=quality_on(by, filing.cpts),
        kind=filing.kind,
        version=filing.number,
        **details,
    )


def awaited(filing: Filing) -> Baton:
    """Who has the baton on a filing that is being examined."""
    if filing.is_writable:
        return Baton.HOLDER
    if filing.state == State.COMPLETE and filing.missing_levels:
        return Baton.COMMITTEE
    return Baton.ARS


def next_deadline(filing: Filing) -> tuple[dt.date, str] | None:
    """The next date that counts for a filing that is being examined, and what it is."""
    procedure = filing.procedure
    today = clock.today()
    if filing.state == State.INCOMPLETE:
        return today + dt.timedelta(days=procedure.pieces_days), "Pièces à fournir"
    if filing.due_on:
        return filing.due_on, "Fin du délai légal de l’ARS"
    if filing.state == State.SUBMITTED:
        return (
            today + dt.timedelta(days=procedure.completeness_days),
            "Vérification de la complétude",
        )
    if filing.state == State.COMPLETE and filing.missing_levels:
        due_on = filing.opinions_due_on or today + dt.timedelta(days=procedure.opinion_days)
        return due_on, "Avis du comité"
    return None


def opened_to_holders(filing: Filing, answers: Answers | None = None) -> Opened:
    """What the holders may change: everything in a draft, what is asked in a correction."""
    if filing.state != State.INCOMPLETE:
        return EVERYWHERE
    last = filing.submissions.order_by("-number").first()
    return opened_by(
        filing.comments.all(),
        outline=filing.outline,
        answers=filing.answers if answers is None else answers,
        handed_over=last.answers if last else {},
        sent_at=filing.submitted_at,
    )


def set_clock(filing: Filing) -> None:
    """Write the end of the legal delay as its suspensions make it; saved by the caller."""
    legal = filing.legal_clock([item.pause for item in filing.suspensions.all()])
    filing.due_on = legal.due_on if legal else None
    filing.tacit_on = legal.tacit_on if legal else None
