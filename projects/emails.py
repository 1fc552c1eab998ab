"""E-mails of letters and projects: who is told what, written down with the act."""

from collections.abc import Collection, Iterable

from django.conf import settings
from django.urls import reverse

from accounts.access import Role
from accounts.models import User
from accounts.notifications import Event
from projects.bodies import Bodies
from projects.models import (
    AgendaItem,
    CommitteeSession,
    Filing,
    FilingDocument,
    Invitation,
    OpinionRequest,
    SessionMember,
)
from projects.workflow import Level
from records import mail, notices
from records.models import JournalEntry
from territories.models import Assignment, Cpts

HOLDERS = {Role.HOLDER, Role.PRESIDENT, Role.COORDINATOR}
REVIEWERS = {Role.ARS_REVIEWER, Role.CPAM_OFFICER}
# E-mails that ask for something, and how a digest knows that it is done; the others tell an act.
ASKED = {
    "projects/filed": "filing",
    "projects/decision_wanted": "filing",
    "projects/opinion_wanted": "opinion",
    "projects/opinion_reminder": "opinion",
    "projects/due_soon": "filing",
}


def people(cpts: Cpts, roles: Iterable[Role]) -> list[User]:
    """Whoever holds one of these roles on this CPTS today, once each."""
    seats = (
        Assignment.objects.current()
        .on(cpts)
        .filter(role__in=list(roles), user__is_active=True)
        .select_related("user")
        .order_by("user__email")
    )
    return list({seat.user_id: seat.user for seat in seats}.values())


def receipt(filing: Filing, entry: JournalEntry, document: FilingDocument, *, by: User) -> None:
    """To the holders: it has arrived, with its reference, and what comes next."""
    _tell(HOLDERS, "projects/receipt", filing, entry, by=by, **_joined(document))


def filed(filing: Filing, entry: JournalEntry, *, by: User) -> None:
    """To the ARS and the CPAM: something to check."""
    _tell(REVIEWERS, "projects/filed", filing, entry, by=by)


def pieces_asked(
    filing: Filing,
    entry: JournalEntry,
    reason: str,
    requests: list[tuple[str, str]],
    document: FilingDocument,
    *,
    by: User,
) -> None:
    """To the holders: what is asked, question by question."""
    details = {"reason": reason, "requests": requests, **_joined(document)}
    _tell(HOLDERS, "projects/pieces_asked", filing, entry, by=by, **details)


def complete(filing: Filing, entry: JournalEntry, *, by: User) -> None:
    """To the holders: the file is complete, and the legal delay of a project runs."""
    _tell(HOLDERS, "projects/complete", filing, entry, by=by)


def opinion_wanted(
    filing: Filing,
    requests: Iterable[OpinionRequest],
    entry: JournalEntry,
    bodies: Bodies,
    *,
    by: User,
) -> None:
    """To the people of the invited bodies: a complete file waits for their opinion."""
    own: dict[User, list[OpinionRequest]] = {}
    for request in requests:
        for user in bodies[Level(request.level)].get(request.body, []):
            own.setdefault(user, []).append(request)
    for user, asked in own.items():
        _write(user, "projects/opinion_wanted", filing, entry.number, by=by, requests=asked)


def opinion_not_wanted(
    filing: Filing, request: OpinionRequest, entry: JournalEntry, bodies: Bodies, *, by: User
) -> None:
    """To the people of a body whose invitation is withdrawn."""
    for user in bodies[Level(request.level)].get(request.body, []):
        _write(user, "projects/opinion_not_wanted", filing, entry.number, by=by, request=request)


def opinion_reminder(request: OpinionRequest, bodies: Bodies, *, by: User) -> None:
    """Before the date, then after it: the opinion is still awaited."""
    about = f"{request.pk}-{request.due_on}-{'late' if request.is_late else 'soon'}"
    for user in bodies[Level(request.level)].get(request.body, []):
        _write(user, "projects/opinion_reminder", request.filing, about, by=by, request=request)


def opinions_released(filing: Filing, entry: JournalEntry, *, by: User) -> None:
    """To the holders and the CPAM: the opinions may be read."""
    _tell(HOLDERS | {Role.CPAM_OFFICER}, "projects/opinions_released", filing, entry, by=by)


def decision_wanted(filing: Filing, entry: JournalEntry, *, by: User) -> None:
    """To those who decide and those who prepare the decision."""
    roles = {Role.ARS_DIRECTOR, Role.ARS_REVIEWER}
    _tell(roles, "projects/decision_wanted", filing, entry, by=by)


