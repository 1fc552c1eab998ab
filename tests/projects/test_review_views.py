"""The pages of the ARS, the CPAM and the committees; who may come to which; their queries."""

from typing import Any

import pytest

from projects import actions
from projects.workflow import State
from tests.cast import Cast
from tests.projects import filings
from tests.projects.screens import page, url

LETTER_ACTS = [
    "submit", "withdraw", "take_up_again", "ask_for_pieces", "declare_complete", "give_opinion",
    "attachments", "print_filing",
]  # fmt: skip


class TestReview:
    def test_ask_for_pieces_beside_the_answers(self, cast: Cast, at: Any) -> None:
        letter = filings.submitted_letter(cast)
        visitor = at(cast.cpam_officer)
        assert "Réponse à « Besoins" in page(visitor.get("ask_for_pieces", cast.rives, "letter"))
        answer = visitor.post(
            "ask_for_pieces", cast.rives, "letter",
            **{"reason": "Merci.", "about.needs": "Précisez.", "about.territory": "Et Lillers ?"},
        )  # fmt: skip
        assert "La demande est envoyée" in page(answer)
        letter.refresh_from_db()
        assert letter.state == State.INCOMPLETE
        text = page(at(cast.holder).get("letter", cast.rives))
        assert "Ce qui vous est demandé" in text
        assert "Communes du territoire –" in text
        assert f"{url('letter_step', cast.rives, 'diagnostic')}#id_needs" in text
        step = page(at(cast.holder).get("letter_step", cast.rives, "diagnostic"))
        assert "Précisez." in step

    def test_ask_for_nothing_is_refused_in_the_form(self, cast: Cast, at: Any) -> None:
        filings.submitted_letter(cast)
        answer = at(cast.cpam_officer).post(
            "ask_for_pieces", cast.rives, "letter", reason="Un message"
        )
        assert "au moins une pièce" in page(answer)
        assert "Un message" in page(answer)

    def test_authorities_read_what_was_sent_while_it_is_corrected(
        self, cast: Cast, at: Any
    ) -> None:
        letter = filings.submitted_letter(cast)
        actions.ask_for_pieces(letter, reason="", comments={"needs": "?"}, by=cast.ars_reviewer)
        actions.write_answers(letter, {"needs": "En cours d’écriture"}, by=cast.holder)
        text = page(at(cast.ars_reviewer).get("letter", cast.rives))
        assert "En cours d’écriture" not in text
        assert "Vous lisez l’envoi du" in text

    def test_declare_complete(self, cast: Cast, at: Any) -> None:
        filings.submitted_letter(cast)
        answer = at(cast.ars_reviewer).post("declare_complete", cast.rives, "letter")
        assert "Les comités sont prévenus" in page(answer)
        again = at(cast.ars_reviewer).client.post(
            url("declare_complete", cast.rives, "letter"),
            HTTP_REFERER=f"http://testserver{url('letter', cast.rives)}",
            follow=True,
        )
        assert "n’est pas possible" in page(again)

    def test_give_an_opinion(self, cast: Cast, at: Any) -> None:
        filings.complete_letter(cast)
        visitor = at(cast.committee_member)
        assert "Donner un avis" in page(visitor.get("opinions", cast.rives))
        given = {"level": "regional", "recommendation": "unfavourable"}
        refused = visitor.post("give_opinion", cast.rives, "letter", **given, text="")
        assert "se motive" in page(refused)
        answer = visitor.post("give_opinion", cast.rives, "letter", **given, text="Trop petit.")
        text = page(answer)
        assert "L’avis est enregistré" in text
        assert "Défavorable" in text
        assert "Trop petit." in text
        assert "Donner un avis" not in text.split("</header>")[-1]

    def test_an_opinion_too_late_loses_no_word(self, cast: Cast, at: Any) -> None:
        letter = filings.complete_letter(cast)
        visitor = at(cast.committee_member)
        actions.refuse(letter, reason="Non.", by=cast.ars_director)
        answer = visitor.post(
            "give_opinion", cast.rives, "letter",
            level="regional", recommendation="favourable", text="Mon long avis",
        )  # fmt: skip
        assert "n’est pas possible" in page(answer)
        assert "Mon long avis" in page(answer)


