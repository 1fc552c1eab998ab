"""A committee session, from its agenda to its votes: prepare, convene, point, open, declare, vote.

Everything that happens in one session holds its row: two clicks at once do one thing.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.access import Permission
from accounts.models import User
from foundation import clock
from foundation.dates import format_hour
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from projects import emails
from projects.actions.act import note
from projects.committee_rules import rule_for
from projects.models import (
    AgendaItem,
    CommitteeSession,
    ConflictOfInterest,
    Filing,
    SessionMember,
    Vote,
)
from projects.session_querysets import eligible_filings, eligible_seats, manages
from projects.votes import Choice, Presence, refusal_to_vote
from projects.workflow import SESSION_WORKFLOW, Level
from records import journal
from territories.models import Departement, Region


@dataclass(frozen=True, slots=True)
class Slot:
    """How a file is heard: when, who comes, who presents it. Everything may be empty."""

    start: dt.time | None = None
    end: dt.time | None = None
    heard: str = ""
    rapporteur: str = ""


@dataclass(frozen=True, slots=True)
class Pointing:
    """Where one member is; `represented_by` is the number of another member of the session."""

    presence: str
    represented_by: int | None = None


# --- Holding and telling ---------------------------------------------------------------------


def hold_session(session: CommitteeSession) -> None:
    """Refresh the session and keep its row until the end of the transaction."""
    rows = CommitteeSession.objects.select_for_update(of=("self",))
    session.refresh_from_db(from_queryset=rows)


def tell(verb: str, session: CommitteeSession, sentence: str, *, by: User, **data: Any) -> None:
    """One line in the session's own chain of the journal."""
    journal.record(verb, session, by=by, dossier=session.chain, sentence=sentence, **data)


def require_management(session: CommitteeSession, *, by: User) -> None:
    """Only those who hold the session prepare it."""
    if not manages(by, session):
        raise NotAllowed(Permission.SESSION_MANAGE)


def pass_session(name: str, session: CommitteeSession, *, by: User) -> str:
    """Hold the session, then move its state by the table; gives the state it came from."""
    hold_session(session)
    from_state = session.state
    held_by_them = manages(by, session)
    SESSION_WORKFLOW.apply(
        name, session, may=lambda wanted: held_by_them and wanted == Permission.SESSION_MANAGE
    )
    return from_state


# --- Preparing -------------------------------------------------------------------------------


@transaction.atomic
def create_session(
    *,
    region: Region,
    body: str,
    starts_at: dt.datetime,
    by: User,
    departement: Departement | None = None,
    place: str = "",
    link: str = "",
) -> CommitteeSession:
    """Prepare a session of the committee of a région, or of the local one of a département."""
    rule = rule_for(region.pk, starts_at.astimezone(clock.PARIS).date())
    session = CommitteeSession(
        region=region,
        departement=departement,
        level=Level.LOCAL if departement else Level.REGIONAL,
        body=body.strip(),
        starts_at=starts_at,
        place=place.strip(),
        link=link.strip(),
        rule_code=rule.code,
        quorum_percent=rule.quorum_percent,
        counts_represented=rule.counts_represented,
        tie_rule=rule.tie,
        is_secret=rule.secret_ballot,
        created_by=by,
    )
    require_management(session, by=by)
    _require_somewhere(session)
    session.save()
    tell("create_session", session, f"Séance préparée : {session}", by=by)
    return session


@transaction.atomic
def edit_session(
    session: CommitteeSession,
    *,
    body: str,
    starts_at: dt.datetime,
    place: str,
    link: str,
    is_secret: bool,
    by: User,
) -> CommitteeSession:
    """Another date, place or ballot, before the opening; convened members are told."""
    _hold_prepared(session, by=by)
    moved = (session.starts_at, session.place, session.link) != (starts_at, place, link)
    session.body, session.starts_at = body.strip(), starts_at
    session.place, session.link, session.is_secret = place.strip(), link.strip(), is_secret
    _require_somewhere(session)
    session.save(update_fields=["body", "starts_at", "place", "link", "is_secret"])
    if moved and session.convened_at:
        for member in session.members.select_related("user"):
            emails.session_moved(session, member, by=by)
    tell("edit_session", session, f"Séance modifiée : {session}", by=by)
    return session