def decided(filing: Filing, entry: JournalEntry, document: FilingDocument, *, by: User) -> None:
    """To the three parties: the decision, its reasons, what comes next."""
    roles = HOLDERS | REVIEWERS | {Role.ARS_DIRECTOR}
    _tell(roles, "projects/decided", filing, entry, by=by, **_joined(document))


def due_soon(filing: Filing, entry: JournalEntry, days_left: int, *, by: User) -> None:
    """To the ARS: the legal delay ends soon, silence would be a validation."""
    roles = {Role.ARS_DIRECTOR, Role.ARS_REVIEWER}
    _tell(roles, "projects/due_soon", filing, entry, by=by, days_left=days_left)


def withdrawn(filing: Filing, entry: JournalEntry, *, by: User) -> None:
    """To the ARS and the CPAM: nothing to examine any more."""
    _tell(REVIEWERS, "projects/withdrawn", filing, entry, by=by)


def invitation(invited: Invitation, token: str) -> None:
    """To the co-holder: the single-use link. The only place where the secret is written."""
    context: dict[str, object] = {
        "invitation": invited,
        "cpts": invited.cpts,
        "link": settings.PORTAL_URL + reverse("projects:accept_invitation", args=[token]),
    }
    mail.send(
        invited.email,
        "projects/invitation",
        context,
        key=f"invitation-{invited.pk}",
        by=invited.invited_by,
        dossier=invited.cpts.reference,
    )


def _joined(document: FilingDocument) -> dict[str, object]:
    """The letter that the e-mail announces, as a link: the page asks who is there."""
    path = reverse("projects:document", args=[document.filing.cpts.reference, document.uuid])
    return {"document": document, "document_link": settings.PORTAL_URL + path}


def session_convened(
    session: CommitteeSession, member: SessionMember, items: list[AgendaItem], *, by: User
) -> None:
    """To a member of a committee: when, where, which files."""
    _tell_member("projects/session_convened", session, member, by=by, items=items)


def session_moved(session: CommitteeSession, member: SessionMember, *, by: User) -> None:
    """To a member who was convened: another date or place."""
    _tell_member("projects/session_moved", session, member, by=by)


def _tell_member(
    template: str,
    session: CommitteeSession,
    member: SessionMember,
    *,
    by: User,
    **details: object,
) -> None:
    context: dict[str, object] = {
        "session": session,
        "member": member,
        "link": settings.PORTAL_URL + session.get_absolute_url(),
        **details,
    }
    when = session.changed_at.isoformat()  # a second change is told too
    key = f"{session.chain}-{template}-{member.pk}-{when}"
    mail.send(member.user.email, template, context, key=key, by=by)


def _tell(
    roles: Iterable[Role],
    template: str,
    filing: Filing,
    entry: JournalEntry,
    *,
    by: User,
    **details: object,
) -> None:
    for user in people(filing.cpts, roles):
        _write(user, template, filing, entry.number, by=by, **details)


def _write(
    user: User, template: str, filing: Filing, about: object, *, by: User, **details: object
) -> None:
    """One e-mail about one event (`about`), never twice to the same person."""
    cpts = filing.cpts
    route = "projects:letter" if filing.is_letter else "projects:health_project"
    context: dict[str, object] = {
        "filing": filing,
        "cpts": cpts,
        "link": settings.PORTAL_URL + reverse(route, args=[cpts.reference]),
        "opinions_link": settings.PORTAL_URL + reverse("projects:opinions", args=[cpts.reference]),
        "to": user,
        **details,
    }
    kind = ASKED.get(template, "")
    notices.notify(
        user,
        Event.REVIEW if kind else Event.LEGAL_ACT,
        template,
        context,
        key=f"{cpts.reference}-{about}-{template}-{user.pk}",
        link=str(context["link"]),
        by=by,
        dossier=cpts.reference,
        about=f"{kind}:{filing.pk}:{filing.state}" if kind else "",
    )


@notices.still_holds("filing")
def filings_in_state(user: User, subjects: Collection[str]) -> Collection[str]:
    """« 12:submitted »: the filing still waits in that state."""
    keys = [subject.partition(":")[0] for subject in subjects]
    rows = Filing.objects.filter(pk__in=keys).values_list("pk", "state")
    return {f"{key}:{state}" for key, state in rows} & set(subjects)


@notices.still_holds("opinion")
def opinions_awaited(user: User, subjects: Collection[str]) -> Collection[str]:
    """Filings on which this very person has not given an opinion yet."""
    awaited = {
        str(pk) for pk in Filing.objects.awaiting_opinion_of(user).values_list("pk", flat=True)
    }
    return {subject for subject in subjects if subject.partition(":")[0] in awaited}
