"""Two committee sessions: the regional one, closed with its minutes unread; a local one, open."""

from datetime import datetime, time, timedelta

from accounts.access import Role
from accounts.models import User
from foundation import clock
from projects import actions
from projects.models import CommitteeSession, Filing, SessionDocument
from projects.session_querysets import eligible_seats
from projects.votes import Choice
from records import jobs
from records.models import Job
from territories.actions import assign
from territories.models import Departement
from tests.cast import Cast, make_user
from tests.projects.sessions.made import item_of, point

IN_MINUTES = "Échanges confidentiels de la séance"


def regional(cast: Cast, letter: Filing) -> CommitteeSession:
    """Of the members, one is in the cast; it was held, and its minutes wait for their approval."""
    session = _opened(cast, letter, cast.committee_member)
    actions.vote(item_of(session), choice=Choice.FOR, by=cast.committee_member)
    actions.close_session(session, {}, by=cast.ars_reviewer)
    return _with_papers(session, by=cast.ars_reviewer)


def local(cast: Cast, letter: Filing) -> CommitteeSession:
    """Of the committee of the département: nobody of the cast sits in it."""
    member = make_user("Lucie Locale")
    departement = cast.geography.pas_de_calais
    assign(member, Role.COMMITTEE, departement=departement, body="Comité du Béthunois")
    return _with_papers(_opened(cast, letter, member, departement), by=cast.ars_reviewer)


def _opened(
    cast: Cast, letter: Filing, member: User, departement: Departement | None = None
) -> CommitteeSession:
    by = cast.ars_reviewer
    session = actions.create_session(
        region=cast.geography.hauts_de_france,
        departement=departement,
        body="Comité local" if departement else "Comité régional",
        starts_at=datetime.combine(clock.today() + timedelta(days=1), time(14), clock.PARIS),
        place="Lille",
        by=by,
    )
    actions.add_item(session, letter, by=by)
    seats = [seat.pk for seat in eligible_seats(session) if seat.user_id == member.pk]
    actions.choose_members(session, seats, chair=seats[0], by=by)
    session = actions.convene(session, by=by)
    with clock.at(session.starts_at):
        point(session, by, member)
        return actions.open_session(session, by=by)


def _with_papers(session: CommitteeSession, *, by: User) -> CommitteeSession:
    session.refresh_from_db()
    actions.save_minutes(session, text=IN_MINUTES, version=0, by=by)
    for kind in SessionDocument.Kind:
        job: Job = actions.want_session_document(session, kind=kind.value, by=by)
        jobs.run(job.pk)
    return session
