"""Communes that another CPTS covers: said before filing, explained by the holders, kept, read."""

from typing import Any

import pytest

from foundation.refusal import Refused
from projects import actions
from projects.models import Filing, Kind, Submission
from records.models import JournalEntry
from territories import editing
from territories.actions import ChosenCommune, choose_communes, move
from territories.models import Baton, Stage
from tests.cast import Cast, make_cpts, make_user
from tests.projects.filings import drafted_letter, filled
from tests.projects.screens import page
from tests.queries import QueryCount

pytestmark = pytest.mark.django_db
REASON = "Les médecins de Lillers adressent à Béthune ; accord avec la CPTS Monts."


@pytest.fixture
def letter(cast: Cast) -> Filing:
    """The letter of Rives, whole, which now takes Lillers from Monts."""
    letter = filled(drafted_letter(cast), cast.holder)
    move(cast.rives, baton=Baton.HOLDER)
    editing.add_communes(cast.rives, ["62516"], by=cast.holder)
    letter.cpts.refresh_from_db()
    return letter


def explain(cast: Cast) -> None:
    editing.explain_overlap(cast.rives, reason=REASON, by=cast.holder)


class TestTheCheck:
    def test_nothing_is_handed_over_without_a_reason(self, letter: Filing, cast: Cast) -> None:
        with pytest.raises(Refused) as refused:
            actions.submit(letter, by=cast.holder)
        said = refused.value.reason.replace("\xa0", " ")
        assert said == (
            "Donnez le motif du chevauchement avant de transmettre, car des communes sont déjà "
            "couvertes : Lillers (CPTS Monts)."
        )
        assert Submission.objects.count() == 0
        assert Filing.objects.get(pk=letter.pk).state == "draft"

    def test_a_reason_opens_the_way_and_goes_along(self, letter: Filing, cast: Cast) -> None:
        explain(cast)
        actions.submit(letter, by=cast.holder)
        facts = Submission.objects.get().territory
        assert facts["overlaps"] == [
            {"code": "62516", "name": "Lillers", "cpts": "CPTS Monts", "counted_twice": 10193}
        ]
        assert facts["overlap_reason"] == REASON

    def test_the_journal_says_both(self, letter: Filing, cast: Cast) -> None:
        explain(cast)
        actions.submit(letter, by=cast.holder)
        given, handed = (
            JournalEntry.objects.filter(dossier=cast.rives.reference, verb=verb).get()
            for verb in ("explain_overlap", "submit")
        )
        assert given.reason == REASON
        assert "Lillers (CPTS Monts)" in given.sentence
        assert REASON in handed.reason
        assert "Lillers (CPTS Monts)" in handed.reason

    def test_a_reason_holds_for_the_overlaps_it_was_given_for(
        self, letter: Filing, cast: Cast
    ) -> None:
        explain(cast)
        make_cpts("CPTS Vallée", make_user("Vera Vallée"), ["62119"], cast.geography)
        with pytest.raises(Refused, match=r"Béthune \(CPTS Vallée\)"):
            actions.submit(letter, by=cast.holder)
        explain(cast)
        actions.submit(letter, by=cast.holder)

    def test_an_overlap_that_is_gone_asks_nothing(self, letter: Filing, cast: Cast) -> None:
        move(cast.monts, stage=Stage.ABANDONED)
        assert letter.unexplained_overlap == ""
        actions.submit(letter, by=cast.holder)
        assert Submission.objects.get().territory["overlaps"] == []

    def test_shares_that_fit_in_the_whole_overlap_nothing(self, letter: Filing, cast: Cast) -> None:
        choose_communes(cast.monts, [ChosenCommune("62516", share=6000)], by=cast.monts_coordinator)
        editing.share_commune(cast.rives, "62516", share=4000, part="", by=cast.holder)
        actions.submit(letter, by=cast.holder)

    def test_a_reason_without_overlap_or_without_words_is_refused(self, cast: Cast) -> None:
        move(cast.rives, baton=Baton.HOLDER)
        with pytest.raises(Refused, match="Aucune commune"):
            explain(cast)
        editing.add_communes(cast.rives, ["62516"], by=cast.holder)
        with pytest.raises(Refused, match="Donnez le motif"):
            editing.explain_overlap(cast.rives, reason="  ", by=cast.holder)

    def test_nobody_explains_while_others_hold_the_dossier(
        self, letter: Filing, cast: Cast
    ) -> None:
        move(cast.rives, baton=Baton.ARS)
        with pytest.raises(Refused, match="votre tour"):
            explain(cast)


class TestTheScreens:
    def test_the_task_list_shows_who_and_how_many(
        self, letter: Filing, cast: Cast, at: Any
    ) -> None:
        html = page(at(cast.holder).get("letter", cast.rives))
        assert "1 commune déjà couverte" in html
        assert "CPTS Monts" in html
        assert "10 193 habitants seraient comptés deux fois" in html

    def test_it_costs_no_more_queries(self, letter: Filing, cast: Cast, at: Any) -> None:
        visitor = at(cast.holder)
        with QueryCount() as count:
            visitor.get("letter", cast.rives)
        assert count.number <= 6

    def test_submitting_without_reason_says_it_and_changes_nothing(
        self, letter: Filing, cast: Cast, at: Any
    ) -> None:
        answer = at(cast.holder).post("submit", cast.rives, Kind.LETTER)
        assert answer.status_code == 422
        assert "Lillers (CPTS Monts)." in page(answer)

    def test_the_reason_is_written_there_then_read_by_the_authorities(
        self, letter: Filing, cast: Cast, at: Any
    ) -> None:
        holder = at(cast.holder)
        answer = holder.post("explain_overlap", cast.rives, Kind.LETTER, reason=REASON)
        assert "Le motif du chevauchement est donné" in page(answer)
        holder.post("submit", cast.rives, Kind.LETTER)
        for reader in (cast.ars_reviewer, cast.cpam_officer):
            html = page(at(reader).get("letter", cast.rives))
            assert "1 commune était déjà couverte" in html
            assert REASON in html

    def test_an_empty_reason_is_asked_again(self, letter: Filing, cast: Cast, at: Any) -> None:
        answer = at(cast.holder).post("explain_overlap", cast.rives, Kind.LETTER, reason=" ")
        assert answer.status_code == 422
        assert "Donnez le motif de ce chevauchement." in page(answer)

    def test_only_writers_explain(self, letter: Filing, cast: Cast, at: Any) -> None:
        for part, person in cast.people().items():
            if part in {"holder", "president", "coordinator"}:
                continue
            answer = at(person).post("explain_overlap", cast.rives, Kind.LETTER, reason=REASON)
            assert answer.status_code in {403, 404}, part
        cast.rives.territory.refresh_from_db()
        assert cast.rives.territory.overlap_reason == ""
