"""What comes of a session: opinions all at once or none, letters one by one, frozen minutes."""

from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from foundation.refusal import Refused, StaleVersion
from foundation.workflow import NotAllowed
from projects import actions, session_documents
from projects.actions.session_outcomes import LetterDecision, Outcome, Verdict
from projects.minutes import blocks, draft_minutes
from projects.models import (
    AgendaItem,
    CommitteeSession,
    Filing,
    Opinion,
    OpinionRequest,
    SessionDocument,
)
from projects.votes import Choice
from projects.workflow import State
from records import jobs
from records.models import Job
from tests.cast import Cast
from tests.projects.filings import complete_letter, give_regional
from tests.projects.screens import page
from tests.projects.sessions import made

pytestmark = pytest.mark.django_db


def refused(act: Any) -> str:
    with pytest.raises(Refused) as caught, transaction.atomic():
        act()
    return caught.value.reason


def two_files(cast: Cast) -> CommitteeSession:
    """Rives and Monts on one agenda, everybody present, all in favour of both."""
    session = made.prepared(cast)
    actions.add_item(session, made.complete_monts(cast), by=cast.ars_reviewer)
    actions.convene(session, by=cast.ars_reviewer)
    members = [member.user for member in session.members.all()]
    made.point(session, cast.ars_reviewer, *members)
    actions.open_session(session, by=cast.ars_reviewer)
    for item in AgendaItem.objects.of(session):
        for user in members:
            actions.vote(item, choice=Choice.FOR, by=user)
    return session


class TestClosing:
    def test_the_vote_becomes_the_opinion_of_the_committee(self, cast: Cast) -> None:
        session = made.closed(cast)
        opinion = Opinion.objects.get()
        assert (opinion.body, opinion.level) == ("Comité régional", "regional")
        assert opinion.recommendation == "favourable"
        assert opinion.text.endswith(": 4 favorables.")
        item = made.item_of(session)
        assert item.opinion == opinion
        assert item.filing.given_levels == ["regional"]
        assert item.filing.cpts.baton == "ars"

    def test_the_vote_is_read_among_the_opinions(self, cast: Cast, at: Any) -> None:
        item = made.item_of(made.closed(cast))
        asked = {row.body: row for row in item.filing.opinion_requests.all()}
        assert asked.pop("Comité régional").state == "given"
        assert "4 favorables." in page(at(cast.ars_reviewer).get("opinions", cast.rives))
        actions.approve(item.filing, by=cast.ars_director)
        assert "4 favorables." in page(at(cast.holder).get("opinions", cast.rives))

    def test_the_bodies_that_sat_are_no_longer_asked(self, cast: Cast) -> None:
        session = made.opened(cast)
        asked = OpinionRequest.objects.filter(filing=made.item_of(session).filing)
        assert asked.awaiting(cast.committee_member).exists()
        actions.close_session(session, {}, by=cast.ars_reviewer)
        assert not asked.awaiting(cast.committee_member).exists()
        request = asked.get(body="URPS infirmiers")
        assert request.withdrawal_reason == "Avis rendu en séance : Comité régional"

    def test_a_postponed_file_is_still_asked_for(self, cast: Cast) -> None:
        session = made.opened(cast)
        item = made.item_of(session)
        outcomes = {item.pk: Outcome("Une pièce manque.", is_postponed=True)}
        actions.close_session(session, outcomes, by=cast.ars_reviewer)
        assert OpinionRequest.objects.awaiting(cast.committee_member).exists()

    def test_an_unfavourable_opinion_has_its_reasons_or_nothing_changes(self, cast: Cast) -> None:
        session = made.voted(cast, *[Choice.AGAINST] * 4)
        sentence = refused(lambda: actions.close_session(session, {}, by=cast.ars_reviewer))
        assert "se motive" in sentence
        session.refresh_from_db()
        assert session.is_open
        assert not Opinion.objects.exists()
        item = made.item_of(session)
        reasons = {item.pk: Outcome("Territoire trop petit.")}
        actions.close_session(session, reasons, by=cast.ars_reviewer)
        assert Opinion.objects.get().text.endswith("Territoire trop petit.")

    def test_all_the_files_or_none(self, cast: Cast) -> None:
        session = two_files(cast)
        second = AgendaItem.objects.of(session)[1]
        actions.ask_for_pieces(
            second.filing, reason="", comments={"needs": "?"}, by=cast.ars_reviewer
        )
        sentence = refused(lambda: actions.close_session(session, {}, by=cast.ars_reviewer))
        assert sentence.startswith("CPTS Monts, lettre d’intention : ")
        assert not Opinion.objects.exists()
        session.refresh_from_db()
        outcomes = {second.pk: Outcome(is_postponed=True)}
        actions.close_session(session, outcomes, by=cast.ars_reviewer)
        assert [one.filing.cpts for one in Opinion.objects.all()] == [cast.rives]

    def test_a_tie_is_settled_by_the_chair(self, cast: Cast) -> None:
        session = made.voted(cast, Choice.FOR, Choice.AGAINST, Choice.AGAINST, Choice.FOR)
        actions.close_session(session, {}, by=cast.ars_reviewer)
        item = made.item_of(session)
        assert (item.recommendation, item.by_chair) == ("favourable", True)
        assert "prépondérante" in Opinion.objects.get().text

    def test_a_member_in_conflict_is_not_counted(self, cast: Cast) -> None:
        session = made.opened(cast)
        item, seat = made.item_of(session), made.seat_of(session, cast.committee_member)
        actions.declare_conflict(item, seat, reason="Associé", by=cast.committee_member)
        others = [one.user for one in session.members.all() if not one.is_chair]
        for user, choice in zip(others, [Choice.FOR, Choice.FOR, Choice.AGAINST], strict=True):
            actions.vote(item, choice=choice, by=user)
        actions.close_session(session, {}, by=cast.ars_reviewer)
        assert made.item_of(session).votes_in_words == "2 favorables, 1 défavorable"
        assert Opinion.objects.get().recommendation == "favourable"

    @pytest.mark.parametrize("part", ["committee_member", "cpam_officer", "other_region_reviewer"])
    def test_only_those_who_hold_the_session_close_it(self, cast: Cast, part: str) -> None:
        session = made.voted(cast, Choice.FOR)
        with pytest.raises(NotAllowed):
            actions.close_session(session, {}, by=cast.people()[part])

    def test_a_session_closes_once(self, cast: Cast) -> None:
        session = made.closed(cast)
        assert "Close" in refused(lambda: actions.close_session(session, {}, by=cast.ars_reviewer))


