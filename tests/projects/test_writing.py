"""The holders' acts: found, invite, write, join pieces, open the project."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.access import Role
from foundation import clock
from foundation.refusal import Refused, StaleVersion
from foundation.workflow import NotAllowed
from projects import actions
from projects.models import Attachment, Filing, Invitation, LetterOfIntent, Procedure
from projects.workflow import State
from records.models import Job, JournalEntry
from territories.models import Baton, Stage
from tests.cast import Cast, make_user
from tests.projects import filings

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def verbs(cpts) -> list[str]:
    return list(JournalEntry.objects.of_dossier(cpts.reference).values_list("verb", flat=True))


class TestStartLetter:
    def test_founds_the_community_and_makes_its_author_the_holder(self, cast: Cast) -> None:
        letter = actions.start_letter(
            name="CPTS Neuve",
            departement=cast.geography.pas_de_calais,
            cpam_district=cast.geography.artois,
            by=cast.stranger,
        )
        assert letter.state == State.DRAFT
        assert letter.number == 1
        assert letter.cpts.stage == Stage.EMERGENCE
        assert letter.procedure.code == "national-2019"
        assert Role.HOLDER in cast.stranger.roles
        assert verbs(letter.cpts) == ["found_cpts", "open_letter"]

    def test_keeps_the_reference_of_a_known_dossier(self, cast: Cast) -> None:
        letter = actions.start_letter(
            name="CPTS Connue",
            departement=cast.geography.bas_rhin,
            cpam_district=cast.geography.strasbourg,
            by=cast.stranger,
            reference="67-CONNUE",
            slug="connue",
        )
        assert (letter.cpts.reference, letter.cpts.slug) == ("67-CONNUE", "connue")
        assert letter.procedure.code == "grand-est-2019"

    def test_refuses_a_fund_of_another_region(self, cast: Cast) -> None:
        with pytest.raises(Refused, match="n’est pas dans la région"):
            actions.start_letter(
                name="CPTS Perdue",
                departement=cast.geography.pas_de_calais,
                cpam_district=cast.geography.strasbourg,
                by=cast.stranger,
            )
        assert not Filing.objects.exists()


class TestOpenLetter:
    def test_one_letter_at_a_time(self, cast: Cast) -> None:
        filings.drafted_letter(cast)
        with pytest.raises(Refused, match="déjà ouverte"):
            actions.open_letter(cast.rives, by=cast.holder)

    def test_a_withdrawn_letter_is_taken_up_not_opened_again(self, cast: Cast) -> None:
        actions.withdraw(filings.drafted_letter(cast), by=cast.holder)
        with pytest.raises(Refused, match="reprenez-la"):
            actions.open_letter(cast.rives, by=cast.holder)

    @pytest.mark.parametrize("part", ["ars_reviewer", "monts_coordinator", "nurse", "office"])
    def test_only_the_writers_of_the_community(self, cast: Cast, part: str) -> None:
        with pytest.raises(NotAllowed):
            actions.open_letter(cast.rives, by=getattr(cast, part))


class TestSaveStep:
    def test_saves_part_of_a_step(self, cast: Cast) -> None:
        letter = filings.drafted_letter(cast)
        actions.save_step(
            letter, "diagnostic", {"needs": "Des médecins"}, version=0, by=cast.holder
        )
        letter.refresh_from_db()
        assert letter.answers == {"needs": "Des médecins"}
        assert letter.edit_version == 1
        assert letter.edited_by == cast.holder
        assert "save_step" not in verbs(cast.rives)

    def test_ignores_what_the_step_does_not_ask(self, cast: Cast) -> None:
        letter = filings.drafted_letter(cast)
        given = {"needs": "x", "state": "approved", "holder": "autre étape"}
        actions.save_step(letter, "diagnostic", given, version=0, by=cast.holder)
        assert letter.answers == {"needs": "x"}

    def test_a_stale_save_overwrites_nothing(self, cast: Cast) -> None:
        letter = filings.drafted_letter(cast)
        seen_by_both = letter.edit_version
        actions.save_step(
            letter, "diagnostic", {"needs": "De Hélène"}, version=seen_by_both, by=cast.holder
        )
        with pytest.raises(StaleVersion, match="rien n’a été écrasé"):
            actions.save_step(
                letter, "diagnostic", {"needs": "De Chloé"}, version=seen_by_both,
                by=cast.coordinator,
            )  # fmt: skip
        letter.refresh_from_db()
        assert letter.answers["needs"] == "De Hélène"

    def test_two_people_write_two_steps_at_once(self, cast: Cast) -> None:
        letter = filings.drafted_letter(cast)
        actions.save_step(letter, "diagnostic", {"needs": "A"}, version=0, by=cast.holder)
        actions.save_step(letter, "porteur", {"contact": "B"}, version=0, by=cast.coordinator)
        assert letter.answers == {"needs": "A", "contact": "B"}

    def test_saving_the_same_thing_is_no_new_version(self, cast: Cast) -> None:
        letter = filings.drafted_letter(cast)
        actions.save_step(letter, "diagnostic", {"needs": "A"}, version=0, by=cast.holder)
        actions.save_step(letter, "diagnostic", {"needs": "A"}, version=1, by=cast.holder)
        assert letter.edit_version == 1

    def test_a_letter_handed_over_is_not_written_any_more(self, cast: Cast) -> None:
        letter = filings.submitted_letter(cast)
        with pytest.raises(Refused, match="ne se modifie plus"):
            actions.save_step(letter, "diagnostic", {"needs": "x"}, version=9, by=cast.holder)

    def test_an_unknown_step_is_refused(self, cast: Cast) -> None:
        with pytest.raises(Refused, match="n’existe pas"):
            actions.save_step(
                filings.drafted_letter(cast), "inconnue", {}, version=0, by=cast.holder
            )

    @pytest.mark.parametrize("part", ["ars_director", "cpam_officer", "monts_coordinator"])
    def test_authorities_and_neighbours_do_not_write(self, cast: Cast, part: str) -> None:
        letter = filings.drafted_letter(cast)
        with pytest.raises(NotAllowed):
            actions.save_step(
                letter, "diagnostic", {"needs": "x"}, version=0, by=getattr(cast, part)
            )


def test_write_answers_fills_several_steps_and_refuses_unknown_keys(cast: Cast) -> None:
    letter = filings.drafted_letter(cast)
    actions.write_answers(letter, {"needs": "A", "contact": "B"}, by=cast.holder)
    assert letter.answers == {"needs": "A", "contact": "B"}
    assert letter.step_versions == {"porteur": 1, "diagnostic": 1}
    with pytest.raises(Refused, match="inconnue"):
        actions.write_answers(letter, {"nobody": "A"}, by=cast.holder)


class TestAttachments:
    def test_joins_a_file_told_by_its_content(self, cast: Cast) -> None:
        letter = filings.drafted_letter(cast)
        upload = SimpleUploadedFile("soutien.pdf", PDF)
        attachment = actions.add_attachment(letter, upload, kind="support", by=cast.holder)
        assert attachment.label == attachment.kind_label == "Lettre de soutien"
        assert attachment.file.dossier == cast.rives.reference
        assert verbs(cast.rives)[-1] == "add_attachment"

    def test_refuses_a_disguised_file_and_an_unknown_kind(self, cast: Cast) -> None:
        letter = filings.drafted_letter(cast)
        with pytest.raises(Refused, match="type permis"):
            actions.add_attachment(
                letter, SimpleUploadedFile("a.pdf", b"MZ..."), kind="support", by=cast.holder
            )
        with pytest.raises(Refused, match="nature"):
            actions.add_attachment(
                letter, SimpleUploadedFile("a.pdf", PDF), kind="passport", by=cast.holder
            )
        assert not Attachment.objects.exists()

    def test_removes_from_a_draft_only(self, cast: Cast) -> None:
        letter = filings.filled(filings.drafted_letter(cast), cast.holder)
        one, other = (
            actions.add_attachment(
                letter, SimpleUploadedFile("a.pdf", PDF), kind="support", label=label,
                by=cast.holder,
            )
            for label in ("Mairie", "Hôpital")
        )  # fmt: skip
        actions.remove_attachment(one, by=cast.coordinator)
        assert [item.label for item in letter.attachments.all()] == ["Hôpital"]
        actions.submit(letter, by=cast.holder)
        with pytest.raises(Refused):
            actions.remove_attachment(other, by=cast.holder)


class TestOpenHealthProject:
    def test_starts_from_what_the_letter_says(self, cast: Cast) -> None:
        letter = filings.approved_letter(cast)
        project = actions.open_health_project(letter, by=cast.coordinator)
        assert project.letter_id == letter.pk
        assert project.state == State.DRAFT
        assert project.answers["diagnosis"] == letter.answers["diagnosis"]
        assert project.answers["members"] == letter.answers["professionals"]
        cast.rives.refresh_from_db()
        assert (cast.rives.stage, cast.rives.baton) == (Stage.PROJECT, Baton.HOLDER)

    def test_needs_an_approved_letter(self, cast: Cast) -> None:
        with pytest.raises(Refused, match="est approuvée"):
            actions.open_health_project(filings.examined_letter(cast), by=cast.holder)

    def test_opens_once(self, cast: Cast) -> None:
        project = filings.drafted_project(cast)
        letter = project.letter
        with pytest.raises(Refused, match="déjà ouvert"):
            actions.open_health_project(letter, by=cast.holder)
        actions.withdraw(project, by=cast.holder)
        with pytest.raises(Refused, match="reprenez-le"):
            actions.open_health_project(letter, by=cast.holder)

    def test_is_not_opened_by_the_authorities(self, cast: Cast) -> None:
        with pytest.raises(NotAllowed):
            actions.open_health_project(filings.approved_letter(cast), by=cast.ars_director)


class TestInvitations:
    def invited(self, cast: Cast, email: str = "Nouvelle@Example.org ") -> tuple[Invitation, str]:
        invitation = actions.invite(cast.rives, email=email, by=cast.holder)
        mail = Job.objects.emails().order_by("-pk").first()
        assert mail and mail.payload["to"] == invitation.email
        found = re.search(r"/invitations/([\w-]+)/", mail.payload["body"])
        assert found
        return invitation, found.group(1)

    def test_the_link_makes_a_co_holder_once(self, cast: Cast) -> None:
        invitation, token = self.invited(cast)
        assert invitation.email == "nouvelle@example.org"
        assert token not in invitation.token_sha256
        newcomer = make_user("Nour Nouvelle")
        cpts = actions.accept_invitation(token, by=newcomer)
        assert cpts == cast.rives
        assert Role.HOLDER in newcomer.roles
        with pytest.raises(Refused, match="plus valable"):
            actions.accept_invitation(token, by=cast.stranger)
        assert verbs(cast.rives)[-2:] == ["invite", "accept_invitation"]

    def test_the_journal_names_no_address(self, cast: Cast) -> None:
        self.invited(cast)
        entries = JournalEntry.objects.of_dossier(cast.rives.reference)
        assert not any("example.org" in f"{item.sentence}{item.data}" for item in entries)

    def test_a_link_expires_and_a_second_one_replaces_the_first(self, cast: Cast) -> None:
        _, first = self.invited(cast)
        _, second = self.invited(cast)
        with pytest.raises(Refused):
            actions.accept_invitation(first, by=cast.stranger)
        with clock.at(clock.now() + dt.timedelta(days=31)), pytest.raises(Refused):
            actions.accept_invitation(second, by=cast.stranger)

    def test_a_holder_is_not_invited_again(self, cast: Cast) -> None:
        with pytest.raises(Refused, match="déjà porteuse"):
            actions.invite(cast.rives, email=cast.holder.email, by=cast.president)

    def test_only_the_writers_invite(self, cast: Cast) -> None:
        with pytest.raises(NotAllowed):
            actions.invite(cast.rives, email="x@example.org", by=cast.office)


class TestProcedures:
    def test_loading_twice_changes_nothing(self, db: None, geography: object) -> None:
        from territories.models import Region

        for code, name in (("27", "Bourgogne-Franche-Comté"), ("75", "Nouvelle-Aquitaine")):
            Region.objects.create(code=code, name=name)
        assert actions.load_procedures() == 4
        Procedure.objects.filter(code="national-2019").update(tacit_months=3)
        assert actions.load_procedures() == 0
        assert Procedure.objects.get(code="national-2019").tacit_months == 3

    @pytest.mark.parametrize(
        "region, day, code",
        [
            ("32", "2026-01-01", "national-2019"),
            ("44", "2026-01-01", "grand-est-2019"),
            ("44", "2018-01-01", "national-2019"),
        ],
    )
    def test_the_region_and_the_day_choose(
        self, cast: Cast, region: str, day: str, code: str
    ) -> None:
        LetterOfIntent.objects.count()
        filings.drafted_letter(cast)  # loads them at need
        found = Procedure.objects.in_force(region, dt.date.fromisoformat(day))
        assert found.code == code