@transaction.atomic
def add_item(
    session: CommitteeSession, filing: Filing, *, by: User, slot: Slot | None = None
) -> AgendaItem:
    """Put a complete file on the agenda, once, with its hearing if there is one."""
    _hold_prepared(session, by=by)
    slot = slot or Slot()
    if session.items.filter(filing=filing).exists():
        raise Refused("Ce dossier est déjà inscrit à l’ordre du jour.")
    if not eligible_filings(session).filter(pk=filing.pk).exists():
        raise Refused("Seul un dossier complet du périmètre du comité s’inscrit à l’ordre du jour.")
    _require_free(session, slot)
    last = session.items.order_by("-number").first()
    item = AgendaItem.objects.create(
        session=session,
        filing=filing,
        number=(last.number if last else 0) + 1,
        **_columns(slot),
    )
    tell("add_item", session, f"Inscrit à l’ordre du jour : {item.title}", by=by)
    if session.convened_at:
        _announce(item, by=by)
    return item


@transaction.atomic
def change_item(item: AgendaItem, *, slot: Slot, by: User) -> AgendaItem:
    """Another slot, other people heard."""
    session = item.session
    _hold_prepared(session, by=by)
    _require_free(session, slot, besides=item)
    for name, value in _columns(slot).items():
        setattr(item, name, value)
    item.save(update_fields=list(_columns(slot)))
    tell("change_item", session, f"Audition modifiée : {item.title}", by=by)
    return item


@transaction.atomic
def remove_item(item: AgendaItem, *, by: User) -> None:
    """Take a file off the agenda, before the opening."""
    session = item.session
    _hold_prepared(session, by=by)
    tell("remove_item", session, f"Retiré de l’ordre du jour : {item.title}", by=by)
    item.delete()


@transaction.atomic
def choose_members(
    session: CommitteeSession, seats: Iterable[int], *, chair: int | None, by: User
) -> None:
    """Who sits: current seats of the committee, by their numbers, and who presides.

    Those added after the convocation are convened at once; nobody is convened twice.
    """
    _hold_prepared(session, by=by)
    wanted = set(seats)
    known = {seat.pk: seat for seat in eligible_seats(session) if seat.pk in wanted}
    chosen = {seat.user_id: seat for seat in known.values()}  # one person, one voice
    if not chosen or len(known) != len(wanted):
        raise Refused("Choisissez au moins un membre parmi ceux du comité.")
    if chair is not None and chair not in known:
        raise Refused("La présidence revient à l’un des membres convoqués.")
    session.members.exclude(user__in=chosen).delete()
    session.members.filter(is_chair=True).update(is_chair=False)
    for user, seat in chosen.items():
        SessionMember.objects.get_or_create(
            session=session, user_id=user, defaults={"body": seat.body or seat.scope_label}
        )
    if chair is not None:
        session.members.filter(user=known[chair].user_id).update(is_chair=True)
    tell("choose_members", session, f"Membres de la séance : {len(chosen)}", by=by)
    if session.convened_at:
        _convene_members(session, by=by)


@transaction.atomic
def convene(session: CommitteeSession, *, by: User) -> CommitteeSession:
    """Tell each member when and where, with the agenda; the dossiers say that they are on it."""
    from_state = pass_session("convene", session, by=by)
    session.convened_at = session.changed_at = clock.now()
    session.save(update_fields=["state", "convened_at", "changed_at"])
    _convene_members(session, by=by)
    for item in AgendaItem.objects.of(session):
        _announce(item, by=by)
    tell(
        "convene",
        session,
        f"Membres convoqués : {session}",
        by=by,
        from_state=from_state,
        to_state=session.state,
    )
    return session


# --- Holding the session ---------------------------------------------------------------------


@transaction.atomic
def take_attendance(
    session: CommitteeSession, pointings: Mapping[int, Pointing], *, by: User
) -> None:
    """Point the members; those who voted stay present."""
    hold_session(session)
    require_management(session, by=by)
    if session.is_closed or not session.convened_at:
        raise Refused("La présence se pointe entre la convocation et la clôture de la séance.")
    members = {member.pk: member for member in session.members.all()}
    present = {pk for pk, item in pointings.items() if item.presence == Presence.PRESENT}
    voters = set(Vote.objects.filter(item__session=session).values_list("member", flat=True))
    for pk, pointing in pointings.items():
        if pk not in members:
            raise Refused("Ce membre n’est pas convoqué à cette séance.")
        if pk in voters and pk not in present:
            raise Refused(f"{members[pk]} a déjà voté : sa présence ne change plus.")
        if pointing.presence == Presence.REPRESENTED and pointing.represented_by not in present:
            raise Refused(f"{members[pk]} ne peut être représenté que par un membre présent.")
    for pk, pointing in pointings.items():
        is_represented = pointing.presence == Presence.REPRESENTED
        members[pk].presence = Presence(pointing.presence)
        members[pk].represented_by_id = pointing.represented_by if is_represented else None
        members[pk].save(update_fields=["presence", "represented_by"])
    tell("take_attendance", session, f"Présence pointée : {len(present)} présents", by=by)