class TestDeciding:
    def decide(self, session: CommitteeSession, by: User, *verdicts: tuple[str, str]) -> list[Any]:
        items = AgendaItem.objects.of(session)
        lines = [
            LetterDecision(item, verdict, reason)
            for item, (verdict, reason) in zip(items, verdicts, strict=True)
        ]
        return actions.decide_letters(session, lines, by=by)

    def states(self) -> list[str]:
        return list(Filing.objects.order_by("pk").values_list("state", flat=True))

    def test_each_letter_has_its_own_decision(self, cast: Cast) -> None:
        session = two_files(cast)
        actions.close_session(session, {}, by=cast.ars_reviewer)
        refusal = (Verdict.REFUSE, "Chevauche Rives.")
        reports = self.decide(session, cast.ars_director, (Verdict.APPROVE, ""), refusal)
        assert [report.is_done for report in reports] == [True, True]
        assert self.states() == [State.APPROVED, State.REFUSED]

    def test_one_that_cannot_be_decided_stops_no_other(self, cast: Cast) -> None:
        session = two_files(cast)
        actions.close_session(session, {}, by=cast.ars_reviewer)
        first = made.item_of(session).filing
        actions.withdraw(first, by=cast.holder)
        both = (Verdict.APPROVE, ""), (Verdict.APPROVE, "")
        reports = self.decide(session, cast.ars_director, *both)
        assert [report.is_done for report in reports] == [False, True]
        assert "Retirée" in reports[0].sentence
        assert self.states() == [State.WITHDRAWN, State.APPROVED]

    def test_a_second_click_finds_them_decided(self, cast: Cast) -> None:
        session = made.closed(cast)
        for _ in range(2):
            reports = self.decide(session, cast.ars_director, (Verdict.APPROVE, ""))
            assert [report.is_done for report in reports] == [True]
        assert "déjà" in reports[0].sentence

    def test_a_refusal_has_its_reasons(self, cast: Cast) -> None:
        session = made.closed(cast)
        reports = self.decide(session, cast.ars_director, (Verdict.REFUSE, " "))
        assert "motifs" in reports[0].sentence
        assert self.states() == [State.COMPLETE]

    def test_only_the_director_after_the_close(self, cast: Cast) -> None:
        session = made.voted(cast, Choice.FOR)
        one = (Verdict.APPROVE, "")
        assert "close" in refused(lambda: self.decide(session, cast.ars_director, one))
        actions.close_session(session, {}, by=cast.ars_reviewer)
        with pytest.raises(NotAllowed):
            self.decide(session, cast.ars_reviewer, one)
        assert self.states() == [State.COMPLETE]


