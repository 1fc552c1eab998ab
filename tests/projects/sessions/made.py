"""Sessions in every state, made by the product's own actions."""

import datetime as dt

from accounts.access import Role
from accounts.models import User
from foundation import clock
from projects import actions
from projects.actions.sessions import Pointing
from projects.models import AgendaItem, CommitteeSession, Filing, SessionMember
from projects.session_querysets import eligible_seats
from projects.votes import Choice, Presence
from territories.actions import ChosenCommune, assign, choose_communes
from tests.cast import Cast, make_user
from tests.projects.filings import complete_letter, filled

NAMES = ("Mona Médecins", "Fanny Fédération", "Paul Pharmaciens")


def colleagues(cast: Cast) -> list[User]:
    """Three more members of the regional committee."""
    users = []
    for name in NAMES:
        user = make_user(name)
        body = f"URPS {name.split()[1].lower()}"
        assign(user, Role.COMMITTEE, region=cast.geography.hauts_de_france, body=body)
        users.append(user)
    return users


def starting(days: int = 21) -> dt.datetime:
    day = clock.today() + dt.timedelta(days=days)
    return dt.datetime.combine(day, dt.time(14), clock.PARIS)


def drafted(cast: Cast) -> CommitteeSession:
    return actions.create_session(
        region=cast.geography.hauts_de_france,
        body="Comité régional",
        starts_at=starting(),
        place="Lille, siège de l’ARS",
        by=cast.ars_reviewer,
    )


def prepared(cast: Cast) -> CommitteeSession:
    """Rives's complete letter on the agenda, four members, the nurses' one presides."""
    session = drafted(cast)
    actions.add_item(session, complete_letter(cast), by=cast.ars_reviewer)
    colleagues(cast)
    seats = {seat.user_id: seat.pk for seat in eligible_seats(session)}
    chair = seats[cast.committee_member.pk]
    actions.choose_members(session, seats.values(), chair=chair, by=cast.ars_reviewer)
    return session


def convened(cast: Cast) -> CommitteeSession:
    return actions.convene(prepared(cast), by=cast.ars_reviewer)


def point(session: CommitteeSession, by: User, *present: User) -> None:
    """These are present, the others excused."""
    users = {user.pk for user in present}
    actions.take_attendance(
        session,
        {
            member.pk: Pointing(Presence.PRESENT if member.user_id in users else Presence.EXCUSED)
            for member in session.members.all()
        },
        by=by,
    )


def opened(cast: Cast) -> CommitteeSession:
    """Everybody is present."""
    session = convened(cast)
    point(session, cast.ars_reviewer, *[member.user for member in session.members.all()])
    return actions.open_session(session, by=cast.ars_reviewer)


def item_of(session: CommitteeSession) -> AgendaItem:
    return AgendaItem.objects.of(session)[0]


def seat_of(session: CommitteeSession, user: User) -> SessionMember:
    return session.members.get(user=user)


def voted(cast: Cast, *choices: str) -> CommitteeSession:
    """The chair votes first, then the others, in the order of their numbers."""
    session = opened(cast)
    item = item_of(session)
    for member, choice in zip(session.members.order_by("-is_chair", "pk"), choices, strict=False):
        actions.vote(item, choice=choice, by=member.user)
    return session


def closed(cast: Cast) -> CommitteeSession:
    session = voted(cast, *[Choice.FOR] * 4)
    return actions.close_session(session, {}, by=cast.ars_reviewer)


def complete_elsewhere(cast: Cast) -> Filing:
    """A complete letter of the same région, followed by another CPAM."""
    letter = actions.start_letter(
        name="CPTS Dunes",
        departement=cast.geography.pas_de_calais,
        cpam_district=cast.geography.cote_d_opale,
        by=make_user("Hugo Dunes"),
    )
    holder = letter.cpts.assignments.get().user
    choose_communes(letter.cpts, [ChosenCommune("62108")], by=holder, vintage=2023)
    letter = actions.submit(filled(letter, holder), by=holder)
    return actions.declare_complete(letter, by=cast.ars_reviewer)


def complete_monts(cast: Cast) -> Filing:
    """The complete letter of the neighbour."""
    assign(cast.monts_coordinator, Role.HOLDER, cpts=cast.monts)
    letter = filled(
        actions.open_letter(cast.monts, by=cast.monts_coordinator), cast.monts_coordinator
    )
    letter = actions.submit(letter, by=cast.monts_coordinator)
    return actions.declare_complete(letter, by=cast.ars_reviewer)
