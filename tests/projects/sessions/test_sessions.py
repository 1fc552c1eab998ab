"""A session from its agenda to its votes: what each act does, and each refusal in one sentence."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from foundation import clock
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from projects import actions
from projects.actions.sessions import Pointing, Slot
from projects.models import CommitteeSession, SessionMember, Vote
from projects.session_querysets import eligible_filings, eligible_seats, manages
from projects.session_workflow import SessionState
from projects.votes import Choice, Presence
from records.models import Job, JournalEntry
from tests.cast import Cast
from tests.projects.filings import complete_letter, submitted_letter
from tests.projects.sessions import made

pytestmark = pytest.mark.django_db


def refused(act: Any) -> str:
    with pytest.raises(Refused) as caught, transaction.atomic():
        act()
    return caught.value.reason


def verbs(session: CommitteeSession) -> list[str]:
    entries = JournalEntry.objects.filter(dossier=session.chain).order_by("number")
    return list(entries.values_list("verb", flat=True))


class TestPreparing:
    def test_a_session_keeps_the_rule_of_its_region(self, cast: Cast) -> None:
        session = made.drafted(cast)
        assert (session.rule_code, session.quorum_percent) == ("national-2019", 50)
        assert session.state == SessionState.DRAFT
        assert verbs(session) == ["create_session"]

    def test_it_takes_place_somewhere(self, cast: Cast) -> None:
        sentence = refused(
            lambda: actions.create_session(
                region=cast.geography.hauts_de_france,
                body="Comité",
                starts_at=made.starting(),
                by=cast.ars_reviewer,
            )
        )
        assert "lieu" in sentence
        assert not CommitteeSession.objects.exists()

    def test_only_the_ars_of_the_region_prepares(self, cast: Cast) -> None:
        for person in (cast.cpam_officer, cast.committee_member, cast.other_region_reviewer):
            with pytest.raises(NotAllowed):
                actions.create_session(
                    region=cast.geography.hauts_de_france,
                    body="Comité",
                    starts_at=made.starting(),
                    place="Ici",
                    by=person,
                )

    def test_a_delegation_holds_the_local_committee_only(self, cast: Cast) -> None:
        local = actions.create_session(
            region=cast.geography.hauts_de_france,
            departement=cast.geography.pas_de_calais,
            body="Comité local",
            starts_at=made.starting(),
            place="Arras",
            by=cast.ars_delegation,
        )
        assert local.level == "local"
        assert not manages(cast.ars_delegation, made.drafted(cast))

    def test_a_file_is_inscribed_once(self, cast: Cast) -> None:
        session = made.prepared(cast)
        letter = made.item_of(session).filing
        again = refused(lambda: actions.add_item(session, letter, by=cast.ars_reviewer))
        assert again == "Ce dossier est déjà inscrit à l’ordre du jour."
        assert session.items.count() == 1

    def test_only_a_complete_file_is_inscribed(self, cast: Cast) -> None:
        session = made.drafted(cast)
        letter = submitted_letter(cast)
        assert "complet" in refused(lambda: actions.add_item(session, letter, by=cast.ars_reviewer))
        assert not eligible_filings(session)

    def test_slots_never_overlap(self, cast: Cast) -> None:
        session = made.prepared(cast)
        first = made.item_of(session)
        actions.change_item(first, slot=Slot(dt.time(14), dt.time(14, 30)), by=cast.ars_reviewer)
        second = made.complete_monts(cast)
        late = Slot(dt.time(14, 20), dt.time(14, 40))
        sentence = refused(
            lambda: actions.add_item(session, second, slot=late, by=cast.ars_reviewer)
        )
        taken = "chevauche l’audition de CPTS Rives (14\u00a0h\u00a000 – 14\u00a0h\u00a030)"
        assert taken in sentence
        assert session.items.count() == 1
        after = Slot(dt.time(14, 30), dt.time(14, 50))
        assert actions.add_item(session, second, slot=after, by=cast.ars_reviewer).number == 2

    @pytest.mark.parametrize(
        "slot",
        [Slot(start=dt.time(14)), Slot(end=dt.time(14)), Slot(dt.time(15), dt.time(14))],
    )
    def test_a_slot_has_two_ends_in_order(self, cast: Cast, slot: Slot) -> None:
        session = made.drafted(cast)
        letter = complete_letter(cast)
        sentence = refused(
            lambda: actions.add_item(session, letter, slot=slot, by=cast.ars_reviewer)
        )
        assert sentence == "Une audition a une heure de début, puis une heure de fin."
        assert not session.items.exists()

    def test_members_are_seats_of_the_committee(self, cast: Cast) -> None:
        session = made.drafted(cast)
        assert [seat.user for seat in eligible_seats(session)] == [cast.committee_member]
        sentence = refused(
            lambda: actions.choose_members(session, [0], chair=None, by=cast.ars_reviewer)
        )
        assert "parmi ceux du comité" in sentence

    @pytest.mark.parametrize("missing", ["items", "members", "chair"])
    def test_nobody_is_convened_to_an_unprepared_session(self, cast: Cast, missing: str) -> None:
        session = made.prepared(cast)
        if missing == "items":
            session.items.all().delete()
        elif missing == "members":
            session.members.all().delete()
        else:
            session.members.update(is_chair=False)
        refused(lambda: actions.convene(session, by=cast.ars_reviewer))
        session.refresh_from_db()
        assert session.state == SessionState.DRAFT

    def test_each_member_is_convened_once(self, cast: Cast) -> None:
        session = made.convened(cast)
        mails = Job.objects.filter(kind="email", key__contains="session_convened")
        assert mails.count() == 4
        assert "CPTS Rives" in mails[0].payload["body"]
        seats = list(eligible_seats(session))
        actions.choose_members(
            session, [seat.pk for seat in seats], chair=seats[0].pk, by=cast.ars_reviewer
        )
        assert mails.count() == 4
        entries = JournalEntry.objects.filter(dossier=cast.rives.reference, verb="enter_agenda")
        assert entries.count() == 1

    def test_convened_members_are_told_of_another_date(self, cast: Cast) -> None:
        session = made.convened(cast)
        actions.edit_session(
            session,
            body=session.body,
            starts_at=made.starting(30),
            place="Arras",
            link="",
            is_secret=False,
            by=cast.ars_reviewer,
        )
        assert Job.objects.filter(key__contains="session_moved").count() == 4

    def test_a_second_change_is_told_too(self, cast: Cast) -> None:
        session = made.convened(cast)
        for hours, place in enumerate(("Arras", "Amiens"), start=1):
            with clock.at(clock.now() + dt.timedelta(hours=hours)):
                actions.edit_session(
                    session,
                    body=session.body,
                    place=place,
                    link="",
                    is_secret=False,
                    starts_at=session.starts_at,
                    by=cast.ars_reviewer,
                )
        assert Job.objects.filter(key__contains="session_moved").count() == 8


class TestAttendance:
    def test_the_quorum_is_awaited(self, cast: Cast) -> None:
        session = made.convened(cast)
        made.point(session, cast.ars_reviewer, cast.committee_member)
        sentence = refused(lambda: actions.open_session(session, by=cast.ars_reviewer))
        assert sentence == "Le quorum n’est pas atteint : 1 membre compte, il en faut 2."
        session.refresh_from_db()
        assert session.state == SessionState.CONVENED

    def test_a_represented_member_counts(self, cast: Cast) -> None:
        session = made.convened(cast)
        chair, other = session.members.order_by("-is_chair", "pk")[:2]
        actions.take_attendance(
            session,
            {
                chair.pk: Pointing(Presence.PRESENT),
                other.pk: Pointing(Presence.REPRESENTED, chair.pk),
            },
            by=cast.ars_reviewer,
        )
        assert actions.open_session(session, by=cast.ars_reviewer).is_open

    def test_only_by_somebody_present(self, cast: Cast) -> None:
        session = made.convened(cast)
        chair, other = session.members.order_by("-is_chair", "pk")[:2]
        sentence = refused(
            lambda: actions.take_attendance(
                session,
                {other.pk: Pointing(Presence.REPRESENTED, chair.pk)},
                by=cast.ars_reviewer,
            )
        )
        assert "par un membre présent" in sentence

    def test_who_voted_stays_present(self, cast: Cast) -> None:
        session = made.voted(cast, Choice.FOR)
        chair = made.seat_of(session, cast.committee_member)
        sentence = refused(
            lambda: actions.take_attendance(
                session, {chair.pk: Pointing(Presence.EXCUSED)}, by=cast.ars_reviewer
            )
        )
        assert "a déjà voté" in sentence


class TestVoting:
    def test_a_present_member_votes_once(self, cast: Cast) -> None:
        session = made.voted(cast, Choice.FOR)
        item = made.item_of(session)
        assert item.counts == {"for": 1}
        sentence = refused(
            lambda: actions.vote(item, choice=Choice.AGAINST, by=cast.committee_member)
        )
        assert sentence == "Vous avez déjà voté sur ce point : un vote ne change plus."
        item.refresh_from_db()
        assert item.counts == {"for": 1}

    def test_the_database_refuses_a_second_vote(self, cast: Cast) -> None:
        session = made.voted(cast, Choice.FOR)
        first = Vote.objects.get()
        with pytest.raises(IntegrityError), transaction.atomic():
            Vote.objects.create(item=first.item, member=first.member, choice=Choice.AGAINST)
        assert session.is_open

    def test_not_before_the_opening_nor_after_the_close(self, cast: Cast) -> None:
        session = made.convened(cast)
        item = made.item_of(session)
        before = refused(lambda: actions.vote(item, choice=Choice.FOR, by=cast.committee_member))
        assert before == "Le vote est fermé : la séance n’est pas ouverte."
        made.point(session, cast.ars_reviewer, *[one.user for one in session.members.all()])
        actions.open_session(session, by=cast.ars_reviewer)
        actions.close_session(session, {}, by=cast.ars_reviewer)
        after = refused(lambda: actions.vote(item, choice=Choice.FOR, by=cast.committee_member))
        assert after == before
        assert not Vote.objects.exists()

    def test_not_by_somebody_absent(self, cast: Cast) -> None:
        session = made.convened(cast)
        others = [one.user for one in session.members.all() if not one.is_chair]
        made.point(session, cast.ars_reviewer, *others)
        actions.open_session(session, by=cast.ars_reviewer)
        item = made.item_of(session)
        sentence = refused(lambda: actions.vote(item, choice=Choice.FOR, by=cast.committee_member))
        assert sentence == "Seuls les membres présents votent."

    def test_not_in_conflict(self, cast: Cast) -> None:
        session = made.opened(cast)
        item, seat = made.item_of(session), made.seat_of(session, cast.committee_member)
        actions.declare_conflict(item, seat, reason="Associé", by=cast.committee_member)
        sentence = refused(lambda: actions.vote(item, choice=Choice.FOR, by=cast.committee_member))
        assert "conflit d’intérêts" in sentence
        twice = refused(
            lambda: actions.declare_conflict(item, seat, reason="Bis", by=cast.committee_member)
        )
        assert "déjà déclaré" in twice
        assert not Vote.objects.exists()

    def test_a_conflict_comes_before_the_vote(self, cast: Cast) -> None:
        session = made.voted(cast, Choice.FOR)
        item, seat = made.item_of(session), made.seat_of(session, cast.committee_member)
        sentence = refused(
            lambda: actions.declare_conflict(item, seat, reason="Tard", by=cast.ars_reviewer)
        )
        assert "a déjà voté" in sentence

    def test_nobody_declares_for_somebody_else(self, cast: Cast) -> None:
        session = made.opened(cast)
        other = session.members.exclude(user=cast.committee_member).first()
        assert isinstance(other, SessionMember)
        with pytest.raises(NotAllowed):
            actions.declare_conflict(
                made.item_of(session), other, reason="Lui", by=cast.committee_member
            )

    def test_who_was_not_convened_does_not_vote(self, cast: Cast) -> None:
        session = made.opened(cast)
        with pytest.raises(NotAllowed):
            actions.vote(made.item_of(session), choice=Choice.FOR, by=cast.ars_reviewer)

    def test_a_secret_ballot_keeps_the_count_only(self, cast: Cast) -> None:
        session = made.convened(cast)
        actions.edit_session(
            session,
            body=session.body,
            starts_at=session.starts_at,
            place=session.place,
            link="",
            is_secret=True,
            by=cast.ars_reviewer,
        )
        made.point(session, cast.ars_reviewer, *[one.user for one in session.members.all()])
        actions.open_session(session, by=cast.ars_reviewer)
        item = made.item_of(session)
        actions.vote(item, choice=Choice.AGAINST, by=cast.committee_member)
        assert item.counts == {"against": 1}
        assert [one.choice for one in Vote.objects.all()] == [""]
        entries = JournalEntry.objects.filter(dossier=session.chain)
        assert "against" not in str(list(entries.values("sentence", "data")))

    def test_the_preparation_ends_at_the_opening(self, cast: Cast) -> None:
        session = made.opened(cast)
        item = made.item_of(session)
        assert "ne change plus" in refused(lambda: actions.remove_item(item, by=cast.ars_reviewer))
