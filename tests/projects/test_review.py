"""Handing over, asking for pieces, declaring complete, giving opinions."""

import datetime as dt

import pytest

from accounts.access import Role
from foundation import clock
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from projects import actions
from projects.models import Filing, Opinion, Procedure
from projects.workflow import State
from records.models import Job, JournalEntry
from territories.actions import assign, choose_communes
from territories.models import Baton, Stage
from tests.cast import Cast, make_user
from tests.projects import filings
from tests.projects.filings import on


def last_entry(filing: Filing) -> JournalEntry:
    entry = JournalEntry.objects.of_dossier(filing.cpts.reference).newest_first().first()
    assert entry is not None
    return entry


def told(template_words: str) -> set[str]:
    """Who was written to, by words of the subject."""
    mails = Job.objects.emails().filter(label__contains=template_words)
    return {mail.payload["to"] for mail in mails}


def in_grand_est(cast: Cast) -> None:
    """Put CPTS Rives under the procedure of Grand Est: both opinions, in order."""
    actions.load_procedures()
    Filing.objects.update(procedure=Procedure.objects.get(code="grand-est-2019"))


class TestSubmit:
    def test_hands_over_and_keeps_what_was_handed_over(self, cast: Cast) -> None:
        letter = filings.submitted_letter(cast)
        letter.refresh_from_db()
        assert letter.state == State.SUBMITTED
        assert letter.territory_id == cast.rives.territory_id
        kept = letter.submissions.get()
        assert kept.answers == letter.answers
        assert kept.territory["population"] == cast.rives.territory.population
        assert {row["code"] for row in kept.territory["communes"]} == {"62119", "62178"}
        entry = last_entry(letter)
        assert (entry.verb, entry.from_state, entry.to_state) == ("submit", "draft", "submitted")
        assert entry.actor_role == "Porteur de projet"
        assert entry.sentence == "Lettre d’intention transmise à l’ARS et à la CPAM"

    def test_the_dossier_passes_to_the_ars_with_a_deadline(self, cast: Cast) -> None:
        with on("2026-03-02"):
            cpts = filings.emergent_cpts(cast, cast.stranger)
            letter = filings.filled(Filing.objects.get(cpts=cpts), cast.stranger)
            actions.submit(letter, by=cast.stranger)
        cpts.refresh_from_db()
        assert (cpts.stage, cpts.baton) == (Stage.LETTER, Baton.ARS)
        assert cpts.next_deadline == dt.date(2026, 3, 17)

    def test_writes_a_receipt_and_tells_the_ars_and_the_cpam(self, cast: Cast) -> None:
        filings.submitted_letter(cast)
        writers = {cast.holder, cast.president, cast.coordinator}
        assert told("Accusé de réception") == {user.email for user in writers}
        reviewers = {cast.ars_reviewer, cast.ars_delegation, cast.cpam_officer}
        assert told("À vérifier") == {user.email for user in reviewers}

    def test_refuses_what_is_not_written(self, cast: Cast) -> None:
        letter = filings.drafted_letter(cast)
        with pytest.raises(Refused, match="10 réponses obligatoires manquent"):
            actions.submit(letter, by=cast.holder)
        letter.refresh_from_db()
        assert letter.state == State.DRAFT
        assert not letter.submissions.exists()
        assert not told("Accusé")

    def test_refuses_a_letter_without_commune(self, cast: Cast) -> None:
        letter = actions.start_letter(
            name="CPTS Vide",
            departement=cast.geography.pas_de_calais,
            cpam_district=cast.geography.artois,
            by=cast.stranger,
        )
        filings.filled(letter, cast.stranger)
        with pytest.raises(Refused, match="au moins une commune"):
            actions.submit(letter, by=cast.stranger)

    @pytest.mark.parametrize("part", ["ars_reviewer", "office", "nurse", "monts_coordinator"])
    def test_is_the_act_of_the_writers(self, cast: Cast, part: str) -> None:
        letter = filings.filled(filings.drafted_letter(cast), cast.holder)
        with pytest.raises(NotAllowed):
            actions.submit(letter, by=getattr(cast, part))

    def test_does_not_happen_twice(self, cast: Cast) -> None:
        letter = filings.submitted_letter(cast)
        with pytest.raises(Refused, match="Transmise"):
            actions.submit(letter, by=cast.holder)
        assert letter.submissions.count() == 1


