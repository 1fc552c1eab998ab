"""A request opens what it names and nothing else; each has its answer, its end, its journal."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from projects import actions
from projects.models import CommentDraft, FieldComment, Filing
from records.models import Job, JournalEntry
from territories import editing
from tests.cast import Cast
from tests.projects import filings
from tests.projects.screens import page, url
from tests.queries import QueryCount


def picture() -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (2, 2)).save(content, "PNG")
    return SimpleUploadedFile("carte.png", content.getvalue(), "image/png")


def asked(cast: Cast, *keys: str) -> Filing:
    """A letter sent back with one request for each key."""
    return actions.ask_for_pieces(
        filings.submitted_letter(cast),
        reason="",
        comments={key: f"Revoyez {key}." for key in keys},
        by=cast.ars_reviewer,
    )


def request_of(filing: Filing) -> FieldComment:
    return filing.comments.select_related("filing").get()


def verbs() -> list[str]:
    return list(JournalEntry.objects.order_by("pk").values_list("verb", flat=True))


class TestWhatIsOpened:
    def test_only_the_question_that_is_asked_about(self, cast: Cast) -> None:
        letter = asked(cast, "needs")
        step = letter.step("diagnostic")
        assert step
        actions.save_step(letter, step.slug, {"needs": "Sourcé"}, version=1, by=cast.holder)
        other = next(item.key for item in step.questions if item.key != "needs")
        kept = letter.answers[other]
        with pytest.raises(Refused, match="ne se modifie pas : seul ce que"):
            actions.save_step(letter, step.slug, {other: "Changé"}, version=9, by=cast.holder)
        with pytest.raises(Refused, match="ne se modifie pas"):
            actions.write_answers(letter, {"holder": "Quelqu’un d’autre"}, by=cast.holder)
        letter.refresh_from_db()
        assert (letter.answers["needs"], letter.answers[other]) == ("Sourcé", kept)

    def test_what_is_sent_again_unchanged_is_no_change(self, cast: Cast) -> None:
        letter = asked(cast, "needs")
        version = letter.edit_version
        actions.write_answers(letter, {"holder": letter.answers["holder"]}, by=cast.holder)
        assert letter.answers["holder"]
        assert letter.edit_version >= version

    def test_a_section_opens_all_of_its_questions(self, cast: Cast) -> None:
        letter = asked(cast, "section.porteur")
        actions.write_answers(letter, {"holder": "Autre", "contact": "Autre"}, by=cast.holder)
        with pytest.raises(Refused):
            actions.write_answers(letter, {"needs": "Autre"}, by=cast.holder)

    def test_a_mission_chosen_since_opens_its_sheet(self, cast: Cast) -> None:
        project = actions.ask_for_pieces(
            filings.submitted_project(cast),
            reason="",
            comments={"missions": "Et la qualité ?"},
            by=cast.ars_reviewer,
        )
        missions = [*project.mission_codes, "QUALITE"]
        optional = next(
            item.code for item in project.outline.missions if item.code not in missions[:-1]
        )
        chosen = [*missions[:-1], optional]
        before = {item.key for item in project.outline.questions(project.answers)}
        after = project.outline.questions({**project.answers, "missions": chosen})
        new = next(item.key for item in after if item.key not in before)
        actions.write_answers(project, {"missions": chosen, new: "Oui"}, by=cast.coordinator)
        actions.write_answers(project, {new: "Oui, encore"}, by=cast.coordinator)
        with pytest.raises(Refused):
            actions.write_answers(project, {"budget": "0"}, by=cast.coordinator)

    def test_only_the_kinds_of_pieces_that_are_asked(self, cast: Cast) -> None:
        letter = filings.drafted_letter(cast)
        support = actions.add_attachment(letter, picture(), kind="support", by=cast.holder)
        filings.filled(letter, cast.holder)
        actions.submit(letter, by=cast.holder)
        actions.ask_for_pieces(
            letter, reason="", comments={"attachment.map": "Lisible ?"}, by=cast.ars_reviewer
        )
        actions.add_attachment(letter, picture(), kind="map", by=cast.holder)
        with pytest.raises(Refused, match="« Lettre de soutien » ne se modifie pas"):
            actions.add_attachment(letter, picture(), kind="support", by=cast.holder)
        with pytest.raises(Refused):
            actions.remove_attachment(support, by=cast.holder)
        assert letter.attachments.count() == 2

    @pytest.mark.parametrize("key", ["territory", "section.territoire"])
    def test_the_territory_when_it_is_asked_about(self, cast: Cast, key: str) -> None:
        letter = asked(cast, key)
        letter.cpts.refresh_from_db()
        assert editing.refusal_to_edit(letter.cpts) is None
        assert editing.add_communes(letter.cpts, ["62617"], by=cast.holder) == 1

    def test_the_territory_is_shut_otherwise(self, cast: Cast) -> None:
        letter = asked(cast, "needs")
        letter.cpts.refresh_from_db()
        with pytest.raises(Refused, match="Le territoire ne se modifie pas"):
            editing.add_communes(letter.cpts, ["62617"], by=cast.holder)

    def test_a_later_request_does_not_open_what_was_answered_before(self, cast: Cast) -> None:
        letter = asked(cast, "needs")
        actions.write_answers(letter, {"needs": "Sourcé"}, by=cast.holder)
        actions.submit(letter, by=cast.holder)
        actions.ask_for_pieces(
            letter, reason="", comments={"holder": "Qui ?"}, by=cast.cpam_officer
        )
        with pytest.raises(Refused, match="ne se modifie pas"):
            actions.write_answers(letter, {"needs": "Encore"}, by=cast.holder)


class TestAnswers:
    def test_in_a_few_words_journaled(self, cast: Cast) -> None:
        letter = asked(cast, "needs")
        request = actions.answer_comment(
            request_of(letter), answer=" Le chiffre est celui de l’Insee. ", by=cast.coordinator
        )
        request.refresh_from_db()
        assert request.answer == "Le chiffre est celui de l’Insee."
        assert (request.state_label, request.answered_by) == ("Répondue", cast.coordinator)
        entry = JournalEntry.objects.get(verb="answer_comment")
        assert entry.reason == request.answer
        assert entry.sentence.startswith("Réponse à la demande sur « ")
        actions.submit(letter, by=cast.holder)
        request.refresh_from_db()
        assert (request.state_label, request.has_changed) == ("Répondue", False)

    def test_by_a_correction_told_at_the_sending(self, cast: Cast) -> None:
        letter = asked(cast, "needs")
        actions.write_answers(letter, {"needs": "Sourcé"}, by=cast.holder)
        assert request_of(letter).is_open
        actions.submit(letter, by=cast.holder)
        request = request_of(letter)
        assert (request.has_changed, request.answered_by) == (True, cast.holder)
        assert verbs()[-2:] == ["answer_comment", "submit"]

    def test_neither_leaves_it_open_for_the_reviewer_to_see(self, cast: Cast) -> None:
        letter = asked(cast, "needs")
        actions.submit(letter, by=cast.holder)
        assert request_of(letter).is_open
        # It goes out again without being written twice.
        actions.ask_for_pieces(letter, reason="Encore", comments={}, by=cast.ars_reviewer)
        assert request_of(letter).is_open
        mail = Job.objects.emails().filter(label__contains="Pièces demandées").last()
        assert mail and "Revoyez needs." in mail.payload["body"]

    def test_territory_and_pieces_are_corrections_too(self, cast: Cast) -> None:
        letter = asked(cast, "territory", "attachment.map")
        letter.cpts.refresh_from_db()
        editing.add_communes(letter.cpts, ["62617"], by=cast.holder)
        actions.add_attachment(letter, picture(), kind="map", by=cast.holder)
        actions.submit(letter, by=cast.holder)
        assert set(letter.comments.values_list("has_changed", flat=True)) == {True}

    @pytest.mark.parametrize("answer", ["", "   "])
    def test_an_empty_answer_is_refused(self, cast: Cast, answer: str) -> None:
        letter = asked(cast, "needs")
        with pytest.raises(Refused, match="Écrivez"):
            actions.answer_comment(request_of(letter), answer=answer, by=cast.holder)
        assert request_of(letter).is_open

    def test_not_once_it_is_sent_nor_by_others(self, cast: Cast) -> None:
        letter = asked(cast, "needs")
        with pytest.raises(NotAllowed):
            actions.answer_comment(request_of(letter), answer="Oui", by=cast.ars_reviewer)
        actions.submit(letter, by=cast.holder)
        with pytest.raises(Refused, match="n’attend plus"):
            actions.answer_comment(request_of(letter), answer="Oui", by=cast.holder)


class TestJudgement:
    @pytest.fixture
    def letter(self, cast: Cast) -> Filing:
        letter = asked(cast, "needs")
        actions.answer_comment(request_of(letter), answer="Voilà.", by=cast.holder)
        return actions.submit(letter, by=cast.holder)

    def test_closed_then_opened_again_each_journaled(self, cast: Cast, letter: Filing) -> None:
        closed = actions.close_comment(request_of(letter), by=cast.cpam_officer)
        assert (closed.state_label, closed.closed_by) == ("Close", cast.cpam_officer)
        with pytest.raises(Refused, match="déjà close"):
            actions.close_comment(request_of(letter), by=cast.ars_reviewer)
        again = actions.reopen_comment(
            request_of(letter), reason="La source ?", by=cast.ars_reviewer
        )
        assert again.is_open
        assert again.state_label == "Rouverte, réponse attendue"
        assert verbs()[-2:] == ["close_comment", "reopen_comment"]
        actions.ask_for_pieces(letter, reason="", comments={}, by=cast.ars_reviewer)
        actions.write_answers(letter, {"needs": "Avec la source"}, by=cast.holder)
        mail = Job.objects.emails().filter(label__contains="Pièces demandées").order_by("pk").last()
        assert mail and "La source ?" in mail.payload["body"]

    def test_with_its_reason(self, cast: Cast, letter: Filing) -> None:
        with pytest.raises(Refused, match="ce qui manque"):
            actions.reopen_comment(request_of(letter), reason=" ", by=cast.ars_reviewer)
        assert not request_of(letter).is_open

    @pytest.mark.parametrize("part", ["holder", "ars_director", "committee_member"])
    def test_by_reviewers_only(self, cast: Cast, letter: Filing, part: str) -> None:
        by = getattr(cast, part)
        with pytest.raises(NotAllowed):
            actions.close_comment(request_of(letter), by=by)
        with pytest.raises(NotAllowed):
            actions.reopen_comment(request_of(letter), reason="Non", by=by)

    def test_not_while_the_holders_correct(self, cast: Cast) -> None:
        letter = asked(cast, "needs")
        with pytest.raises(Refused, match="pendant l’examen"):
            actions.close_comment(request_of(letter), by=cast.ars_reviewer)


class TestDrafts:
    def test_are_kept_for_their_author_then_sent_together(self, cast: Cast, at: Any) -> None:
        letter = filings.submitted_letter(cast)
        address = url("ask_for_pieces", cast.rives, "letter")
        reviewer = at(cast.ars_reviewer)
        reviewer.client.post(address, {"about.needs": "La source ?", "then": "keep"})
        letter.refresh_from_db()
        assert letter.state == "submitted"
        assert CommentDraft.objects.get().text == "La source ?"
        assert not letter.comments.exists()
        assert "La source ?" in page(reviewer.client.get(address))
        assert "La source ?" not in page(at(cast.cpam_officer).client.get(address))
        assert "La source ?" not in page(at(cast.holder).get("letter", cast.rives))
        at(cast.ars_reviewer).client.post(
            address, {"about.needs": "La source ?", "about.section.porteur": "Qui ?"}
        )
        assert letter.comments.count() == 2
        assert not CommentDraft.objects.exists()

    def test_are_for_reviewers_of_a_filing_under_examination(self, cast: Cast) -> None:
        letter = filings.submitted_letter(cast)
        with pytest.raises(NotAllowed):
            actions.keep_drafts(letter, {"needs": "?"}, by=cast.ars_director)
        with pytest.raises(Refused, match="inconnue"):
            actions.keep_drafts(letter, {"nothing": "?"}, by=cast.ars_reviewer)
        assert actions.keep_drafts(letter, {"needs": "?"}, by=cast.ars_reviewer) == 1
        assert actions.keep_drafts(letter, {"needs": " "}, by=cast.ars_reviewer) == 0
        approved = actions.withdraw(letter, by=cast.holder)
        with pytest.raises(Refused, match="Rien n’est à examiner"):
            actions.keep_drafts(approved, {"needs": "?"}, by=cast.ars_reviewer)


class TestPages:
    def test_the_form_shows_the_rest_read_only(self, cast: Cast, at: Any) -> None:
        letter = asked(cast, "needs")
        visitor = at(cast.holder)
        with QueryCount() as count:
            text = page(visitor.get("letter_step", cast.rives, "diagnostic"))
        assert count.number <= 6
        assert 'name="needs"' in text
        closed = [item.key for item in letter.step("diagnostic").questions if item.key != "needs"]
        assert closed
        for key in closed:
            assert f'name="{key}"' not in text
            assert letter.answers[key] in text or isinstance(letter.answers[key], list)
        other = page(visitor.get("letter_step", cast.rives, "porteur"))
        assert "Rien n’est demandé sur ces réponses" in other
        assert "Enregistrer et continuer" not in other
        assert "Lecture seule" in page(visitor.get("letter", cast.rives))

    def test_posting_a_shut_question_changes_nothing(self, cast: Cast, at: Any) -> None:
        letter = asked(cast, "needs")
        at(cast.holder).post(
            "letter_step", cast.rives, "diagnostic", needs="Sourcé", diagnosis="x", version="1"
        )
        before = dict(letter.answers)
        letter.refresh_from_db()
        assert letter.answers == {**before, "needs": "Sourcé"}

    def test_answering_and_judging_by_the_pages(self, cast: Cast, at: Any) -> None:
        letter = asked(cast, "needs")
        request = request_of(letter)
        where = (cast.rives, "letter", request.uuid)
        visitor = at(cast.holder)
        with QueryCount() as count:
            text = page(visitor.get("comment", *where))
        assert count.number <= 6
        assert "Enregistrer la réponse" in text
        empty = visitor.post("answer_comment", *where, answer="")
        assert (empty.status_code, request_of(letter).is_open) == (422, True)
        visitor.post("answer_comment", *where, answer="Voilà")
        assert request_of(letter).answer == "Voilà"
        actions.submit(letter, by=cast.holder)
        assert "Clore ou rouvrir" in page(at(cast.ars_reviewer).get("letter", cast.rives))
        at(cast.ars_reviewer).post("reopen_comment", *where, reason="Encore")
        assert request_of(letter).is_open
        at(cast.ars_reviewer).post("close_comment", *where)
        assert request_of(letter).closed_at

    @pytest.mark.parametrize(
        "name", ["comment", "answer_comment", "close_comment", "reopen_comment"]
    )
    def test_another_s_request_is_not_there(self, cast: Cast, at: Any, name: str) -> None:
        request = request_of(asked(cast, "needs"))
        where = (cast.rives, "letter", request.uuid)
        for part in ("monts_coordinator", "other_region_reviewer", "other_district_officer"):
            visitor = at(getattr(cast, part))
            answer = visitor.get(name, *where) if name == "comment" else visitor.post(name, *where)
            assert answer.status_code in {403, 404}, part
        assert request_of(request.filing).is_open
