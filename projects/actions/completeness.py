"""The checklist of a sending, ticked point by point by the ARS and by the CPAM, each its own."""

from collections.abc import Mapping

from django.db import transaction

from accounts.access import Permission
from accounts.models import User
from foundation import clock
from foundation.refusal import Refused, StaleVersion
from projects.actions.act import hold, note, require
from projects.models import CompletenessCheck, Filing, Submission
from projects.workflow import State
from territories.scopes import may_on, quality_on

Ticks = Mapping[str, tuple[bool, str]]


@transaction.atomic
def check_completeness(filing: Filing, ticks: Ticks, *, sending: int, by: User) -> int:
    """Keep what was ticked and noted on a sending, by whom and when; gives how many points moved.

    `sending` is the number the person read: a newer one would be ticked unread.
    """
    hold(filing)
    require(Permission.COMPLETENESS_CHECK, filing.cpts, by=by)
    if filing.state != State.SUBMITTED:
        raise Refused(
            "La complétude se vérifie sur un dossier transmis\u00a0: "
            f"l’état est « {filing.state_label} »."
        )
    submission = filing.submissions.order_by("-number").select_related("filing").first()
    if submission is None or submission.number != sending:
        raise StaleVersion("Un nouvel envoi est arrivé entre-temps\u00a0: relisez-le.")
    if unknown := sorted(ticks.keys() - {point.key for point in submission.points}):
        raise Refused(f"Point inconnu\u00a0: {', '.join(unknown)}.")
    moved = _keep(submission, ticks, by=by)
    if moved:
        met = submission.checks.filter(party=party_of(by, filing), is_met=True).count()
        note(
            "check_completeness",
            filing,
            by=by,
            sentence=f"Complétude vérifiée\u00a0: {met} points sur {len(submission.points)}",
            points={key: is_met for key, (is_met, _) in ticks.items()},
        )
    return moved


def party_of(user: User, filing: Filing) -> str:
    """The ARS declares the file complete; whoever else checks does it for the CPAM."""
    declares = may_on(user, filing.cpts)(Permission.FILING_COMPLETE)
    return CompletenessCheck.Party.ARS if declares else CompletenessCheck.Party.CPAM


def _keep(submission: Submission, ticks: Ticks, *, by: User) -> int:
    """Only what moved takes a new author and a new date."""
    party = party_of(by, submission.filing)
    known = {check.key: check for check in submission.checks.filter(party=party)}
    moved = 0
    for key, (is_met, note_text) in ticks.items():
        before = known.get(key)
        if before and (before.is_met, before.note) == (is_met, note_text.strip()):
            continue
        submission.checks.update_or_create(
            party=party,
            key=key,
            defaults={
                "is_met": is_met,
                "note": note_text.strip(),
                "by": by,
                "by_role": quality_on(by, submission.filing.cpts),
                "at": clock.now(),
            },
        )
        moved += 1
    return moved
