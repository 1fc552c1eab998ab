"""The pages of the holders: one happy path and one refusal each, through the test client."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from projects import actions
from projects.models import Attachment, Filing, Invitation
from projects.workflow import State
from records.models import Job
from tests.cast import Cast, make_user
from tests.projects import filings
from tests.projects.screens import page, url
from tests.projects.test_writing import PDF


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
