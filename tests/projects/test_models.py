"""The words of the rows, and what they say of themselves."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from projects import actions
from projects.forms import MOST_LINES, StartForm, StepForm
from projects.models import Procedure
from tests.cast import Cast
from tests.projects import filings
from tests.projects.test_writing import PDF


def test_rows_name_themselves(cast: Cast) -> None:
    letter = filings.filled(filings.drafted_letter(cast), cast.holder)
    piece = actions.add_attachment(
        letter, SimpleUploadedFile("a.pdf", PDF), kind="support", by=cast.holder
    )
    actions.submit(letter, by=cast.holder)
    actions.ask_for_pieces(letter, reason="", comments={"needs": "?"}, by=cast.ars_reviewer)
    assert str(letter) == "Lettre d’intention de CPTS Rives"
    assert str(piece) == "Lettre de soutien"
    assert str(letter.submissions.get()).endswith("envoi n° 1")
    assert str(letter.comments.get()).endswith("needs")
    assert str(letter.procedure) == "Procédure nationale par défaut"
    invitation = actions.invite(cast.rives, email="nour@example.org", by=cast.holder)
    assert str(invitation) == "nour@example.org – CPTS Rives"


def test_a_comment_tells_its_state(cast: Cast) -> None:
    letter = filings.incomplete_letter(cast)
    assert letter.comments.get().state_label == "Réponse attendue"
    actions.write_answers(letter, {"needs": "Précisé"}, by=cast.holder)
    actions.submit(letter, by=cast.holder)
    assert letter.comments.get().state_label == "Répondue"
    actions.declare_complete(letter, by=cast.ars_reviewer)
    assert letter.comments.get().state_label == "Close"


def test_an_opinion_and_a_suspension_name_themselves(cast: Cast) -> None:
    project = filings.examined_project(cast)
    assert str(project.opinions.get()) == "URPS infirmiers – Favorable"
    actions.ask_for_pieces(project, reason="", comments={"budget": "?"}, by=cast.ars_reviewer)
    assert str(project.suspensions.get()).startswith("Projet de santé de CPTS Rives depuis le ")


def test_a_letter_has_no_clock_and_a_draft_no_tacit_day(cast: Cast) -> None:
    letter = filings.complete_letter(cast)
    assert letter.legal_clock([]) is None
    assert letter.tacit_moment is None


def test_without_required_opinion_nothing_is_missing(cast: Cast) -> None:
    letter = filings.complete_letter(cast)
    Procedure.objects.update(letter_opinions=[])
    letter.refresh_from_db()
    assert letter.missing_levels == letter.missing_levels_before_regional == []


class TestForms:
    def test_a_departement_without_fund_is_said(self, cast: Cast) -> None:
        cast.geography.bas_rhin.communes.update(cpam_district=None)
        form = StartForm({"name": "CPTS Neuve", "departement": cast.geography.bas_rhin.pk})
        assert not form.is_valid()
        assert "Aucune CPAM" in str(form.errors)

    @pytest.mark.parametrize(
        "slug, data, words",
        [
            ("professionnels", {"professionals": "x\n" * (MOST_LINES + 1)}, "dépasse 500 lignes"),
            ("diagnostic", {"needs": "x" * 20_001}, "20000"),
            ("diagnostic", {"needs": "a\0b"}, "nul"),
            ("orientations", {"missions": ["UNKNOWN"]}, "UNKNOWN"),
        ],
    )
    def test_what_cannot_be_stored_is_said(
        self, cast: Cast, slug: str, data: dict[str, str], words: str
    ) -> None:
        letter = filings.drafted_letter(cast)
        step = letter.step(slug)
        assert step
        form = StepForm(step, letter, {"version": 0, **data})
        assert not form.is_valid()
        assert words in str(form.errors)

    def test_a_choice_of_the_project(self, cast: Cast) -> None:
        project = filings.drafted_project(cast)
        step = project.step("gouvernance")
        assert step
        form = StepForm(step, project, {"version": 0, "legal_form": "association_1901"})
        assert form.is_valid()
        assert form.answers["legal_form"] == "association_1901"
        wrong = StepForm(step, project, {"version": 0, "legal_form": "company"})
        assert not wrong.is_valid()
