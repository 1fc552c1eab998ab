"""The pages: one happy path and one refusal each, through the test client."""

import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from projects import actions
from projects.models import Attachment, Filing, Invitation
from projects.workflow import State
from records.models import Job
from territories.models import Cpts
from tests.cast import Cast, make_user
from tests.projects import filings
from tests.projects.test_writing import PDF

LETTER_ACTS = [
    "submit", "withdraw", "take_up_again", "ask_for_pieces", "declare_complete", "give_opinion",
    "attachments", "print_filing",
]  # fmt: skip


@pytest.fixture
def at(sign_in: Any) -> Any:
    """`at(user).get("letter", cpts)`: a signed-in client that names its routes."""

    class Visitor:
        def __init__(self, user: User) -> None:
            self.client: Client = sign_in(user)

        def get(self, name: str, *args: Any) -> Any:
            return self.client.get(url(name, *args))

        def post(self, name: str, /, *args: Any, **data: Any) -> Any:
            return self.client.post(url(name, *args), data, follow=True)

    return Visitor


def url(name: str, *args: Any) -> str:
    values = [item.reference if isinstance(item, Cpts) else item for item in args]
    return reverse(f"projects:{name}", args=values)


def page(response: Any) -> str:
    """The text of a page, non-breaking spaces made plain."""
    return re.sub(r"\s+", " ", unescape(response.content.decode()))


class TestStart:
    def test_the_only_fund_of_the_departement_is_taken(self, cast: Cast, at: Any) -> None:
        answer = at(cast.stranger).post(
            "start", name="CPTS de Lille", departement=cast.geography.nord.pk
        )
        letter = Filing.objects.get()
        assert answer.redirect_chain[-1][0] == url("letter", letter.cpts)
        assert letter.cpts.cpam_district == cast.geography.lille
        assert "Le dossier est ouvert" in page(answer)

    def test_where_there_are_two_funds_the_choice_is_asked(self, cast: Cast, at: Any) -> None:
        given = {"name": "CPTS Neuve", "departement": cast.geography.pas_de_calais.pk}
        asked = at(cast.stranger).post("start", **given)
        assert "plusieurs caisses" in page(asked)
        assert "CPTS Neuve" in page(asked)
        at(cast.stranger).post("start", **given, cpam_district=cast.geography.artois.pk)
        assert Filing.objects.get().cpts.cpam_district == cast.geography.artois

    def test_with_htmx_the_choice_comes_with_the_departement(self, cast: Cast, at: Any) -> None:
        client = at(cast.stranger).client
        part = client.get(url("start"), {"departement": "62"}, headers={"HX-Request": "true"})
        assert "CPAM de l’Artois" in page(part)
        assert "<h1" not in page(part)
        alone = client.get(url("start"), {"departement": "59"}, headers={"HX-Request": "true"})
        assert page(alone).strip() == ""

    def test_refuses_a_fund_of_elsewhere_and_a_missing_name(self, cast: Cast, at: Any) -> None:
        given = {"departement": cast.geography.pas_de_calais.pk, "cpam_district": "671"}
        answer = at(cast.stranger).post("start", name="", **given)
        assert answer.status_code == 200
        assert not Filing.objects.exists()

    def test_anonymous_visitors_sign_in_first(self, client: Client, db: None) -> None:
        answer = client.get(url("start"))
        assert answer.status_code == 302
        assert "/connexion" in answer["Location"]


class TestNothingYet:
    @pytest.mark.parametrize("name", ["letter", "health_project", "opinions"])
    def test_says_what_comes_first(self, cast: Cast, at: Any, name: str) -> None:
        for part in ("holder", "ars_reviewer"):
            assert "Pas encore" in page(at(getattr(cast, part)).get(name, cast.rives))

    def test_holders_open_the_letter_then_the_project(self, cast: Cast, at: Any) -> None:
        holder = at(cast.holder)
        assert "Ouvrir la lettre" in page(holder.get("letter", cast.rives))
        holder.post("open_letter", cast.rives)
        letter = Filing.objects.get()
        assert letter.state == State.DRAFT
        assert "Ouvrir le projet" not in page(holder.get("health_project", cast.rives))

    def test_an_approved_letter_offers_the_project(self, cast: Cast, at: Any) -> None:
        filings.approved_letter(cast)
        assert "Ouvrir le projet" in page(at(cast.coordinator).get("health_project", cast.rives))
        assert "Ouvrir le projet" in page(at(cast.coordinator).get("letter", cast.rives))
        assert "Ouvrir le projet" not in page(at(cast.office).get("letter", cast.rives))
        answer = at(cast.coordinator).post("open_health_project", cast.rives)
        assert "rempli avec ce que dit la lettre" in page(answer)
        assert Filing.objects.projects().count() == 1
        again = at(cast.coordinator).post("open_health_project", cast.rives)
        assert "déjà ouvert" in page(again)