class TestDecisions:
    def test_approve(self, cast: Cast, at: Any) -> None:
        letter = filings.examined_letter(cast)
        visitor = at(cast.ars_director)
        assert "rempli avec ce que dit la lettre" in page(visitor.get("approve", cast.rives))
        answer = visitor.post("approve", cast.rives, reason="Bravo.")
        assert "est approuvée" in page(answer)
        letter.refresh_from_db()
        assert (letter.state, letter.decision_reason) == (State.APPROVED, "Bravo.")

    def test_approve_before_the_opinions_is_refused(self, cast: Cast, at: Any) -> None:
        letter = filings.complete_letter(cast)
        answer = at(cast.ars_director).post("approve", cast.rives, reason="Bravo.")
        assert "comité régional est attendu" in page(answer)
        assert "Bravo." in page(answer)
        letter.refresh_from_db()
        assert letter.state == State.COMPLETE

    def test_refuse_needs_reasons(self, cast: Cast, at: Any) -> None:
        letter = filings.complete_letter(cast)
        visitor = at(cast.ars_director)
        assert "Écrivez les motifs" in page(visitor.post("refuse", cast.rives, reason=""))
        visitor.post("refuse", cast.rives, reason="Trop petit.")
        letter.refresh_from_db()
        assert letter.state == State.REFUSED
        text = page(at(cast.holder).get("letter", cast.rives))
        assert "Trop petit." in text
        assert "Reprendre la lettre" in text

    def test_validate(self, cast: Cast, at: Any) -> None:
        project = filings.examined_project(cast)
        assert "est validé" in page(at(cast.ars_director).post("validate", cast.rives, reason=""))
        project.refresh_from_db()
        assert project.state == State.APPROVED

    def test_oppose(self, cast: Cast, at: Any) -> None:
        project = filings.complete_project(cast)
        visitor = at(cast.ars_director)
        without = visitor.post("oppose", cast.rives, reason="Chevauchement.")
        assert "Choisissez le fondement" in page(without)
        visitor.post("oppose", cast.rives, reason="Chevauchement.", grounds=["territory"])
        project.refresh_from_db()
        assert project.state == State.REFUSED
        text = page(at(cast.coordinator).get("health_project", cast.rives))
        assert "la pertinence du territoire" in text

    def test_withdraw_and_take_up_again(self, cast: Cast, at: Any) -> None:
        letter = filings.submitted_letter(cast)
        visitor = at(cast.holder)
        assert "Retirer la lettre d’intention ?" in page(
            visitor.get("withdraw", cast.rives, "letter")
        )
        visitor.post("withdraw", cast.rives, "letter", reason="Fusion.")
        letter.refresh_from_db()
        assert letter.state == State.WITHDRAWN
        answer = visitor.post("take_up_again", cast.rives, "letter")
        assert "version 2" in page(answer)
        old = page(visitor.get("version", cast.rives, "letter", 1))
        assert "Fusion." in old
        assert "Voir la dernière version" in old


class TestLegalClock:
    @pytest.mark.parametrize("part", ["coordinator", "ars_reviewer", "cpam_director"])
    def test_both_sides_see_the_dates(self, cast: Cast, at: Any, part: str) -> None:
        with filings.on("2026-03-02"):
            filings.complete_project(cast)
            text = page(at(getattr(cast, part)).get("health_project", cast.rives))
        assert "2 mai 2026" in text
        assert "3 mai 2026 à 0 h" in text
        assert "encore 62 jours" in text

    def test_and_its_stops(self, cast: Cast, at: Any) -> None:
        with filings.on("2026-03-02"):
            project = filings.complete_project(cast)
        with filings.on("2026-03-20"):
            actions.ask_for_pieces(
                project, reason="Budget", comments={"budget": "x"}, by=cast.ars_reviewer
            )
            for part in ("coordinator", "ars_director"):
                text = page(at(getattr(cast, part)).get("health_project", cast.rives))
                assert "Le délai est <strong>suspendu</strong>" in text
                assert "<td>20 mars 2026</td>" in text
                assert "<td>Budget</td>" in text
                assert "44 jours" in text


