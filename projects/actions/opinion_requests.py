"""Who is asked for an opinion, until when; reminders; when the parties may read the opinions."""

import datetime as dt
from collections.abc import Callable, Iterable

from django.db import transaction

from accounts.access import Permission
from accounts.models import User
from foundation import clock
from foundation.dates import format_date
from foundation.refusal import Refused
from foundation.working_days import is_working_day
from projects import emails
from projects.actions.act import awaited, hold, next_deadline, note, require
from projects.actions.opinion_grids import opinion_grid_for
from projects.bodies import bodies_by_right, bodies_known
from projects.models import Filing, OpinionGrid, OpinionRequest
from projects.opinion_states import RequestState
from projects.workflow import OPINION_REQUEST_WORKFLOW, Level, State, local_opinion_came_first
from records.models import JournalEntry
from territories.actions import move
from territories.scopes import may_on

REMINDED_BEFORE = dt.timedelta(days=7)  # [A]
# A level that comes after a late one has at least this long. [A]
SHORTEST = dt.timedelta(days=7)


def invite_required(filing: Filing, *, by: User) -> list[OpinionRequest]:
    """Ask the bodies of the levels that the procedure requires; gives those who may answer now.

    Called when the file is complete, its row held. Whoever was asked before keeps the invitation,
    with a new date if the file came back with its pieces.
    """
    missing = filing.missing_levels
    if not missing:
        return []
    filing.opinions_due_on = _due_on(filing)
    filing.save(update_fields=["opinions_due_on"])
    known = bodies_known(filing.cpts)
    asked = {(row.level, row.body): row for row in filing.opinion_requests.all()}
    _give_new_dates(filing, asked.values())
    grid = opinion_grid_for(filing.cpts.region_id, clock.today())
    new = [
        _request(filing, level, body, grid, filing.opinions_due_on, required=True, by=by)
        for level in missing
        for body in bodies_by_right(known, level)
        if (level, body) not in asked
    ]
    OpinionRequest.objects.bulk_create(new)
    return [row for row in [*asked.values(), *new] if row.state == RequestState.INVITED]


def open_next_levels(filing: Filing, *, by: User) -> list[OpinionRequest]:
    """The level before is given: those who waited for it may answer, in at least a week."""
    if filing.missing_levels_before_regional:
        return []
    opened = list(filing.opinion_requests.filter(state=RequestState.PLANNED))
    for request in opened:
        OPINION_REQUEST_WORKFLOW.apply("open", request, may=_portal)
        request.invited_at = clock.now()
        request.invited_by = by
        request.due_on = max(request.due_on, clock.today() + SHORTEST)
        request.save(update_fields=["state", "invited_at", "invited_by", "due_on"])
    return opened


def go_on(filing: Filing, level: Level) -> None:
    """An answer came, or one is no longer awaited: the level may be given, the baton may move."""
    waits = filing.procedure.waits_for_all(level, filing.kind)
    still_asked = filing.opinion_requests.open().filter(level=level)
    if level not in filing.given_levels and not (waits and still_asked.exists()):
        filing.given_levels = [*filing.given_levels, level.value]
        filing.save(update_fields=["given_levels"])
    # Another opinion is awaited: its date does not move.
    cpts = filing.cpts
    same_date = (cpts.next_deadline, cpts.next_deadline_label) if cpts.next_deadline else None
    deadline = same_date if filing.missing_levels else next_deadline(filing)
    move(cpts, baton=awaited(filing), deadline=deadline)


def tell_who_comes_next(filing: Filing, entry: JournalEntry, *, by: User) -> None:
    """The bodies of the next level, or those who decide."""
    opened = open_next_levels(filing, by=by)
    if opened:
        emails.opinion_wanted(filing, opened, entry, bodies_known(filing.cpts), by=by)
    if not filing.missing_levels:
        emails.decision_wanted(filing, entry, by=by)


@transaction.atomic
def invite_body(
    filing: Filing, *, level: str, body: str, by: User, due_on: dt.date | None = None
) -> OpinionRequest:
    """The person who instructs asks one more body, or again one whose invitation was withdrawn."""
    level = Level(level)
    hold(filing)
    require(Permission.OPINION_INVITE, filing.cpts, by=by)
    if filing.state != State.COMPLETE:
        raise Refused(
            "Un organisme s’invite entre le dossier complet et la décision : "
            f"l’état est « {filing.state_label} »."
        )
    due_on = _checked(due_on or _due_on(filing), filing)
    known = bodies_known(filing.cpts)
    if body not in known[level]:
        raise Refused(f"« {body} » n’est pas un organisme connu ici pour cet avis.")
    request = filing.opinion_requests.filter(level=level, body=body).first()
    if request is None:
        grid = opinion_grid_for(filing.cpts.region_id, clock.today())
        request = _request(filing, level, body, grid, due_on, required=False, by=by)
    else:
        _ask_again(request, filing, due_on, by=by)
    request.save()
    entry = note(
        "invite_body",
        filing,
        by=by,
        sentence=f"Invitation à donner un avis : {body} ({request.label})",
        due_on=due_on.isoformat(),
    )
    if request.state == RequestState.INVITED:
        emails.opinion_wanted(filing, [request], entry, known, by=by)
    return request