class TestTaskList:
    def test_holders_see_steps_and_what_is_missing(self, cast: Cast, at: Any) -> None:
        filings.drafted_letter(cast)
        text = page(at(cast.holder).get("letter", cast.rives))
        assert "10 réponses obligatoires manquent" in text
        assert "2 communes choisies" in text
        assert text.count("À faire") >= 8

    def test_submitting_too_early_lists_the_answers_with_links(self, cast: Cast, at: Any) -> None:
        letter = filings.drafted_letter(cast)
        visitor = at(cast.holder)
        answer = visitor.client.post(url("submit", cast.rives, "letter"))
        assert answer.status_code == 422
        assert f"{url('letter_step', cast.rives, 'diagnostic')}#id_needs" in page(answer)
        letter.refresh_from_db()
        assert letter.state == State.DRAFT

    def test_submit(self, cast: Cast, at: Any) -> None:
        letter = filings.filled(filings.drafted_letter(cast), cast.holder)
        answer = at(cast.holder).post("submit", cast.rives, "letter")
        assert "transmis à l’ARS et à la CPAM" in page(answer)
        letter.refresh_from_db()
        assert letter.state == State.SUBMITTED
        twice = at(cast.holder).post("submit", cast.rives, "letter")
        assert "n’est pas possible" in page(twice)

    def test_a_draft_does_not_exist_for_the_authorities(self, cast: Cast, at: Any) -> None:
        filings.drafted_letter(cast)
        assert "Pas encore" in page(at(cast.ars_reviewer).get("letter", cast.rives))
        assert at(cast.ars_reviewer).get("print_filing", cast.rives, "letter").status_code == 404

    def test_the_office_reads_and_does_not_write(self, cast: Cast, at: Any) -> None:
        filings.drafted_letter(cast)
        assert "Enregistrer" not in page(at(cast.office).get("letter", cast.rives))
        step = at(cast.office).get("letter_step", cast.rives, "diagnostic")
        assert step.status_code == 403


class TestStep:
    def test_saves_a_part_and_goes_on(self, cast: Cast, at: Any) -> None:
        letter = filings.drafted_letter(cast)
        visitor = at(cast.holder)
        text = page(visitor.get("letter_step", cast.rives, "diagnostic"))
        assert "étape 4 sur 8" in text
        assert "facultatif" not in text.split("Enregistrer et continuer")[0].split("<form")[-1]
        answer = visitor.post("letter_step", cast.rives, "diagnostic", version=0, needs="Médecins")
        assert answer.redirect_chain[-1][0] == url("letter_step", cast.rives, "orientations")
        letter.refresh_from_db()
        assert letter.answers == {"diagnosis": "", "needs": "Médecins"}

    def test_returns_to_the_list_when_asked(self, cast: Cast, at: Any) -> None:
        filings.drafted_letter(cast)
        answer = at(cast.holder).post(
            "letter_step", cast.rives, "diagnostic", version=0, needs="x", then="list"
        )
        assert answer.redirect_chain[-1][0] == url("letter", cast.rives)

    def test_lists_and_missions(self, cast: Cast, at: Any) -> None:
        letter = filings.drafted_letter(cast)
        visitor = at(cast.holder)
        visitor.post(
            "letter_step", cast.rives, "professionnels", version=0,
            professionals=" Anne, médecin \r\n\r\nBruno, infirmier\r\n",
        )  # fmt: skip
        visitor.post("letter_step", cast.rives, "orientations", version=1, missions=["QUALITE"])
        letter.refresh_from_db()
        assert letter.answers["professionals"] == ["Anne, médecin", "Bruno, infirmier"]
        core = ["ACCES_SOINS", "PARCOURS", "PREVENTION", "CRISE"]
        assert letter.answers["missions"] == [*core, "QUALITE"]

    def test_a_stale_save_shows_both_texts(self, cast: Cast, at: Any) -> None:
        letter = filings.drafted_letter(cast)
        actions.save_step(letter, "diagnostic", {"needs": "De Hélène"}, version=0, by=cast.holder)
        visitor = at(cast.coordinator)
        answer = visitor.post("letter_step", cast.rives, "diagnostic", version=0, needs="De Chloé")
        text = page(answer)
        assert "rien n’a été écrasé" in text
        assert "De Hélène" in text
        assert "De Chloé" in text
        assert "Texte enregistré par Hélène Porteur" in text
        assert 'name="version" value="1"' in text
        letter.refresh_from_db()
        assert letter.answers["needs"] == "De Hélène"
        # Having seen both, saving once more is a choice.
        visitor.post("letter_step", cast.rives, "diagnostic", version=1, needs="Des deux")
        letter.refresh_from_db()
        assert letter.answers["needs"] == "Des deux"

    def test_too_long_a_text_is_shown_again(self, cast: Cast, at: Any) -> None:
        letter = filings.drafted_letter(cast)
        answer = at(cast.holder).post(
            "letter_step", cast.rives, "professionnels", version=0, professionals="x" * 301
        )
        assert "Une ligne dépasse 300 caractères" in page(answer)
        letter.refresh_from_db()
        assert letter.answers == {}

    def test_posted_extras_change_nothing(self, cast: Cast, at: Any) -> None:
        letter = filings.drafted_letter(cast)
        at(cast.holder).post(
            "letter_step", cast.rives, "diagnostic", version=0, needs="x", state="approved",
            kind="project", number=7, decided_at="2026-01-01",
        )  # fmt: skip
        letter.refresh_from_db()
        assert (letter.state, letter.kind, letter.number) == (State.DRAFT, "letter", 1)

    def test_unknown_step_is_404_and_a_sent_letter_has_no_form(self, cast: Cast, at: Any) -> None:
        letter = filings.filled(filings.drafted_letter(cast), cast.holder)
        assert at(cast.holder).get("letter_step", cast.rives, "inconnue").status_code == 404
        actions.submit(letter, by=cast.holder)
        sent = at(cast.holder).get("letter_step", cast.rives, "diagnostic")
        assert sent["Location"] == url("letter", cast.rives)

    def test_the_project_shows_what_the_letter_said(self, cast: Cast, at: Any) -> None:
        filings.drafted_project(cast)
        step = at(cast.coordinator).get("health_project_step", cast.rives, "diagnostic")
        assert "Repris de la lettre d’intention" in page(step)
        sheet = at(cast.coordinator).get("health_project_step", cast.rives, "mission-prevention")
        assert "Fiche-action : Prévention" in page(sheet)


