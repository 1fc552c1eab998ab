"""What comes of a session: its votes become opinions, then the ARS decides several letters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import TextChoices

from accounts.access import Permission
from accounts.models import User
from foundation import clock
from foundation.dates import format_date
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from projects.actions.batches import want_letters
from projects.actions.decisions import approve, refuse
from projects.actions.opinions import give_committee_opinion
from projects.actions.sessions import pass_session, tell
from projects.models import AgendaItem, CommitteeSession, Filing, LetterBatch, Opinion, Vote
from projects.workflow import State
from territories.scopes import may_on

_NEEDS_REASONS = {
    Opinion.Recommendation.WITH_RESERVATIONS,
    Opinion.Recommendation.UNFAVOURABLE,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is written beside the votes of one file; a postponed one gets no opinion."""

    reasons: str = ""
    is_postponed: bool = False


class Verdict(TextChoices):
    """What the ARS may decide on one letter of the page, or leave for later."""

    APPROVE = "approve", "Approuver"
    REFUSE = "refuse", "Refuser, avec des motifs"
    LATER = "later", "Ne pas décider maintenant"


@dataclass(frozen=True, slots=True)
class LetterDecision:
    """One line of the page of decisions."""

    item: AgendaItem
    verdict: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """How one decision ended, in one sentence."""

    filing: Filing
    title: str
    sentence: str
    is_done: bool


@transaction.atomic
def close_session(
    session: CommitteeSession, outcomes: Mapping[int, Outcome], *, by: User
) -> CommitteeSession:
    """Close the votes, and give the committee's opinion on each file: all of them, or none."""
    from_state = pass_session("close", session, by=by)
    session.closed_at = clock.now()
    session.save(update_fields=["state", "closed_at"])
    items = list(AgendaItem.objects.of(session))
    for item in sorted(items, key=lambda one: one.filing_id):
        item.session = session
        _give(item, outcomes.get(item.pk, Outcome()), by=by)
    given = [item for item in items if not item.is_postponed]
    tell(
        "close_session",
        session,
        f"Séance close : {session}, avis rendus : {len(given)}, reportés : "
        f"{len(items) - len(given)}",
        by=by,
        from_state=from_state,
        to_state=session.state,
    )
    return session


def _give(item: AgendaItem, outcome: Outcome, *, by: User) -> None:
    """The vote becomes the opinion of the committee, by the rules of any opinion."""
    item.reasons = outcome.reasons.strip()
    item.is_postponed = outcome.is_postponed
    if not item.is_postponed:
        found = item.result(chair_vote(item))
        item.recommendation, item.by_chair = found.recommendation, found.by_chair
        if item.recommendation in _NEEDS_REASONS and not item.reasons:
            raise Refused(
                f"{item.title} : un avis défavorable ou avec réserves se motive ; "
                "écrivez les motifs, ou reportez ce point."
            )
        try:
            item.opinion = give_committee_opinion(
                item.filing,
                level=item.session.level,
                recommendation=item.recommendation,
                text=opinion_text(item),
                by=by,
                committee=item.session.body,
                seated=[member.body for member in item.session.members.all()],
            )
        except Refused as refused:
            raise Refused(f"{item.title} : {refused.reason} Vous pouvez reporter ce point.") from (
                refused
            )
    item.save(update_fields=["reasons", "is_postponed", "recommendation", "by_chair", "opinion"])


def chair_vote(item: AgendaItem) -> str | None:
    """The chair's own vote, where an open ballot shows it."""
    votes = Vote.objects.filter(item=item, member__is_chair=True)
    return votes.values_list("choice", flat=True).first()


def opinion_text(item: AgendaItem) -> str:
    """The reasons as written, behind the vote that they explain."""
    settled = ", voix de la présidence prépondérante" if item.by_chair else ""
    day = format_date(item.session.day)
    return f"Vote du {day} : {item.votes_in_words}{settled}.\n\n{item.reasons}".strip()


def decide_letters(
    session: CommitteeSession, decisions: Sequence[LetterDecision], *, by: User
) -> list[Report]:
    """Decide several letters, each in its own transaction; every one of them is reported.

    A letter that cannot be decided stops none of the others.
    """
    if not session.is_closed:
        raise Refused("Les lettres se décident quand la séance est close.")
    wanted = [one for one in decisions if one.verdict != Verdict.LATER]
    for one in wanted:
        if not may_on(by, one.item.filing.cpts)(Permission.FILING_DECIDE):
            raise NotAllowed(Permission.FILING_DECIDE)
    return [_decide(one, by=by) for one in wanted]


def want_decided_letters(reports: Sequence[Report], *, by: User) -> LetterBatch | None:
    """The letters of these decisions as one batch; nothing where none was taken.

    Each decision has already asked for its own letter: were this not reached, none is lost.
    """
    decided = [report.filing for report in reports if report.is_done]
    return want_letters(decided, by=by) if decided else None


def _decide(one: LetterDecision, *, by: User) -> Report:
    filing, title = one.item.filing, one.item.title
    is_approval = one.verdict == Verdict.APPROVE
    try:
        (approve if is_approval else refuse)(filing, reason=one.reason, by=by)
    except Refused as refused:
        filing.refresh_from_db(fields=["state"])
        wanted = State.APPROVED if is_approval else State.REFUSED
        if filing.state == wanted:  # a second click, or a colleague who decided the same
            return Report(filing, title, "Cette décision était déjà prise.", is_done=True)
        return Report(filing, title, refused.reason, is_done=False)
    done = "La lettre est approuvée." if is_approval else "La lettre est refusée."
    return Report(filing, title, done, is_done=True)