@transaction.atomic
def withdraw_request(request: OpinionRequest, *, reason: str, by: User) -> OpinionRequest:
    """A body is no longer asked. The reason stays with the invitation, for the authorities."""
    filing = request.filing
    hold(filing)
    request.refresh_from_db(fields=["state"])
    OPINION_REQUEST_WORKFLOW.apply("withdraw", request, may=may_on(by, filing.cpts))
    request.withdrawal_reason = reason.strip()
    if not request.withdrawal_reason:
        raise Refused("Écrivez pourquoi cette invitation est retirée.")
    request.closed_at = clock.now()
    request.save(update_fields=["state", "withdrawal_reason", "closed_at"])
    entry = note(
        "withdraw_request",
        filing,
        by=by,
        sentence=f"Invitation retirée : {request.body} ({request.label})",
    )
    emails.opinion_not_wanted(filing, request, entry, bodies_known(filing.cpts), by=by)
    level = Level(request.level)
    if level in filing.missing_levels and filing.opinions.filter(level=level).exists():
        go_on(filing, level)
        tell_who_comes_next(filing, entry, by=by)
    return request


@transaction.atomic
def release_opinions(filing: Filing, *, by: User) -> Filing:
    """The ARS lets the parties read the opinions: once they are given, or their date has passed."""
    hold(filing)
    require(Permission.OPINION_RELEASE, filing.cpts, by=by)
    if filing.opinions_released_at:
        raise Refused("Les avis sont déjà communiqués aux parties.")
    if not filing.opinions.exists():
        raise Refused("Aucun avis n’est donné : il n’y a rien à communiquer.")
    if filing.is_undecided and filing.missing_levels and not filing.opinions_are_overdue:
        due_on = filing.opinions_due_on
        until = f", ou après le {format_date(due_on)}" if due_on else ""
        raise Refused(
            f"Les avis se communiquent quand tous ceux de la procédure sont donnés{until}."
        )
    release(filing, by=by)
    return filing


def release(filing: Filing, *, by: User) -> None:
    """Written down, and told to the holders. The row of the filing is held."""
    filing.opinions_released_at = clock.now()
    filing.save(update_fields=["opinions_released_at"])
    if filing.opinions.exists():
        entry = note(
            "release_opinions", filing, by=by, sentence="Avis des comités communiqués aux parties"
        )
        if filing.is_undecided:  # with a decision, its own e-mail says so
            emails.opinions_released(filing, entry, by=by)


def close_requests(filing: Filing) -> None:
    """The file is decided or withdrawn: nobody is asked any more."""
    for request in filing.opinion_requests.open():
        _close("end", request, may=_portal)


def answer_by_vote(filing: Filing, level: Level, committee: str, *, by: User) -> None:
    """A committee that voted is read among the bodies: the vote is its answer."""
    voted = filing.opinion_requests.filter(level=level, body=committee).first()
    if voted is None:
        grid = opinion_grid_for(filing.cpts.region_id, clock.today())
        voted = _request(filing, level, committee, grid, clock.today(), required=True, by=by)
        voted.save()
    if voted.state == RequestState.INVITED:
        _close("give", voted, may=lambda wanted: wanted == Permission.OPINION_GIVE)


def _close(name: str, request: OpinionRequest, *, may: Callable[[str], bool]) -> None:
    OPINION_REQUEST_WORKFLOW.apply(name, request, may=may)
    request.closed_at = clock.now()
    request.save(update_fields=["state", "closed_at"])


def replace_requests(filing: Filing, level: Level, bodies: Iterable[str], *, reason: str) -> None:
    """These bodies answered otherwise: they are no longer asked. The row of the filing is held."""
    for request in filing.opinion_requests.open().filter(level=level, body__in=list(bodies)):
        OPINION_REQUEST_WORKFLOW.apply(
            "withdraw", request, may=lambda wanted: wanted == Permission.OPINION_INVITE
        )
        request.withdrawal_reason = reason
        request.closed_at = clock.now()
        request.save(update_fields=["state", "withdrawal_reason", "closed_at"])


