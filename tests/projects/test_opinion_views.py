"""The pages of opinions: preparing, giving, the table, the list; who may come; their queries."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from projects import actions
from projects.models import Opinion, OpinionFile, OpinionRequest
from projects.workflow import State
from tests.cast import Cast
from tests.projects import filings
from tests.projects.screens import page, url
from tests.projects.test_opinions import SCORES, colleague_of, give, later, request_of
from tests.projects.test_writing import PDF
from tests.queries import QueryCount

TYPED = {
    "level": "regional",
    "recommendation": "unfavourable",
    "text": "Trop petit.",
    "score.territory": "2",
    "comment.territory": "Bassin de vie.",
    "comment.advice": "Associez les voisins.",
}


class TestPreparing:
    def test_a_draft_is_found_again_then_given(self, cast: Cast, at: Any) -> None:
        filings.complete_letter(cast)
        visitor = at(cast.committee_member)
        first = page(visitor.get("give_opinion", cast.rives, "letter"))
        assert "Grille nationale d’avis par défaut" in first
        assert "Pertinence du territoire" in first
        pdf = SimpleUploadedFile("note.pdf", PDF)
        saved = visitor.post(
            "give_opinion", cast.rives, "letter",
            **TYPED, based_on="0", then="draft", file=pdf,
        )  # fmt: skip
        text = page(saved)
        assert "Le brouillon est enregistré" in text
        for words in ("Trop petit.", "Bassin de vie.", "Associez les voisins.", "note.pdf"):
            assert words in text
        assert not Opinion.objects.exists()
        assert "Trop petit." not in page(at(cast.ars_reviewer).get("opinions", cast.rives))
        given = page(at(cast.committee_member).post("give_opinion", cast.rives, "letter", **TYPED))
        assert "L’avis est enregistré" in given
        assert "4 sur 6 (1 critère noté)" in given
        assert "note.pdf" in given
        again = visitor.client.get(url("give_opinion", cast.rives, "letter"), follow=True)
        assert "a déjà donné son avis" in page(again)
        assert Opinion.objects.get().scores["territory"] == {
            "score": 2,
            "comment": "Bassin de vie.",
        }

    def test_a_colleague_s_save_is_shown_beside_what_was_typed(self, cast: Cast, at: Any) -> None:
        request = request_of(filings.complete_letter(cast))
        colleague = colleague_of(cast, "URPS infirmiers", "Ursule Urps")
        actions.save_opinion_draft(request, text="Le sien", scores=SCORES, by=colleague)
        visitor = at(cast.committee_member)
        mine = {**TYPED, "text": "Le mien", "then": "draft"}
        text = page(visitor.post("give_opinion", cast.rives, "letter", **mine, based_on="0"))
        assert "Ursule Urps a enregistré cet avis entre-temps" in text
        assert "Ce que votre collègue a enregistré" in text
        assert "Le sien" in text
        assert "Le mien" in text
        assert 'name="based_on" value="1"' in text
        visitor.post("give_opinion", cast.rives, "letter", **mine, based_on="1")
        assert request.drafts.order_by("-number").first().content["text"] == "Le mien"

    def test_a_mistyped_file_loses_no_word(self, cast: Cast, at: Any) -> None:
        filings.complete_letter(cast)
        bad = SimpleUploadedFile("avis.pdf", b"MZ not a pdf")
        text = page(
            at(cast.committee_member).post("give_opinion", cast.rives, "letter", **TYPED, file=bad)
        )
        assert "pas d’un type permis" in text
        assert "Trop petit." in text
        assert not Opinion.objects.exists()

    def test_a_file_is_taken_off(self, cast: Cast, at: Any) -> None:
        request = request_of(filings.complete_letter(cast))
        pdf = SimpleUploadedFile("note.pdf", PDF)
        actions.save_opinion_draft(request, upload=pdf, by=cast.committee_member)
        joined = OpinionFile.objects.get()
        names = ("download_opinion_file", cast.rives, joined.file.uuid)
        assert at(cast.committee_member).get(*names).content == PDF
        for part in ("ars_reviewer", "holder"):
            assert at(getattr(cast, part)).get(*names).status_code == 404
        removed = at(cast.committee_member).post(
            "remove_opinion_file", cast.rives, joined.file.uuid
        )
        assert "Le fichier est retiré" in page(removed)
        assert not OpinionFile.objects.exists()

    def test_a_body_that_is_not_invited_is_told_so(self, cast: Cast, at: Any) -> None:
        filings.complete_letter(cast)
        visitor = at(colleague_of(cast))
        answer = visitor.client.get(url("give_opinion", cast.rives, "letter"), follow=True)
        assert "n’est pas invité" in page(answer)


class TestFollowing:
    def test_the_reviewer_invites_and_withdraws(self, cast: Cast, at: Any) -> None:
        letter = filings.complete_letter(cast)
        colleague_of(cast)
        visitor = at(cast.ars_reviewer)
        assert "Inviter un organisme" in page(visitor.get("opinions", cast.rives))
        asking = {"asked": "regional|URPS médecins", "due_on": ""}
        text = page(visitor.post("invite_body", cast.rives, "letter", **asking))
        assert "L’organisme est invité" in text
        again = page(visitor.post("invite_body", cast.rives, "letter", **asking))
        assert "URPS médecins est déjà invité" in again
        request = request_of(letter, "URPS médecins")
        assert "Retirer l’invitation" in page(
            visitor.get("withdraw_request", cast.rives, "letter", request.uuid)
        )
        empty = page(
            visitor.post("withdraw_request", cast.rives, "letter", request.uuid, reason="")
        )
        assert "Écrivez pourquoi" in empty
        done = page(
            visitor.post("withdraw_request", cast.rives, "letter", request.uuid, reason="Conflit.")
        )
        assert "L’invitation est retirée" in done
        assert "Motif : Conflit." in done

    def test_the_holders_read_after_the_release(self, cast: Cast, at: Any) -> None:
        letter = filings.complete_letter(cast)
        give(letter, cast.committee_member, text="Territoire cohérent.")
        before = page(at(cast.holder).get("opinions", cast.rives))
        assert "confidentiels jusqu’à leur communication" in before
        assert "Territoire cohérent." not in before
        visitor = at(cast.ars_reviewer)
        assert "Communiquer les avis aux parties" in page(visitor.get("opinions", cast.rives))
        visitor.post("release_opinions", cast.rives, "letter")
        after = page(at(cast.holder).get("opinions", cast.rives))
        assert "Territoire cohérent." in after
        assert "Avis communiqués aux parties le" in after

    def test_the_table_shows_every_body_and_criterion(self, cast: Cast, at: Any) -> None:
        colleague_of(cast)
        letter = filings.complete_letter(cast)
        give(letter, cast.committee_member, scores=SCORES)
        with later(50):
            text = page(at(cast.cpam_officer).get("opinion_table", cast.rives, "letter"))
        for words in ("URPS infirmiers", "URPS médecins", "En retard", "8 sur 12", "Très satisfai"):
            assert words in text

    def test_the_list_filters_and_exports(self, cast: Cast, at: Any) -> None:
        colleague_of(cast)
        give(filings.complete_letter(cast), cast.committee_member, scores=SCORES)
        visitor = at(cast.ars_director)
        everything = page(visitor.get("opinion_list"))
        assert "2 avis demandés" in everything
        assert everything.index("URPS médecins") < everything.index("URPS infirmiers")
        given = page(visitor.client.get(url("opinion_list"), {"etat": "given"}))
        assert "URPS infirmiers" in given
        assert "URPS médecins" not in given
        late = {"etat": "late", "q": "medecins", "page": "1e99"}
        assert "Aucun avis" in page(visitor.client.get(url("opinion_list"), late))
        export = visitor.client.get(url("opinion_list_export"), {"etat": "given"})
        lines = b"".join(export.streaming_content).decode("utf-8-sig").splitlines()
        assert len(lines) == 2
        assert "URPS infirmiers;Avis du comité régional;Avis donné" in lines[1]
        assert lines[1].endswith("Favorable;8;12")
        with later(50):
            assert "1 avis demandé" in page(
                visitor.client.get(url("opinion_list"), {"etat": "late"})
            )

    def test_a_reviewer_elsewhere_has_an_empty_list(self, cast: Cast, at: Any) -> None:
        filings.complete_letter(cast)
        assert "Aucun avis demandé" in page(at(cast.other_region_reviewer).get("opinion_list"))

    def test_the_desk_tells_the_age_and_the_date(self, cast: Cast, at: Any) -> None:
        filings.complete_letter(cast)
        visitor = at(cast.committee_member)
        with later(50):
            text = page(visitor.client.get("/tableau-de-bord/"))
        assert "Donner votre avis sur la lettre d’intention" in text
        assert "Avis attendu" in text
        assert "50 jours" in text


class TestAccess:
    @pytest.mark.parametrize("name", ["opinion_table", "invite_body", "release_opinions"])
    @pytest.mark.parametrize("part", ["other_region_reviewer", "committee_member", "holder"])
    def test_not_yours_or_not_your_right(self, cast: Cast, at: Any, name: str, part: str) -> None:
        filings.examined_letter(cast)
        answer = at(getattr(cast, part)).client.post(url(name, cast.rives, "letter"))
        assert answer.status_code in {403, 404, 405}
        assert not Opinion.objects.filter(filing__opinions_released_at__isnull=False).exists()

    def test_a_neighbour_concerned_reads_no_table(self, cast: Cast, at: Any) -> None:
        filings.examined_letter(cast)
        cast.rives.concerns.create(region=cast.geography.grand_est)
        visitor = at(cast.other_region_reviewer)
        assert visitor.get("opinion_table", cast.rives, "letter").status_code == 403
        request = OpinionRequest.objects.get()
        answer = visitor.post("withdraw_request", cast.rives, "letter", request.uuid, reason="Non.")
        assert answer.status_code == 404

    @pytest.mark.parametrize("then", ["draft", "give"])
    def test_only_the_body_writes(self, cast: Cast, at: Any, then: str) -> None:
        letter = filings.complete_letter(cast)
        for part in ("ars_reviewer", "holder", "monts_coordinator"):
            answer = at(getattr(cast, part)).post(
                "give_opinion", cast.rives, "letter", **TYPED, then=then
            )
            assert answer.status_code in {403, 404}
        letter.refresh_from_db()
        assert letter.state == State.COMPLETE


@pytest.mark.parametrize(
    "name, args, part, most",
    [
        ("opinions", ["rives"], "ars_reviewer", 6),
        ("opinions", ["rives"], "holder", 6),
        ("opinion_table", ["rives", "letter"], "ars_reviewer", 6),
        ("give_opinion", ["rives", "letter"], "colleague", 6),
        ("invite_body", ["rives", "letter"], "ars_reviewer", 6),
        ("opinion_list", [], "ars_director", 4),
    ],
)
def test_pages_keep_to_their_queries(
    cast: Cast, at: Any, name: str, args: list[str], part: str, most: int
) -> None:
    colleague = colleague_of(cast)
    letter = filings.complete_letter(cast)
    give(letter, cast.committee_member, scores=SCORES)
    actions.save_opinion_draft(request_of(letter, "URPS médecins"), text="…", by=colleague)
    visitor = at(colleague if part == "colleague" else getattr(cast, part))
    names = [cast.rives if arg == "rives" else arg for arg in args]
    with QueryCount() as count:
        assert visitor.get(name, *names).status_code == 200
    assert count.number <= most