class TestAskForPieces:
    def asked(self, cast: Cast, letter: Filing) -> Filing:
        return actions.ask_for_pieces(
            letter,
            reason="Il manque la gouvernance.",
            comments={"needs": "Précisez la source.", "attachment.support": "Joignez l’hôpital."},
            by=cast.cpam_officer,
        )

    @pytest.mark.parametrize("name", ["submitted_letter", "complete_letter"])
    def test_sends_back_with_comments_that_name_the_fields(self, cast: Cast, name: str) -> None:
        letter = self.asked(cast, getattr(filings, name)(cast))
        letter.refresh_from_db()
        cast.rives.refresh_from_db()
        assert letter.state == State.INCOMPLETE
        assert cast.rives.baton == Baton.HOLDER
        assert cast.rives.next_deadline_label == "Pièces à fournir"
        comments = {item.field_key: item for item in letter.comments.all()}
        assert comments.keys() == {"needs", "attachment.support"}
        assert comments["needs"].by_role == "Référent CPAM (ROC)"
        assert comments["needs"].suspension is None  # a letter has no legal clock
        assert last_entry(letter).data["fields"] == ["attachment.support", "needs"]
        mail = Job.objects.emails().filter(label__contains="Pièces demandées").first()
        assert mail and "Précisez la source." in mail.payload["body"]

    def test_the_answer_marks_the_comments_and_completeness_closes_them(self, cast: Cast) -> None:
        letter = self.asked(cast, filings.submitted_letter(cast))
        actions.write_answers(letter, {"needs": "Avec la source"}, by=cast.holder)
        actions.submit(letter, by=cast.holder)
        assert letter.submissions.count() == 2
        first, second = letter.submissions.order_by("number")
        assert first.answers["needs"] != second.answers["needs"] == "Avec la source"
        # The piece was neither joined nor spoken of: its request stays open.
        open_keys = letter.comments.filter(answered_at=None).values_list("field_key", flat=True)
        assert list(open_keys) == ["attachment.support"]
        assert last_entry(letter).sentence.endswith("avec les pièces demandées")
        actions.declare_complete(letter, by=cast.ars_reviewer)
        assert not letter.comments.filter(closed_at=None).exists()

    @pytest.mark.parametrize(
        "comments, words", [({}, "au moins une"), ({"needs": "  "}, "au moins une"),
                            ({"nothing": "x"}, "inconnue")],
    )  # fmt: skip
    def test_refuses_a_request_that_names_nothing(
        self, cast: Cast, comments: dict[str, str], words: str
    ) -> None:
        letter = filings.submitted_letter(cast)
        with pytest.raises(Refused, match=words):
            actions.ask_for_pieces(letter, reason="x", comments=comments, by=cast.ars_reviewer)
        letter.refresh_from_db()
        assert letter.state == State.SUBMITTED
        assert not letter.comments.exists()


class TestDeclareComplete:
    def test_a_letter_becomes_public_and_waits_for_the_committee(self, cast: Cast) -> None:
        with on("2026-03-02"):
            cpts = filings.emergent_cpts(cast, cast.stranger)
            letter = filings.filled(Filing.objects.get(cpts=cpts), cast.stranger)
            actions.submit(letter, by=cast.stranger)
            actions.declare_complete(letter, by=cast.ars_reviewer)
        cpts.refresh_from_db()
        assert cpts.is_public
        assert cpts.baton == Baton.COMMITTEE
        assert cpts.next_deadline == dt.date(2026, 4, 16)
        assert told("Votre avis est attendu") == {cast.committee_member.email}
        assert cast.stranger.email in told("Dossier complet")

    def test_without_required_opinion_the_decision_is_next(self, cast: Cast) -> None:
        letter = filings.submitted_letter(cast)
        Procedure.objects.update(letter_opinions=[])
        actions.declare_complete(letter, by=cast.ars_delegation)
        cast.rives.refresh_from_db()
        assert cast.rives.baton == Baton.ARS
        assert cast.ars_director.email in told("Décision attendue")

    @pytest.mark.parametrize("part", ["cpam_officer", "ars_director", "other_region_reviewer"])
    def test_is_the_act_of_the_ars_reviewer(self, cast: Cast, part: str) -> None:
        letter = filings.submitted_letter(cast)
        with pytest.raises(NotAllowed):
            actions.declare_complete(letter, by=getattr(cast, part))