def test_print(cast: Cast, at: Any) -> None:
    filings.complete_project(cast)
    text = page(at(cast.ars_reviewer).get("print_filing", cast.rives, "project"))
    assert "Fiche-action : Prévention" in text
    assert "ARS Hauts-de-France et CPAM de l’Artois" in text


class TestAccess:
    @pytest.mark.parametrize("name", ["letter", "health_project", "opinions"])
    @pytest.mark.parametrize(
        "part", ["monts_coordinator", "other_region_reviewer", "other_district_officer"]
    )
    def test_not_yours_is_404(self, cast: Cast, at: Any, name: str, part: str) -> None:
        filings.complete_letter(cast)
        assert at(getattr(cast, part)).get(name, cast.rives).status_code == 404

    @pytest.mark.parametrize("name", LETTER_ACTS)
    def test_acts_on_another_s_letter_are_404_or_403(self, cast: Cast, at: Any, name: str) -> None:
        letter = filings.submitted_letter(cast)
        for part in ("monts_coordinator", "other_region_reviewer", "other_district_officer"):
            answer = at(getattr(cast, part)).post(name, cast.rives, "letter")
            assert answer.status_code in {403, 404, 405}, part
        letter.refresh_from_db()
        assert letter.state == State.SUBMITTED

    @pytest.mark.parametrize(
        "name, part",
        [
            ("declare_complete", "cpam_officer"),
            ("ask_for_pieces", "ars_director"),
            ("give_opinion", "ars_reviewer"),
            ("submit", "ars_reviewer"),
            ("withdraw", "office"),
        ],
    )
    def test_a_right_that_is_missing_is_403(
        self, cast: Cast, at: Any, name: str, part: str
    ) -> None:
        filings.submitted_letter(cast)
        assert at(getattr(cast, part)).post(name, cast.rives, "letter").status_code == 403

    def test_a_neighbour_concerned_reads_and_does_not_act(self, cast: Cast, at: Any) -> None:
        filings.submitted_letter(cast)
        cast.rives.concerns.create(region=cast.geography.grand_est)
        visitor = at(cast.other_region_reviewer)
        text = page(visitor.get("letter", cast.rives))
        assert "Réponse à « Besoins" in text
        assert "Ce que vous pouvez faire" not in text
        assert visitor.get("ask_for_pieces", cast.rives, "letter").status_code == 403
        assert visitor.post("declare_complete", cast.rives, "letter").status_code == 403


@pytest.mark.parametrize(
    "name, state, part",
    [
        ("letter", "submitted_letter", "ars_reviewer"),
        ("letter", "drafted_letter", "holder"),
        ("letter", "approved_letter", "coordinator"),
        ("letter", "refused_letter", "holder"),
        ("letter", "incomplete_letter", "ars_reviewer"),
        ("letter", "incomplete_letter", "holder"),
        ("invite", "drafted_letter", "holder"),
        ("health_project", "complete_project", "ars_director"),
        ("health_project", "drafted_project", "coordinator"),
        ("opinions", "examined_project", "committee_member"),
    ],
)
def test_pages_keep_to_six_queries(
    cast: Cast, at: Any, name: str, state: str, part: str, django_assert_max_num_queries: Any
) -> None:
    getattr(filings, state)(cast)
    visitor = at(getattr(cast, part))
    with django_assert_max_num_queries(6):
        assert visitor.get(name, cast.rives).status_code == 200
