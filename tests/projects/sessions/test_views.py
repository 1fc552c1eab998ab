"""The pages of the sessions: who opens which, what they say, and how many queries they take."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from projects import actions
from projects.models import CommitteeSession, Filing, LetterBatch, Vote
from projects.votes import Choice
from records import jobs
from records.models import Job
from tests.cast import Cast
from tests.projects.screens import page
from tests.projects.sessions import made
from tests.queries import QueryCount

pytestmark = pytest.mark.django_db
MANAGERS = {"ars_reviewer", "ars_director"}


def url(name: str, session: CommitteeSession, *args: object) -> str:
    return reverse(f"projects:{name}", args=[session.uuid, *args])


def who_sees(cast: Cast, session: CommitteeSession) -> set[str]:
    return {
        part
        for part, person in cast.people().items()
        if CommitteeSession.objects.visible_to(person).filter(pk=session.pk).exists()
    }


class TestWhoSees:
    def test_a_session_in_preparation_is_the_ars_s_own(self, cast: Cast) -> None:
        assert who_sees(cast, made.prepared(cast)) == MANAGERS

    def test_once_convened_its_members_and_the_fund_concerned_read(self, cast: Cast) -> None:
        session = made.convened(cast)
        readers = {"committee_member", "cpam_officer", "cpam_director"}
        assert who_sees(cast, session) == MANAGERS | readers

    def test_the_pages_answer_404_to_the_others(self, cast: Cast, sign_in: Any) -> None:
        session = made.convened(cast)
        for part, person in cast.people().items():
            status = sign_in(person).get(url("session", session)).status_code
            seen = part in MANAGERS | {"committee_member", "cpam_officer", "cpam_director"}
            expected = {200} if seen else {403, 404}
            assert status in expected, part

    def test_the_acts_of_the_ars_are_refused_to_readers(self, cast: Cast, sign_in: Any) -> None:
        session = made.convened(cast)
        names = ("edit_session", "add_item", "choose_members", "take_attendance", "close_session")
        for name in names:
            for person in (cast.committee_member, cast.cpam_officer):
                assert sign_in(person).get(url(name, session)).status_code == 403, name
            other = sign_in(cast.other_region_reviewer).get(url(name, session))
            assert other.status_code == 404, name


class TestReading:
    @pytest.mark.parametrize("part", ["ars_reviewer", "committee_member", "cpam_officer"])
    def test_the_page_is_read_in_six_queries(self, cast: Cast, sign_in: Any, part: str) -> None:
        session = made.voted(cast, Choice.FOR, Choice.AGAINST)
        client = sign_in(cast.people()[part])
        with QueryCount() as count:
            answer = client.get(url("session", session))
        assert answer.status_code == 200
        assert count.number <= 6

    def test_the_list_is_read_in_four(self, cast: Cast, sign_in: Any) -> None:
        made.convened(cast)
        client = sign_in(cast.committee_member)
        with QueryCount() as count:
            answer = client.get(reverse("projects:sessions"))
        assert "Comité régional" in page(answer)
        assert "1 dossier, 4 membres" in page(answer)
        assert count.number <= 4

    def test_the_open_ballot_shows_who_voted_what(self, cast: Cast, sign_in: Any) -> None:
        session = made.voted(cast, Choice.AGAINST)
        words = page(sign_in(cast.committee_member).get(url("session", session)))
        assert "Ugo Urps (URPS infirmiers) : défavorable" in words
        assert "Vous avez voté." in words


class TestPreparing:
    def test_a_session_from_the_form_to_the_convocation(self, cast: Cast, sign_in: Any) -> None:
        client: Client = sign_in(cast.ars_reviewer)
        day = made.starting().date().isoformat()
        given = {"committee": "region-32", "body": "Comité régional", "day": day, "time": "14:00"}
        create = reverse("projects:create_session")
        again = client.post(create, given)
        assert "lieu de la séance" in page(again)
        assert 'value="Comité régional"' in page(again)
        client.post(create, given | {"place": "Lille", "cle": str(uuid.uuid4())})
        session = CommitteeSession.objects.get()
        letter = made.complete_monts(cast)
        form = client.get(url("add_item", session))
        assert "CPTS Monts" in page(form)
        slot = {"filing": letter.pk, "start": "14:10", "end": "14:30"}
        client.post(url("add_item", session), slot)
        members = page(client.get(url("choose_members", session)))
        seat = re.findall(r'name="seats" value="(\d+)"', members)
        client.post(url("choose_members", session), {"seats": seat, "chair": seat[0]})
        client.post(url("convene_session", session))
        session.refresh_from_db()
        assert session.state == "convened"
        words = page(client.get(url("session", session)))
        assert "Audition de 14 h 10 à 14 h 30" in words

    def test_another_region_is_no_choice(self, cast: Cast, sign_in: Any) -> None:
        given = {"committee": "region-44", "body": "X", "day": "2026-12-01", "time": "14:00"}
        answer = sign_in(cast.ars_reviewer).post(
            reverse("projects:create_session"), given | {"place": "Metz"}
        )
        assert answer.status_code == 200
        assert not CommitteeSession.objects.exists()


class TestHolding:
    def test_from_the_attendance_to_the_decision(self, cast: Cast, sign_in: Any) -> None:
        session = made.convened(cast)
        client: Client = sign_in(cast.ars_reviewer)
        early = page(client.get(url("session", session)))
        assert "Le quorum n’est pas atteint" in early
        data = {f"presence_{rank}": "present" for rank in range(4)}
        client.post(url("take_attendance", session), data)
        client.post(url("open_session", session))
        client = sign_in(cast.committee_member)
        client.post(url("vote", session, 1), {"choice": "for"})
        twice = client.post(url("vote", session, 1), {"choice": "against"})
        assert "Vous avez déjà voté sur ce point" in page(twice)
        assert Vote.objects.get().choice == "for"
        client = sign_in(cast.ars_reviewer)
        client.post(url("close_session", session), {"reasons_1": "Projet solide."})
        client = sign_in(cast.ars_director)
        words = page(client.get(url("session", session)))
        assert "Décider sur 1 lettre" in words
        decide = url("decide_letters", session)
        refused = client.post(decide, {"verdict_1": "refuse", "reason_1": ""})
        assert "Écrivez les motifs du refus." in page(refused)
        done = client.post(decide, {"verdict_1": "approve", "reason_1": ""})
        assert "La lettre est approuvée." in page(done)
        assert Filing.objects.get().state == "approved"
        batch = LetterBatch.objects.get()
        assert reverse("projects:letter_batch", args=[batch.uuid]) in done.content.decode()
        assert [item.document.kind for item in batch.items.all()] == ["approval"]

    def test_the_close_foresees_the_opinion(self, cast: Cast, sign_in: Any) -> None:
        session = made.voted(cast, Choice.AGAINST, Choice.FOR)
        words = page(sign_in(cast.ars_reviewer).get(url("close_session", session)))
        assert "1 favorable, 1 défavorable" in words
        assert "défavorable (voix de la présidence prépondérante)" in words

    def test_letters_left_for_later_are_decided_later(self, cast: Cast, sign_in: Any) -> None:
        session = made.prepared(cast)
        actions.add_item(session, made.complete_monts(cast), by=cast.ars_reviewer)
        actions.convene(session, by=cast.ars_reviewer)
        members = [one.user for one in session.members.all()]
        made.point(session, cast.ars_reviewer, *members)
        actions.open_session(session, by=cast.ars_reviewer)
        actions.close_session(session, {}, by=cast.ars_reviewer)
        client: Client = sign_in(cast.ars_director)
        decide = url("decide_letters", session)
        first = {"verdict_1": "approve", "verdict_2": "later"}
        assert "La lettre est approuvée." in page(client.post(decide, first))
        left = page(client.get(decide))
        assert "verdict_2" in left
        assert "verdict_1" not in left
        second = page(client.post(decide, {"verdict_2": "approve"}))
        assert "La lettre est approuvée." in second
        again = page(client.post(decide, {"verdict_2": "approve"}))
        assert "Cette décision était déjà prise." in again

    def test_a_vote_without_a_choice_says_so(self, cast: Cast, sign_in: Any) -> None:
        session = made.opened(cast)
        answer = sign_in(cast.committee_member).post(url("vote", session, 1), {"choice": "maybe"})
        assert answer.status_code == 200
        assert not Vote.objects.exists()

    def test_a_member_declares_for_themself_only(self, cast: Cast, sign_in: Any) -> None:
        session = made.opened(cast)
        client: Client = sign_in(cast.committee_member)
        other = session.members.exclude(user=cast.committee_member).first()
        assert other is not None
        conflict = url("declare_conflict", session, 1)
        answer = client.post(conflict, {"member": other.pk, "reason": "Lui"})
        assert answer.status_code == 200
        own = made.seat_of(session, cast.committee_member)
        client.post(conflict, {"member": own.pk, "reason": "Associé"})
        words = page(client.get(url("session", session)))
        assert "Conflit d’intérêts : Ugo Urps (URPS infirmiers), Associé." in words

    def test_the_fund_declares_nothing(self, cast: Cast, sign_in: Any) -> None:
        session = made.opened(cast)
        answer = sign_in(cast.cpam_officer).get(url("declare_conflict", session, 1))
        assert answer.status_code == 403


class TestPapers:
    def test_a_stale_save_shows_both_texts(self, cast: Cast, sign_in: Any) -> None:
        session = made.closed(cast)
        client: Client = sign_in(cast.ars_reviewer)
        assert "4 favorables" in page(client.get(url("minutes", session)))
        actions.save_minutes(session, text="Texte de Denis", version=0, by=cast.ars_director)
        mine = {"text": "Mon texte", "version": "0"}
        words = page(client.post(url("minutes", session), mine))
        assert "Texte de Denis" in words
        assert "Mon texte" in words
        client.post(url("minutes", session), mine | {"version": "1"})
        session.refresh_from_db()
        assert session.minutes == "Mon texte"

    def test_members_read_the_minutes_once_approved(self, cast: Cast, sign_in: Any) -> None:
        session = made.closed(cast)
        member: Client = sign_in(cast.committee_member)
        assert member.get(url("minutes", session)).status_code == 404
        client: Client = sign_in(cast.ars_reviewer)
        client.post(url("minutes", session), {"text": "# Séance\n\nFin.", "version": "0"})
        client.post(url("approve_minutes", session), {"version": "1"})
        member = sign_in(cast.committee_member)
        assert "Fin." in page(member.get(url("minutes", session)))
        assert member.get(url("session_file", session, "minutes")).status_code == 404

    def test_the_pack_is_asked_for_once_and_downloaded(self, cast: Cast, sign_in: Any) -> None:
        session = made.convened(cast)
        client: Client = sign_in(cast.ars_reviewer)
        answer = client.post(url("want_session_document", session, "pack"), follow=True)
        assert "Dossier de séance" in page(answer)
        assert client.post(url("want_session_document", session, "autre")).status_code == 404
        jobs.run(Job.objects.get(kind="session_document").pk)
        member: Client = sign_in(cast.committee_member)
        with QueryCount() as count:
            made_of_it = member.get(url("session_file", session, "pack"))
        assert made_of_it.content.startswith(b"%PDF")
        assert count.number <= 6
        stranger = sign_in(cast.other_region_reviewer).get(url("session_file", session, "pack"))
        assert stranger.status_code == 404


class TestBudgets:
    @pytest.mark.parametrize(
        ("name", "args"),
        [
            ("edit_session", ()),
            ("add_item", ()),
            ("choose_members", ()),
            ("change_item", (1,)),
            ("take_attendance", ()),
            ("declare_conflict", (1,)),
        ],
    )
    def test_each_form_of_a_convened_session(
        self, cast: Cast, sign_in: Any, name: str, args: tuple[int, ...]
    ) -> None:
        session = made.convened(cast)
        client = sign_in(cast.ars_reviewer)
        with QueryCount() as count:
            answer = client.get(url(name, session, *args))
        assert answer.status_code == 200
        assert count.number <= 6

    @pytest.mark.parametrize("name", ["close_session", "minutes", "decide_letters"])
    def test_each_form_of_an_open_session(self, cast: Cast, sign_in: Any, name: str) -> None:
        session = made.voted(cast, Choice.FOR)
        client = sign_in(cast.ars_director)
        with QueryCount() as count:
            answer = client.get(url(name, session))
        assert answer.status_code == 200
        assert count.number <= 6