class TestAttachments:
    def test_join_read_and_remove(self, cast: Cast, at: Any) -> None:
        filings.drafted_letter(cast)
        visitor = at(cast.holder)
        answer = visitor.post(
            "attachments", cast.rives, "letter",
            kind="support", label="Soutien de l’hôpital",
            file=SimpleUploadedFile("soutien.pdf", PDF),
        )  # fmt: skip
        assert "La pièce est jointe" in page(answer)
        identifier = Attachment.objects.get().file.uuid
        got = visitor.get("download_attachment", cast.rives, "letter", identifier)
        assert got.content == PDF
        assert got["Content-Disposition"].startswith("attachment")
        visitor.post("remove_attachment", cast.rives, "letter", identifier)
        assert not Attachment.objects.exists()

    def test_a_wrong_file_is_refused_in_the_form(self, cast: Cast, at: Any) -> None:
        filings.drafted_letter(cast)
        answer = at(cast.holder).post(
            "attachments", cast.rives, "letter",
            kind="support", file=SimpleUploadedFile("a.pdf", b"MZ nothing"),
        )  # fmt: skip
        assert "n’est pas d’un type permis" in page(answer)

    def test_another_dossier_gives_404(self, cast: Cast, at: Any) -> None:
        letter = filings.drafted_letter(cast)
        attachment = actions.add_attachment(
            letter, SimpleUploadedFile("a.pdf", PDF), kind="support", by=cast.holder
        )
        name = attachment.file.uuid
        for part in ("monts_coordinator", "ars_reviewer", "other_region_reviewer"):
            got = at(getattr(cast, part)).get("download_attachment", cast.rives, "letter", name)
            assert got.status_code == 404, part


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
                assert "Du 20 mars 2026 à aujourd’hui : Budget" in text
                assert "44 jours" in text


class TestInvitations:
    def test_invite_and_accept(self, cast: Cast, at: Any) -> None:
        visitor = at(cast.holder)
        answer = visitor.post("invite", cast.rives, email="nour@example.org")
        assert "L’invitation est envoyée" in page(answer)
        assert "nour@example.org, valable" in page(answer)
        mail = Job.objects.emails().get()
        token = re.search(r"/invitations/([\w-]+)/", mail.payload["body"])
        assert token
        newcomer = at(make_user("Nour Nouvelle"))
        shown = newcomer.get("accept_invitation", token.group(1))
        assert "Porter le projet de la CPTS Rives" in page(shown)
        done = newcomer.post("accept_invitation", token.group(1))
        assert done.redirect_chain[-1][0] == url("letter", cast.rives)
        again = newcomer.get("accept_invitation", token.group(1))
        assert again.status_code == 410
        assert "n’est plus valable" in page(again)

    def test_a_wrong_address_is_refused(self, cast: Cast, at: Any) -> None:
        answer = at(cast.holder).post("invite", cast.rives, email="pas une adresse")
        assert answer.status_code == 200
        assert not Invitation.objects.exists()
        assert at(cast.ars_reviewer).get("invite", cast.rives).status_code == 403
        assert at(cast.monts_coordinator).get("invite", cast.rives).status_code == 404


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
