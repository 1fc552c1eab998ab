"""« À faire » of the committees: who convenes, opens, votes, closes and approves, and when."""

import datetime as dt
from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from accounts.models import User
from foundation import clock
from projects import actions
from projects.minutes import draft_minutes
from projects.models import AgendaItem
from projects.votes import Choice
from tests.cast import Cast
from tests.portal.conftest import Read
from tests.projects.sessions import made
from tests.queries import QueryCount

SignIn = Callable[[User], Client]
NAME = "Comité régional"


def test_the_ars_convenes_the_members_who_then_read_the_agenda(cast: Cast, read: Read) -> None:
    session = made.prepared(cast)
    assert f"Convoquer les membres {NAME}" in read(cast.ars_reviewer, "dashboard")
    assert NAME not in read(cast.committee_member, "dashboard")
    actions.convene(session, by=cast.ars_reviewer)
    assert "Convoquer les membres" not in read(cast.ars_reviewer, "dashboard")
    page = read(cast.committee_member, "dashboard")
    assert f"Préparer la séance : 1 dossier à l’ordre du jour {NAME}" in page
    assert NAME not in read(cast.other_region_reviewer, "dashboard")


def test_on_its_day_the_session_is_opened_and_members_vote_once(cast: Cast, read: Read) -> None:
    session = made.convened(cast)
    with clock.at(session.day):
        assert "Pointer la présence et ouvrir la séance" in read(cast.ars_reviewer, "dashboard")
        assert "Préparer la séance" not in read(cast.committee_member, "dashboard")
        made.point(session, cast.ars_reviewer, *[one.user for one in session.members.all()])
        actions.open_session(session, by=cast.ars_reviewer)
        assert f"Voter sur 1 dossier {NAME}" in read(cast.committee_member, "dashboard")
        assert "Clore la séance et rendre les avis" in read(cast.ars_reviewer, "dashboard")
        actions.vote(made.item_of(session), choice=Choice.FOR, by=cast.committee_member)
        assert "Voter" not in read(cast.committee_member, "dashboard")


def test_who_is_absent_or_in_conflict_has_no_vote_to_give(cast: Cast, read: Read) -> None:
    session = made.convened(cast)
    present = [one.user for one in session.members.exclude(user=cast.committee_member)]
    made.point(session, cast.ars_reviewer, *present)
    actions.open_session(session, by=cast.ars_reviewer)
    assert "Voter" not in read(cast.committee_member, "dashboard")
    assert "Voter sur 1 dossier" in read(present[0], "dashboard")
    item, seat = made.item_of(session), made.seat_of(session, present[0])
    actions.declare_conflict(item, seat, reason="Associé", by=present[0])
    assert "Voter" not in read(present[0], "dashboard")


def test_a_session_that_was_not_opened_is_late_the_day_after(cast: Cast, read: Read) -> None:
    session = made.convened(cast)
    with clock.at(session.day + dt.timedelta(days=1)):
        page = read(cast.ars_reviewer, "dashboard")
    assert "dont 1 en retard" in page
    assert "dépassé" in page


def test_minutes_wait_for_their_approval(cast: Cast, read: Read) -> None:
    session = made.closed(cast)
    assert f"Approuver le compte rendu {NAME}" in read(cast.ars_reviewer, "dashboard")
    items = list(AgendaItem.objects.of(session).with_ballots())
    text = draft_minutes(session, items, list(session.members.all()))
    actions.save_minutes(session, text=text, version=0, by=cast.ars_reviewer)
    actions.approve_minutes(session, version=1, by=cast.ars_reviewer)
    assert "compte rendu" not in read(cast.ars_reviewer, "dashboard")


def test_the_desk_of_a_committee_stays_within_its_queries(cast: Cast, sign_in: SignIn) -> None:
    made.opened(cast)
    for person in (cast.ars_reviewer, cast.committee_member):
        client = sign_in(person)
        with QueryCount() as count:
            assert NAME in client.get(reverse("dashboard")).content.decode()
        assert count.number <= 6, person