class TestGiveOpinion:
    def give(self, filing: Filing, by: object, level: str = "regional", **given: str) -> Opinion:
        given = {"recommendation": "favourable", "text": "Oui."} | given
        return actions.give_opinion(filing, level=level, by=by, **given)

    def test_the_last_required_opinion_calls_for_the_decision(self, cast: Cast) -> None:
        letter = filings.complete_letter(cast)
        opinion = self.give(letter, cast.committee_member)
        assert opinion.body == "URPS infirmiers"
        letter.refresh_from_db()
        cast.rives.refresh_from_db()
        assert letter.state == State.COMPLETE
        assert letter.given_levels == ["regional"]
        assert cast.rives.baton == Baton.ARS
        assert cast.ars_director.email in told("Décision attendue")
        # What it says waits for its release: the holders read the journal.
        assert last_entry(letter).sentence == "Avis du comité régional donné (URPS infirmiers)"

    def test_grand_est_wants_the_local_opinion_first(self, cast: Cast) -> None:
        letter = filings.complete_letter(cast)
        in_grand_est(cast)
        local = filings.invited_local_member(cast, letter)
        with pytest.raises(Refused, match="comité local est attendu"):
            self.give(letter, cast.committee_member)
        cast.rives.refresh_from_db()
        awaited_by = cast.rives.next_deadline
        with clock.at(clock.now() + dt.timedelta(days=20)):
            self.give(letter, local, "local")
        cast.rives.refresh_from_db()
        assert cast.rives.baton == Baton.COMMITTEE
        assert cast.rives.next_deadline == awaited_by  # the date does not move
        self.give(letter, cast.committee_member)
        cast.rives.refresh_from_db()
        assert cast.rives.baton == Baton.ARS

    def test_a_local_committee_does_not_speak_for_the_region(self, cast: Cast) -> None:
        letter = filings.complete_letter(cast)
        with pytest.raises(Refused, match="Votre comité est local"):
            self.give(letter, filings.local_committee_member(cast))

    def test_a_body_gives_one_opinion(self, cast: Cast) -> None:
        letter = filings.complete_letter(cast)
        self.give(letter, cast.committee_member)
        colleague = make_user("Ursule Urps")
        assign(
            colleague, Role.COMMITTEE, region=cast.geography.hauts_de_france, body="URPS infirmiers"
        )
        with pytest.raises(Refused, match="déjà donné son avis"):
            self.give(letter, colleague)

    def test_a_body_without_a_name_is_named_by_its_place(self, cast: Cast) -> None:
        letter = filings.submitted_letter(cast)
        user = make_user("Ida Inconnue")
        assign(user, Role.COMMITTEE, region=cast.geography.hauts_de_france)
        actions.declare_complete(letter, by=cast.ars_reviewer)
        assert self.give(letter, user).body == "Comité régional (Hauts-de-France)"

    @pytest.mark.parametrize("recommendation", ["with_reservations", "unfavourable"])
    def test_reserves_and_refusals_have_reasons(self, cast: Cast, recommendation: str) -> None:
        letter = filings.complete_letter(cast)
        with pytest.raises(Refused, match="se motive"):
            self.give(letter, cast.committee_member, recommendation=recommendation, text=" ")
        assert not Opinion.objects.exists()

    def test_once_given_an_opinion_is_frozen(self, cast: Cast) -> None:
        opinion = self.give(filings.complete_letter(cast), cast.committee_member)
        opinion.text = "Non."
        with pytest.raises(TypeError):
            opinion.save()
        with pytest.raises(TypeError):
            opinion.delete()

    @pytest.mark.parametrize("part", ["ars_director", "coordinator", "other_region_reviewer"])
    def test_only_committees_give_opinions(self, cast: Cast, part: str) -> None:
        letter = filings.complete_letter(cast)
        with pytest.raises(NotAllowed):
            self.give(letter, getattr(cast, part))

    def test_not_before_the_file_is_complete(self, cast: Cast) -> None:
        with pytest.raises(Refused, match="n’est pas possible"):
            self.give(filings.submitted_letter(cast), cast.committee_member)