class TestMinutes:
    def text(self, session: CommitteeSession) -> str:
        items = list(AgendaItem.objects.of(session).with_ballots())
        return draft_minutes(session, items, list(session.members.all()))

    def test_they_begin_with_what_happened(self, cast: Cast) -> None:
        text = self.text(made.closed(cast))
        for words in ("Comité régional", "Ugo Urps (URPS infirmiers) : présent, préside", "Quorum"):
            assert words in text
        assert "# 1. CPTS Rives, lettre d’intention" in text
        assert "Avis du comité : favorable." in text

    def test_a_stale_save_overwrites_nothing(self, cast: Cast) -> None:
        session = made.closed(cast)
        actions.save_minutes(session, text="Premier", version=0, by=cast.ars_reviewer)
        with pytest.raises(StaleVersion), transaction.atomic():
            actions.save_minutes(session, text="Second", version=0, by=cast.ars_director)
        session.refresh_from_db()
        assert (session.minutes, session.minutes_version) == ("Premier", 1)

    def test_approved_they_are_frozen(self, cast: Cast) -> None:
        session = made.closed(cast)
        assert "Relisez" in refused(
            lambda: actions.approve_minutes(session, version=0, by=cast.ars_reviewer)
        )
        actions.save_minutes(session, text="Texte", version=0, by=cast.ars_reviewer)
        actions.approve_minutes(session, version=1, by=cast.ars_reviewer)
        again = refused(
            lambda: actions.save_minutes(session, text="Autre", version=1, by=cast.ars_reviewer)
        )
        assert again == "Le compte rendu est approuvé : il ne change plus."

    def test_not_before_the_opening_nor_by_members(self, cast: Cast) -> None:
        session = made.convened(cast)
        assert "ouverture" in refused(
            lambda: actions.save_minutes(session, text="Tôt", version=0, by=cast.ars_reviewer)
        )
        with pytest.raises(NotAllowed):
            actions.save_minutes(session, text="Moi", version=0, by=cast.committee_member)

    def test_the_approved_pdf_is_made_once(self, cast: Cast) -> None:
        session = made.closed(cast)
        actions.save_minutes(session, text="# Titre\n\n- un", version=0, by=cast.ars_reviewer)
        actions.approve_minutes(session, version=1, by=cast.ars_reviewer)
        job = Job.objects.get(kind="session_document")
        jobs.run(job.pk)
        document = SessionDocument.objects.get()
        assert document.is_final
        assert document.file is not None
        assert document.file.read().startswith(b"%PDF")
        assert actions.make_session_document(job) == document.file.sha256
        assert SessionDocument.objects.get().file_id == document.file_id

    def test_the_pack_holds_the_files_of_the_agenda(self, cast: Cast) -> None:
        session = made.prepared(cast)
        job = actions.want_session_document(session, kind="pack", by=cast.ars_reviewer)
        assert actions.want_session_document(session, kind="pack", by=cast.ars_reviewer) == job
        done = jobs.run(job.pk)
        assert done is not None
        assert done.state == "done", done.error
        assert SessionDocument.objects.get().file is not None

    def test_the_pack_prints_no_opinion_before_its_release(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        printed: list[str] = []

        def render(html: str, **options: Any) -> bytes:
            printed.append(html)
            return b"%PDF"

        monkeypatch.setattr("foundation.pdf.render", render)
        session = made.prepared(cast)
        letter = made.item_of(session).filing
        give_regional(letter, cast)
        pack = SessionDocument(session=session, kind="pack")
        session_documents.render(pack, report=lambda percent, words: None)
        assert "Aucun avis n’est communiqué" in printed[0]
        actions.release_opinions(letter, by=cast.ars_reviewer)
        session_documents.render(pack, report=lambda percent, words: None)
        assert "Aucun avis n’est communiqué" not in printed[1]
        assert "favorable" in printed[1]

    def test_an_empty_agenda_has_no_pack(self, cast: Cast) -> None:
        session = made.drafted(cast)
        complete_letter(cast)
        assert "vide" in refused(
            lambda: actions.want_session_document(session, kind="pack", by=cast.ars_reviewer)
        )

    def test_the_text_has_titles_lists_and_paragraphs(self) -> None:
        found = blocks("# Un\r\n\r\ndeux\ntrois\n\n- a\n- b\n\nfin")
        assert [(block.kind, block.lines) for block in found] == [
            ("title", ["Un"]),
            ("paragraph", ["deux", "trois"]),
            ("list", ["a", "b"]),
            ("paragraph", ["fin"]),
        ]