@transaction.atomic
def open_session(session: CommitteeSession, *, by: User) -> CommitteeSession:
    """The quorum is there: members may vote."""
    from_state = pass_session("open", session, by=by)
    session.opened_at = clock.now()
    session.save(update_fields=["state", "opened_at"])
    tell(
        "open_session",
        session,
        f"Séance ouverte : {session}",
        by=by,
        from_state=from_state,
        to_state=session.state,
    )
    return session


@transaction.atomic
def declare_conflict(
    item: AgendaItem, member: SessionMember, *, reason: str, by: User
) -> ConflictOfInterest:
    """A member says, or the secretary for them, that they have an interest in one file."""
    session = item.session
    hold_session(session)
    if member.user_id != by.pk:
        require_management(session, by=by)
    if session.is_closed:
        raise Refused("La séance est close : plus aucun conflit d’intérêts ne s’y déclare.")
    if not reason.strip():
        raise Refused("Dites en quelques mots le lien d’intérêts.")
    if item.conflicts.filter(member=member).exists():
        raise Refused("Un conflit d’intérêts est déjà déclaré pour ce membre sur ce point.")
    if item.votes.filter(member=member).exists():
        raise Refused("Ce membre a déjà voté sur ce point : un vote ne change plus.")
    conflict = ConflictOfInterest.objects.create(
        item=item, member=member, reason=reason.strip(), declared_by=by
    )
    tell("declare_conflict", session, f"Conflit d’intérêts : {member}, {item.title}", by=by)
    return conflict


@transaction.atomic
def vote(item: AgendaItem, *, choice: str, by: User) -> Vote:
    """A present member votes on one file, once. A secret ballot keeps the choice in the count."""
    session = item.session
    hold_session(session)
    member = session.members.filter(user=by).first()
    if member is None:
        raise NotAllowed("vote")
    refusal = refusal_to_vote(
        is_open=session.is_open,
        presence=member.presence,
        in_conflict=item.conflicts.filter(member=member).exists(),
        has_voted=item.votes.filter(member=member).exists(),
    )
    if refusal:
        raise Refused(refusal)
    choice = Choice(choice)
    given = Vote.objects.create(
        item=item, member=member, choice="" if session.is_secret else choice
    )
    item.refresh_from_db(fields=["counts"])  # the session is held: nobody else counts meanwhile
    item.counts = {**item.counts, choice.value: item.counts.get(choice.value, 0) + 1}
    item.save(update_fields=["counts"])
    return given


# --- The small steps -------------------------------------------------------------------------


def _hold_prepared(session: CommitteeSession, *, by: User) -> None:
    hold_session(session)
    require_management(session, by=by)
    if not session.is_prepared:
        raise Refused("La séance est ouverte ou close : sa préparation ne change plus.")
    session.changed_at = clock.now()
    session.save(update_fields=["changed_at"])


def _require_somewhere(session: CommitteeSession) -> None:
    if not (session.place or session.link):
        raise Refused("Donnez le lieu de la séance ou le lien de la visioconférence.")


def _columns(slot: Slot) -> dict[str, Any]:
    return {
        "slot_start": slot.start,
        "slot_end": slot.end,
        "heard": slot.heard.strip(),
        "rapporteur": slot.rapporteur.strip(),
    }


def _require_free(
    session: CommitteeSession, slot: Slot, *, besides: AgendaItem | None = None
) -> None:
    """Two hearings never share a minute."""
    if slot.start is None and slot.end is None:
        return
    if slot.start is None or slot.end is None or slot.end <= slot.start:
        raise Refused("Une audition a une heure de début, puis une heure de fin.")
    others = session.items.exclude(pk=besides.pk) if besides else session.items.all()
    taken = others.filter(slot_start__lt=slot.end, slot_end__gt=slot.start).first()
    if taken is not None:
        raise Refused(
            f"Ce créneau chevauche l’audition de {taken.filing.cpts.name} "
            f"({format_hour(taken.slot_start)} – {format_hour(taken.slot_end)})."
        )


def _convene_members(session: CommitteeSession, *, by: User) -> None:
    items = list(AgendaItem.objects.of(session))
    for member in session.members.filter(convened_at=None).select_related("user"):
        member.convened_at = clock.now()
        member.save(update_fields=["convened_at"])
        emails.session_convened(session, member, items, by=by)


def _announce(item: AgendaItem, *, by: User) -> None:
    note(
        "enter_agenda",
        item.filing,
        by=by,
        sentence=f"Inscrit à l’ordre du jour : {item.session}",
    )
