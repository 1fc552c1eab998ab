"""Before the end of the legal delay, the ARS is reminded of it: each time once, by e-mail."""

from django.db import transaction

from accounts.models import User
from foundation import clock
from projects import emails
from projects.actions.act import hold, note
from projects.models import DueReminder, Filing
from projects.workflow import RUNNING


def remind_of_due_dates() -> int:
    """Send the reminders that have come, each in its own transaction; gives how many."""
    return sum(remind(project) for project in Filing.objects.clock_running())


@transaction.atomic
def remind(project: Filing, *, by: User | None = None) -> bool:
    """Remind the reviewers and the director; False when nothing has come, or was sent already.

    After days without a run only the nearest reminder is sent: the others would say the same.
    """
    hold(project)
    legal = project.legal_clock([item.pause for item in project.suspensions.all()])
    if legal is None or project.state not in RUNNING or project.due_on is None:
        return False
    come = legal.reminders_due(project.procedure.reminder_days, clock.today())
    sent = project.reminders.filter(due_on=project.due_on)
    new = sorted(set(come) - set(sent.values_list("days_before", flat=True)))
    if not new:
        return False
    DueReminder.objects.bulk_create(
        DueReminder(filing=project, due_on=project.due_on, days_before=days) for days in new
    )
    by = by or User.objects.portal()
    days_left = legal.days_left(clock.today())
    entry = note(
        "remind_due",
        project,
        by=by,
        sentence="Rappel à l’ARS de la fin du délai légal",
        due_on=project.due_on.isoformat(),
        days_left=days_left,
    )
    emails.due_soon(project, entry, days_left, by=by)
    return True
