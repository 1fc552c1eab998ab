"""Opinions: who is asked, drafts and grid, confidentiality until the release, reminders."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from accounts.access import Role
from accounts.models import User
from foundation import clock
from foundation.refusal import Refused, StaleVersion
from foundation.workflow import NotAllowed
from projects import actions
from projects.models import (
    Filing,
    Opinion,
    OpinionDraft,
    OpinionFile,
    OpinionGrid,
    OpinionRequest,
    Procedure,
)
from projects.opinion_states import RequestState
from projects.workflow import State
from records.models import Job, JournalEntry
from territories.actions import assign
from territories.models import Baton
from tests.cast import Cast, make_user
from tests.projects import filings
from tests.projects.filings import on
from tests.projects.test_review import told
from tests.projects.test_writing import PDF

SCORES = {"territory": {"score": 3, "comment": "Bassin de vie."}, "needs": {"score": 1}}


def colleague_of(cast: Cast, body: str = "URPS médecins", name: str = "Mona Médecin") -> User:
    user = make_user(name)
    with on("2025-01-06"):
        assign(user, Role.COMMITTEE, region=cast.geography.hauts_de_france, body=body)
    return user


def asked(filing: Filing) -> dict[str, str]:
    return dict(filing.opinion_requests.values_list("body", "state"))


def request_of(filing: Filing, body: str = "URPS infirmiers") -> OpinionRequest:
    return filing.opinion_requests.select_related("filing__cpts", "grid").get(body=body)


def later(days: int) -> object:
    return clock.at(clock.now() + dt.timedelta(days=days))


class TestInvitations:
    def test_a_complete_file_asks_every_regional_body(self, cast: Cast) -> None:
        colleague = colleague_of(cast)
        filings.local_committee_member(cast)
        with on("2026-03-02"):
            letter = filings.complete_letter(cast)
        assert asked(letter) == {"URPS infirmiers": "invited", "URPS médecins": "invited"}
        request = request_of(letter)
        assert request.due_on == letter.opinions_due_on == dt.date(2026, 4, 16)
        assert (request.is_required, request.invited_by) == (True, cast.ars_reviewer)
        wanted = told("Votre avis est attendu")
        assert wanted == {cast.committee_member.email, colleague.email}

    def test_levels_are_asked_in_the_order_of_the_procedure(self, cast: Cast) -> None:
        actions.load_procedures()
        local = filings.local_committee_member(cast)
        with on("2026-03-02"):
            letter = filings.submitted_letter(cast)
            Filing.objects.update(procedure=Procedure.objects.get(code="grand-est-2019"))
            actions.declare_complete(letter, by=cast.ars_reviewer)
        assert asked(letter) == {"Comité du Béthunois": "invited", "URPS infirmiers": "planned"}
        assert told("Votre avis est attendu") == {local.email}
        with on("2026-04-14"):
            given = {"recommendation": "favourable", "text": ""}
            actions.give_opinion(letter, level="local", by=local, **given)
        assert asked(letter) == {"Comité du Béthunois": "given", "URPS infirmiers": "invited"}
        assert request_of(letter).due_on == dt.date(2026, 4, 21)  # at least a week
        assert told("Votre avis est attendu") == {local.email, cast.committee_member.email}

    def test_a_file_completed_again_asks_nobody_twice(self, cast: Cast) -> None:
        with on("2026-03-02"):
            letter = filings.complete_letter(cast)
            actions.ask_for_pieces(letter, reason="", comments={"needs": "?"}, by=cast.ars_reviewer)
        with on("2026-04-01"):
            actions.submit(letter, by=cast.holder)
            actions.declare_complete(letter, by=cast.ars_reviewer)
        assert request_of(letter).due_on == dt.date(2026, 5, 16)

    def test_a_project_is_judged_within_its_legal_delay(self, cast: Cast) -> None:
        Procedure.objects.update(opinion_days=90)
        with on("2026-03-02"):
            project = filings.submitted_project(cast)
            Procedure.objects.update(opinion_days=90)
            project.refresh_from_db()
            actions.declare_complete(project, by=cast.ars_reviewer)
        assert project.opinions_due_on == project.due_on == dt.date(2026, 5, 2)

    def test_the_reviewer_asks_one_more_body(self, cast: Cast) -> None:
        letter = filings.complete_letter(cast)
        late_comer = colleague_of(cast)
        with pytest.raises(Refused, match="n’est pas invité"):
            give(letter, late_comer)
        request = actions.invite_body(
            letter, level="regional", body="URPS médecins", by=cast.ars_reviewer
        )
        assert not request.is_required
        assert late_comer.email in told("Votre avis est attendu")
        assert give(letter, late_comer).body == "URPS médecins"

    @pytest.mark.parametrize(
        "level, body, words",
        [
            ("regional", "URPS infirmiers", "déjà invité"),
            ("regional", "Inconnu", "pas un organisme connu"),
            ("regional", "Comité du Béthunois", "pas un organisme connu"),
        ],
    )
    def test_refuses_who_cannot_be_asked(
        self, cast: Cast, level: str, body: str, words: str
    ) -> None:
        letter = filings.complete_letter(cast)
        filings.local_committee_member(cast)
        with pytest.raises(Refused, match=words):
            actions.invite_body(letter, level=level, body=body, by=cast.ars_reviewer)
        assert letter.opinion_requests.count() == 1

    def test_refuses_a_date_gone_by_or_a_file_not_examined(self, cast: Cast) -> None:
        letter = filings.submitted_letter(cast)
        colleague_of(cast)
        asking = {"level": "regional", "body": "URPS médecins", "by": cast.ars_reviewer}
        with pytest.raises(Refused, match="entre le dossier complet et la décision"):
            actions.invite_body(letter, **asking)
        actions.declare_complete(letter, by=cast.ars_reviewer)
        actions.withdraw_request(
            request_of(letter, "URPS médecins"), reason="Conflit.", by=cast.ars_reviewer
        )
        yesterday = clock.today() - dt.timedelta(days=1)
        with pytest.raises(Refused, match="déjà passée"):
            actions.invite_body(letter, **asking, due_on=yesterday)

    def test_a_project_is_not_judged_after_its_legal_delay(self, cast: Cast) -> None:
        project = filings.complete_project(cast)
        colleague_of(cast)
        with pytest.raises(Refused, match="dépasse la fin du délai légal"):
            actions.invite_body(
                project,
                level="regional",
                body="URPS médecins",
                due_on=project.due_on + dt.timedelta(days=1),
                by=cast.ars_reviewer,
            )

    def test_a_withdrawn_body_does_not_answer_then_may_be_asked_again(self, cast: Cast) -> None:
        letter = filings.complete_letter(cast)
        request = request_of(letter)
        with pytest.raises(Refused, match="Écrivez pourquoi"):
            actions.withdraw_request(request, reason=" ", by=cast.ars_reviewer)
        actions.withdraw_request(request, reason="Conflit d’intérêts.", by=cast.ars_reviewer)
        assert told("n’est plus attendu") == {cast.committee_member.email}
        with pytest.raises(Refused, match="a été retirée"):
            give(letter, cast.committee_member)
        entries = JournalEntry.objects.of_dossier(letter.cpts.reference)
        assert not entries.filter(reason__contains="Conflit").exists()  # the parties read it
        actions.invite_body(letter, level="regional", body="URPS infirmiers", by=cast.ars_reviewer)
        assert give(letter, cast.committee_member)

    @pytest.mark.parametrize("part", ["committee_member", "cpam_officer", "ars_director", "holder"])
    def test_is_the_act_of_the_ars_reviewer(self, cast: Cast, part: str) -> None:
        letter = filings.complete_letter(cast)
        by = getattr(cast, part)
        with pytest.raises(NotAllowed):
            actions.withdraw_request(request_of(letter), reason="Non.", by=by)
        with pytest.raises(NotAllowed):
            actions.invite_body(letter, level="local", body="URPS infirmiers", by=by)


def give(filing: Filing, by: User, **more: object) -> Opinion:
    given = {"level": "regional", "recommendation": "favourable", "text": "Oui."}
    return actions.give_opinion(filing, by=by, **{**given, **more})  # type: ignore[arg-type]


class TestDrafts:
    def test_each_save_is_kept_and_giving_freezes(self, cast: Cast) -> None:
        letter = filings.complete_letter(cast)
        request = request_of(letter)
        member = cast.committee_member
        actions.save_opinion_draft(request, text="Début", by=member)
        pdf = SimpleUploadedFile("note.pdf", PDF)
        actions.save_opinion_draft(
            request, text="Suite", scores=SCORES, upload=pdf, based_on=1, by=member
        )
        assert list(request.drafts.values_list("number", "content__text")) == [
            (1, "Début"),
            (2, "Suite"),
        ]
        opinion = give(letter, member, scores=SCORES)
        assert (opinion.points, opinion.out_of) == (8, 12)  # 3 × 2 + 1 × 2 out of 3 × 4
        assert [item["label"] for item in opinion.files] == ["note.pdf"]
        for change in (
            lambda: actions.save_opinion_draft(request, text="Non", by=member),
            lambda: actions.remove_opinion_file(request.files.get(), by=member),
        ):
            with pytest.raises(Refused, match="Avis donné"):
                change()

    def test_a_colleague_s_save_is_not_written_over(self, cast: Cast) -> None:
        request = request_of(filings.complete_letter(cast))
        colleague = colleague_of(cast, "URPS infirmiers", "Ursule Urps")
        actions.save_opinion_draft(request, text="Le sien", by=colleague)
        with pytest.raises(StaleVersion, match="Ursule Urps a enregistré"):
            actions.save_opinion_draft(
                request, text="Le mien", based_on=0, by=cast.committee_member
            )
        assert request.drafts.get().content["text"] == "Le sien"

    @pytest.mark.parametrize(
        "scores, words",
        [
            ({"nothing": {"score": 1}}, "Critère inconnu"),
            ({"needs": {"score": 4}}, "se note de 0 à 3"),
            ({"needs": {"score": True}}, "se note de 0 à 3"),
            ({"advice": {"score": 1}}, "se note de 0 à 3"),
        ],
    )
    def test_refuses_what_the_grid_does_not_ask(
        self, cast: Cast, scores: dict[str, dict[str, int]], words: str
    ) -> None:
        letter = filings.complete_letter(cast)
        with pytest.raises(Refused, match=words):
            give(letter, cast.committee_member, scores=scores)
        with pytest.raises(Refused, match=words):
            actions.save_opinion_draft(request_of(letter), scores=scores, by=cast.committee_member)
        assert not Opinion.objects.exists()

    def test_a_grid_may_be_to_fill_whole(self, cast: Cast) -> None:
        letter = filings.complete_letter(cast)
        OpinionGrid.objects.update(requires_scores=True)
        with pytest.raises(Refused, match="il manque .* et 1 de plus"):
            give(letter, cast.committee_member, scores=SCORES)
        assert give(letter, cast.committee_member, recommendation="no_opinion")

    def test_a_mistyped_file_is_refused_and_nothing_changes(self, cast: Cast) -> None:
        letter = filings.complete_letter(cast)
        request = request_of(letter)
        bad = SimpleUploadedFile("avis.pdf", b"MZ not a pdf")
        with pytest.raises(Refused, match="pas d’un type permis"):
            actions.save_opinion_draft(request, upload=bad, by=cast.committee_member)
        bad.seek(0)
        with pytest.raises(Refused, match="pas d’un type permis"):
            give(letter, cast.committee_member, upload=bad)
        assert not request.drafts.exists()
        assert not Opinion.objects.exists()
        assert asked(letter) == {"URPS infirmiers": "invited"}

    def test_only_the_invited_body_prepares(self, cast: Cast) -> None:
        request = request_of(filings.complete_letter(cast))
        with pytest.raises(Refused, match="Vous ne représentez pas"):
            actions.save_opinion_draft(request, text="Moi", by=colleague_of(cast))
        with pytest.raises(NotAllowed):
            actions.save_opinion_draft(request, text="Moi", by=cast.ars_reviewer)

    def test_not_after_the_decision(self, cast: Cast) -> None:
        letter = filings.complete_letter(cast)
        request = request_of(letter)
        actions.refuse(letter, reason="Non.", by=cast.ars_director)
        assert asked(letter) == {"URPS infirmiers": "ended"}
        for act in (
            lambda: give(letter, cast.committee_member),
            lambda: actions.save_opinion_draft(request, by=cast.committee_member),
        ):
            with pytest.raises(Refused, match="n’est pas possible"):
                act()


# --- Who reads what ----------------------------------------------------------------------------

ARS = {"ars_reviewer", "ars_delegation", "ars_director"}
CPAM = {"cpam_officer", "cpam_director"}
OWN_BODY = {"committee_member"}
PARTIES = {"holder", "president", "office", "coordinator"}
OTHER_BODY = {"colleague"}


def readers(cast: Cast, colleague: User, rows: type) -> set[str]:
    people = {**cast.people(), "colleague": colleague}
    return {part for part, user in people.items() if rows.objects.visible_to(user).exists()}  # type: ignore[attr-defined]


class TestConfidentiality:
    def test_before_the_release(self, cast: Cast) -> None:
        colleague = colleague_of(cast)
        letter = filings.complete_letter(cast)
        request = request_of(letter)
        pdf = SimpleUploadedFile("note.pdf", PDF)
        actions.save_opinion_draft(request, text="…", upload=pdf, by=cast.committee_member)
        for rows in (OpinionDraft, OpinionFile):  # the authorities wait for the opinion itself
            assert readers(cast, colleague, rows) == OWN_BODY
        give(letter, cast.committee_member)
        assert readers(cast, colleague, Opinion) == ARS | CPAM | OWN_BODY
        assert readers(cast, colleague, OpinionFile) == ARS | CPAM | OWN_BODY
        assert readers(cast, colleague, OpinionDraft) == OWN_BODY
        # Each body sees its own invitation.
        assert readers(cast, colleague, OpinionRequest) == ARS | CPAM | OWN_BODY | OTHER_BODY

    def test_the_procedure_may_keep_it_from_the_cpam(self, cast: Cast) -> None:
        colleague = colleague_of(cast)
        give(filings.complete_letter(cast), cast.committee_member)
        Procedure.objects.update(cpam_reads_opinions=False)
        assert readers(cast, colleague, Opinion) == ARS | OWN_BODY

    def test_a_neighbour_concerned_waits_for_the_release(self, cast: Cast) -> None:
        letter = filings.complete_letter(cast)
        cast.rives.concerns.create(region=cast.geography.grand_est)
        give(letter, cast.committee_member)
        assert not Opinion.objects.visible_to(cast.other_region_reviewer).exists()
        actions.release_opinions(letter, by=cast.ars_reviewer)
        assert Opinion.objects.visible_to(cast.other_region_reviewer).exists()

    @pytest.mark.parametrize("how", ["released", "decided"])
    def test_after_the_release(self, cast: Cast, how: str) -> None:
        colleague = colleague_of(cast)
        letter = filings.complete_letter(cast)
        give(letter, cast.committee_member)
        if how == "released":
            actions.release_opinions(letter, by=cast.ars_director)
            assert cast.holder.email in told("Avis des comités communiqués")
        else:
            actions.refuse(letter, reason="Non.", by=cast.ars_director)
        everybody = ARS | CPAM | OWN_BODY | OTHER_BODY | PARTIES
        assert readers(cast, colleague, Opinion) == everybody
        entries = JournalEntry.objects.of_dossier(letter.cpts.reference)
        assert entries.filter(verb="release_opinions").count() == 1

    def test_a_withdrawn_file_releases_nothing(self, cast: Cast) -> None:
        letter = filings.complete_letter(cast)
        give(letter, cast.committee_member)
        actions.withdraw(letter, by=cast.holder)
        assert not Opinion.objects.visible_to(cast.holder).exists()

    def test_not_before_the_opinions_or_their_date(self, cast: Cast) -> None:
        actions.load_procedures()
        letter = filings.complete_letter(cast)
        release = {"by": cast.ars_reviewer}
        with pytest.raises(Refused, match="rien à communiquer"):
            actions.release_opinions(letter, **release)
        Filing.objects.update(procedure=Procedure.objects.get(code="grand-est-2019"))
        local = filings.invited_local_member(cast, letter)
        give(letter, local, level="local")
        with pytest.raises(Refused, match="ou après le"):
            actions.release_opinions(letter, **release)
        with later(46):
            actions.release_opinions(letter, **release)
        with pytest.raises(Refused, match="déjà communiqués"):
            actions.release_opinions(letter, **release)

    @pytest.mark.parametrize("part", ["cpam_officer", "committee_member", "holder"])
    def test_is_the_act_of_the_ars(self, cast: Cast, part: str) -> None:
        letter = filings.examined_letter(cast)
        with pytest.raises(NotAllowed):
            actions.release_opinions(letter, by=getattr(cast, part))

    def test_the_journal_does_not_tell_what_it_says(self, cast: Cast) -> None:
        letter = filings.complete_letter(cast)
        give(letter, cast.committee_member, recommendation="unfavourable", text="Trop petit.")
        for entry in JournalEntry.objects.of_dossier(letter.cpts.reference):
            assert "favorable" not in f"{entry.sentence} {entry.reason} {entry.data}".lower()


# --- Guards ------------------------------------------------------------------------------------


class TestDecisionWithoutOpinions:
    def test_waits_until_their_date_then_goes_on_with_a_reason(self, cast: Cast) -> None:
        letter = filings.complete_letter(cast)
        by = cast.ars_director
        with later(45), pytest.raises(Refused, match="comité régional est attendu"):
            actions.approve(letter, reason="Sans attendre.", by=by)
        with later(46):
            letter.refresh_from_db()
            with pytest.raises(Refused, match="sans les attendre"):
                actions.approve(letter, by=by)
            letter.refresh_from_db()
            actions.approve(letter, reason="Le comité ne s’est pas réuni.", by=by)
        assert asked(letter) == {"URPS infirmiers": "ended"}

    def test_where_the_procedure_waits_for_ever(self, cast: Cast) -> None:
        letter = filings.complete_letter(cast)
        Procedure.objects.update(decides_without_late_opinions=False)
        letter.refresh_from_db()
        with later(100), pytest.raises(Refused, match="comité régional est attendu"):
            actions.approve(letter, reason="Sans attendre.", by=cast.ars_director)

    def test_a_level_may_want_the_answer_of_all(self, cast: Cast) -> None:
        colleague = colleague_of(cast)
        letter = filings.submitted_letter(cast)
        level = {"level": "regional", "label": "Avis régional", "answers": "all"}
        Procedure.objects.update(letter_opinions=[level])
        letter.refresh_from_db()
        actions.declare_complete(letter, by=cast.ars_reviewer)
        give(letter, cast.committee_member)
        assert letter.given_levels == []
        actions.withdraw_request(
            request_of(letter, "URPS médecins"), reason="Absent.", by=cast.ars_reviewer
        )
        letter.refresh_from_db()
        letter.cpts.refresh_from_db()
        assert letter.given_levels == ["regional"]
        assert letter.cpts.baton == Baton.ARS
        assert colleague.email in told("n’est plus attendu")


# --- Reminders ---------------------------------------------------------------------------------


class TestReminders:
    """Complete on Monday 2 March 2026: opinions are due on Thursday 16 April."""

    def complete(self, cast: Cast) -> Filing:
        with on("2026-03-02"):
            return filings.complete_letter(cast)

    def remind(self, day: str) -> int:
        with on(day):
            return actions.remind_opinions()

    def test_once_before_and_once_after(self, cast: Cast) -> None:
        self.complete(cast)
        days = ["2026-04-08", "2026-04-09", "2026-04-10", "2026-04-16", "2026-04-17", "2026-04-20"]
        assert [self.remind(day) for day in days] == [0, 1, 0, 0, 1, 0]
        mails = Job.objects.emails().filter(label__contains="CPTS Rives")
        assert mails.filter(label__startswith="Avis à donner avant").count() == 1
        assert mails.filter(label__startswith="Avis en retard").count() == 1

    @pytest.mark.parametrize("day", ["2026-04-11", "2026-04-12", "2026-05-01", "2026-04-06"])
    def test_never_on_a_weekend_or_a_holiday(self, cast: Cast, day: str) -> None:
        self.complete(cast)
        OpinionRequest.objects.update(due_on=dt.date(2026, 4, 9))
        assert self.remind(day) == 0

    def test_stops_once_given_withdrawn_or_decided(self, cast: Cast) -> None:
        letter = self.complete(cast)
        with on("2026-03-10"):
            give(letter, cast.committee_member)
        assert self.remind("2026-04-09") == 0

    def test_a_body_known_only_afterwards_is_asked(self, cast: Cast) -> None:
        seats = cast.committee_member.assignments
        seats.update(valid_to=dt.date(2026, 1, 1))
        letter = self.complete(cast)
        assert asked(letter) == {}
        seats.update(valid_to=None)
        self.remind("2026-03-03")
        assert asked(letter)["URPS infirmiers"] == "invited"
        self.remind("2026-03-04")
        assert letter.opinion_requests.filter(body="URPS infirmiers").count() == 1


# --- What the database refuses -------------------------------------------------------------------


def test_opinions_are_frozen_in_bulk_too(cast: Cast) -> None:
    give(filings.complete_letter(cast), cast.committee_member)
    with pytest.raises(TypeError):
        Opinion.objects.update(text="Autre")


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": RequestState.GIVEN},
        {"closed_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)},
        {"invited_at": None},
        {"state": RequestState.WITHDRAWN, "closed_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)},
    ],
)
def test_a_request_that_contradicts_itself_is_refused(cast: Cast, wrong: dict[str, object]) -> None:
    filings.complete_letter(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        OpinionRequest.objects.update(**wrong)


def test_a_body_is_asked_once_and_answers_once(cast: Cast) -> None:
    letter = filings.complete_letter(cast)
    request = request_of(letter)
    give(letter, cast.committee_member)
    request.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        request.save()
    common = {"filing": letter, "level": "regional", "body": "URPS infirmiers"}
    for values in ({"points": 4, "out_of": 3}, {"recommendation": "favourable"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Opinion.objects.create(**common, **values, given_by=cast.holder)
    assert letter.state == State.COMPLETE