class TestClockOfTheProject:
    """Complete on 2 March 2026: due on 2 May, tacit on 3 May."""

    @pytest.fixture
    def project(self, cast: Cast) -> Filing:
        with on("2026-02-20"):
            project = filings.submitted_project(cast)
        with on("2026-03-02"):
            return actions.declare_complete(project, by=cast.ars_reviewer)

    def dates(self, project: Filing) -> tuple[object, object]:
        project.refresh_from_db()
        project.cpts.refresh_from_db()
        return project.due_on, project.tacit_on

    def test_starts_at_the_complete_file(self, project: Filing) -> None:
        assert self.dates(project) == (dt.date(2026, 5, 2), dt.date(2026, 5, 3))
        assert project.cpts.next_deadline == dt.date(2026, 5, 2)
        assert project.cpts.next_deadline_label == "Fin du délai légal de l’ARS"
        assert last_entry(project).data["due_on"] == "2026-05-02"
        mail = Job.objects.emails().filter(label__startswith="Dossier complet : projet").first()
        assert mail and "2\u00a0mai\u00a02026" in mail.payload["body"]

    def test_stands_still_while_pieces_are_awaited(self, cast: Cast, project: Filing) -> None:
        with on("2026-03-20"):
            actions.ask_for_pieces(
                project, reason="Budget", comments={"budget": "Détaillez."}, by=cast.cpam_officer
            )
        assert self.dates(project) == (None, None)
        stop = project.suspensions.get()
        assert (stop.since, stop.until, stop.reason) == (dt.date(2026, 3, 20), None, "Budget")
        assert project.comments.get().suspension == stop
        with on("2026-03-31"):
            actions.submit(project, by=cast.coordinator)
        assert self.dates(project) == (dt.date(2026, 5, 13), dt.date(2026, 5, 14))
        assert project.cpts.next_deadline == dt.date(2026, 5, 13)
        with on("2026-04-08"):
            actions.declare_complete(project, by=cast.ars_reviewer)
        # Complete again: the clock goes on, it does not start anew.
        assert self.dates(project) == (dt.date(2026, 5, 13), dt.date(2026, 5, 14))

    def test_pieces_asked_before_completeness_stop_nothing(self, cast: Cast) -> None:
        project = filings.submitted_project(cast)
        actions.ask_for_pieces(
            project, reason="", comments={"budget": "Détaillez."}, by=cast.ars_reviewer
        )
        assert not project.suspensions.exists()

    def test_after_the_end_nothing_can_be_asked(self, cast: Cast, project: Filing) -> None:
        with on("2026-05-03"), pytest.raises(Refused, match="réputé validé"):
            actions.ask_for_pieces(
                project, reason="", comments={"budget": "x"}, by=cast.ars_reviewer
            )
        assert not project.suspensions.exists()


def test_the_territory_may_change_between_two_submissions(cast: Cast) -> None:
    letter = filings.submitted_letter(cast)
    actions.ask_for_pieces(
        letter, reason="", comments={"territory": "Et Lillers ?"}, by=cast.ars_reviewer
    )
    from territories.actions import ChosenCommune

    choose_communes(letter.cpts, [ChosenCommune("62119")], by=cast.holder, vintage=2023)
    with clock.at(dt.date(2026, 12, 1)):
        actions.submit(letter, by=cast.holder)
    counts = [len(item.territory["communes"]) for item in letter.submissions.order_by("number")]
    assert counts == [2, 1]
