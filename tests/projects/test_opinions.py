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
    OpinionGrid,
    OpinionRequest,
    Procedure,
)
from projects.opinion_states import RequestState
from projects.workflow import State
from records.models import JournalEntry
from territories.actions import assign
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