def remind_opinions() -> int:
    """Remind those whose opinion is due soon or late, once each, on working days; gives how many.

    First the bodies that nobody knew when the file was declared complete are asked.
    """
    today = clock.today()
    if not is_working_day(today):
        return 0
    for filing in Filing.objects.lacking_requests():
        _invite_late_comers(filing.pk)
    soon = OpinionRequest.objects.to_remind().filter(
        reminded_at=None, due_on__gte=today, due_on__lte=today + REMINDED_BEFORE
    )
    late = OpinionRequest.objects.to_remind().filter(late_reminded_at=None, due_on__lt=today)
    return sum(
        _remind(request.pk, column)
        for column, found in (("reminded_at", soon), ("late_reminded_at", late))
        for request in found.order_by("pk")
    )


@transaction.atomic
def _remind(pk: int, column: str) -> int:
    """Of two tasks at once, one writes: the mark is a conditional UPDATE."""
    unmarked = OpinionRequest.objects.to_remind().filter(pk=pk, **{column: None})
    if not unmarked.update(**{column: clock.now()}):
        return 0
    request = OpinionRequest.objects.select_related("filing__cpts", "filing__procedure").get(pk=pk)
    emails.opinion_reminder(request, bodies_known(request.filing.cpts), by=User.objects.portal())
    return 1


@transaction.atomic
def _invite_late_comers(pk: int) -> None:
    filing = Filing.objects.get(pk=pk)
    hold(filing)
    portal = User.objects.portal()
    asked = set(filing.opinion_requests.values_list("level", flat=True))
    known = bodies_known(filing.cpts)
    grid = opinion_grid_for(filing.cpts.region_id, clock.today())
    due_on = max(filing.opinions_due_on or _due_on(filing), clock.today() + SHORTEST)
    new = [
        _request(filing, level, body, grid, due_on, required=True, by=portal)
        for level in filing.missing_levels
        if level not in asked
        for body in bodies_by_right(known, level)
    ]
    if filing.state != State.COMPLETE or not new:
        return
    filing.opinions_due_on = due_on
    filing.save(update_fields=["opinions_due_on"])
    OpinionRequest.objects.bulk_create(new)
    named = ", ".join(row.body for row in new)
    entry = note(
        "invite_body", filing, by=portal, sentence=f"Invitation à donner un avis : {named}"
    )
    invited = [row for row in new if row.state == RequestState.INVITED]
    emails.opinion_wanted(filing, invited, entry, known, by=portal)


def _request(
    filing: Filing,
    level: Level,
    body: str,
    grid: OpinionGrid,
    due_on: dt.date,
    *,
    required: bool,
    by: User,
) -> OpinionRequest:
    waits = level == Level.REGIONAL and bool(filing.missing_levels_before_regional)
    return OpinionRequest(
        filing=filing,
        level=level,
        body=body,
        grid=grid,
        is_required=required,
        state=RequestState.PLANNED if waits else RequestState.INVITED,
        invited_at=None if waits else clock.now(),
        invited_by=by,
        due_on=due_on,
    )


def _ask_again(request: OpinionRequest, filing: Filing, due_on: dt.date, *, by: User) -> None:
    if request.state == RequestState.GIVEN:
        raise Refused(f"{request.body} a déjà donné son avis.")
    if request.is_open:
        raise Refused(f"{request.body} est déjà invité à donner cet avis.")
    if request.level == Level.REGIONAL and (refusal := local_opinion_came_first(filing)):
        raise Refused(refusal)
    OPINION_REQUEST_WORKFLOW.apply("invite_again", request, may=may_on(by, filing.cpts))
    request.invited_at, request.invited_by, request.due_on = clock.now(), by, due_on
    request.closed_at = request.reminded_at = request.late_reminded_at = None


def _give_new_dates(filing: Filing, requests: Iterable[OpinionRequest]) -> None:
    for request in requests:
        if request.is_open and filing.opinions_due_on:
            request.due_on = filing.opinions_due_on
            request.reminded_at = request.late_reminded_at = None
            request.save(update_fields=["due_on", "reminded_at", "late_reminded_at"])


def _due_on(filing: Filing) -> dt.date:
    """As long as the procedure gives, and within the legal delay of a project."""
    due_on = clock.today() + dt.timedelta(days=filing.procedure.opinion_days)
    return min(due_on, filing.due_on) if filing.due_on else due_on


def _checked(due_on: dt.date, filing: Filing) -> dt.date:
    if due_on < clock.today():
        raise Refused("La date de l’avis est déjà passée : choisissez-en une à venir.")
    if filing.due_on and due_on > filing.due_on:
        raise Refused(
            f"La date de l’avis dépasse la fin du délai légal ({format_date(filing.due_on)})."
        )
    return due_on


def _portal(permission: str) -> bool:
    """What follows from another act by itself."""
    return permission == Permission.SYSTEM
