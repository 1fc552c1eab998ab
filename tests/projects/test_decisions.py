"""How filings end: decisions, the law's own validation, withdrawal, and a new version."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from foundation import clock
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from projects import actions, tasks
from projects.models import Filing, Procedure
from projects.workflow import State
from records.models import Job
from territories.models import Baton, Cpts, Stage
from tests.cast import Cast
from tests.projects import filings
from tests.projects.filings import on
from tests.projects.test_review import last_entry, told
from tests.projects.test_writing import PDF

PARIS = ZoneInfo("Europe/Paris")


def dossier(cast: Cast) -> tuple[str, str]:
    cpts = Cpts.objects.get(pk=cast.rives.pk)
    return cpts.stage, cpts.baton


class TestLetter:
    def test_approve_opens_the_way_to_the_project(self, cast: Cast) -> None:
        letter = filings.examined_letter(cast)
        actions.approve(letter, reason="Associez l’hôpital.", by=cast.ars_director)
        letter.refresh_from_db()
        assert letter.state == State.APPROVED
        assert letter.decided_at
        assert dossier(cast) == (Stage.PROJECT, Baton.HOLDER)
        entry = last_entry(letter)
        assert (entry.verb, entry.reason) == ("approve", "Associez l’hôpital.")
        everybody = told("Lettre d’intention approuvée")
        assert {cast.holder.email, cast.cpam_officer.email, cast.ars_reviewer.email} <= everybody

    def test_approve_waits_for_the_opinions(self, cast: Cast) -> None:
        letter = filings.complete_letter(cast)
        with pytest.raises(Refused, match="comité régional est attendu"):
            actions.approve(letter, by=cast.ars_director)
        assert dossier(cast) == (Stage.LETTER, Baton.COMMITTEE)

    def test_refuse_with_reasons(self, cast: Cast) -> None:
        letter = filings.complete_letter(cast)
        actions.refuse(letter, reason=" Territoire trop petit. ", by=cast.ars_director)
        letter.refresh_from_db()
        assert letter.state == State.REFUSED
        assert letter.decision_reason == "Territoire trop petit."
        assert dossier(cast) == (Stage.ABANDONED, Baton.NOBODY)
        mail = Job.objects.emails().filter(label__contains="refusée").first()
        assert mail and "Territoire trop petit." in mail.payload["body"]

    def test_refuse_without_reasons_is_refused(self, cast: Cast) -> None:
        letter = filings.complete_letter(cast)
        with pytest.raises(Refused, match="se motive"):
            actions.refuse(letter, reason="  ", by=cast.ars_director)
        letter.refresh_from_db()
        assert letter.state == State.COMPLETE

    @pytest.mark.parametrize("part", ["ars_reviewer", "cpam_director", "holder", "administrator"])
    def test_only_the_director_decides(self, cast: Cast, part: str) -> None:
        letter = filings.examined_letter(cast)
        with pytest.raises(NotAllowed):
            actions.approve(letter, by=getattr(cast, part))
        with pytest.raises(NotAllowed):
            actions.refuse(letter, reason="x", by=getattr(cast, part))


class TestProject:
    def test_validate_hands_over_to_the_cpam(self, cast: Cast) -> None:
        project = filings.examined_project(cast)
        actions.validate(project, by=cast.ars_director)
        project.refresh_from_db()
        assert project.state == State.APPROVED
        assert project.state_label == "Validé"
        assert dossier(cast) == (Stage.VALIDATED, Baton.CPAM)
        assert cast.cpam_officer.email in told("Projet de santé validé")

    def test_oppose_on_the_grounds_of_the_law(self, cast: Cast) -> None:
        project = filings.complete_project(cast)
        actions.oppose(
            project, grounds=["territory"], reason="Chevauchement.", by=cast.ars_director
        )
        project.refresh_from_db()
        assert project.state == State.REFUSED
        assert project.ground_labels == ["La pertinence du territoire"]
        assert dossier(cast) == (Stage.ABANDONED, Baton.NOBODY)
        mail = Job.objects.emails().filter(label__contains="Opposition").first()
        assert mail and "la pertinence du territoire" in mail.payload["body"]

    @pytest.mark.parametrize(
        "grounds, reason", [([], "x"), (["weather"], "x"), (["territory"], "")]
    )
    def test_oppose_needs_grounds_and_reasons(
        self, cast: Cast, grounds: list[str], reason: str
    ) -> None:
        project = filings.complete_project(cast)
        with pytest.raises(Refused):
            actions.oppose(project, grounds=grounds, reason=reason, by=cast.ars_director)
        project.refresh_from_db()
        assert project.state == State.COMPLETE


class TestTacitValidation:
    """Complete on 2 March 2026: the ARS may object until 2 May included."""

    @pytest.fixture
    def project(self, cast: Cast) -> Filing:
        with on("2026-03-02"):
            return filings.complete_project(cast)

    def at(self, text: str) -> object:
        return clock.at(dt.datetime.fromisoformat(text).replace(tzinfo=PARIS))

    def test_happens_at_midnight_in_paris(self, cast: Cast, project: Filing) -> None:
        with self.at("2026-05-02T23:59:59"):
            assert actions.validate_due_projects() == 0
        with self.at("2026-05-03T00:00:00"):
            assert actions.validate_due_projects() == 1
        project.refresh_from_db()
        assert project.state == State.APPROVED
        assert project.is_tacit
        assert project.state_label == "Réputé validé"
        assert dossier(cast) == (Stage.VALIDATED, Baton.CPAM)

    def test_a_late_run_keeps_the_instant_of_the_law(self, cast: Cast, project: Filing) -> None:
        with self.at("2026-05-20T10:00:00"):
            tasks.validate_tacitly()
            tasks.validate_tacitly()  # safe to run twice
        project.refresh_from_db()
        assert project.decided_at == dt.datetime(2026, 5, 3, tzinfo=PARIS)
        entry = last_entry(project)
        assert entry.verb == "validate_tacitly"
        assert entry.actor == User.objects.portal()
        assert entry.data["tacit_at"] == "2026-05-03T00:00:00+02:00"
        assert cast.holder.email in told("réputé validé")

    def test_does_not_wait_for_the_opinions(self, cast: Cast, project: Filing) -> None:
        assert project.missing_levels
        with self.at("2026-05-03T00:00:00"):
            actions.validate_tacitly(project)
        assert project.state == State.APPROVED

    def test_not_while_the_clock_stands_still(self, cast: Cast, project: Filing) -> None:
        with on("2026-04-30"):
            actions.ask_for_pieces(
                project, reason="", comments={"budget": "x"}, by=cast.ars_reviewer
            )
        with self.at("2026-08-01T00:00:00"):
            assert actions.validate_due_projects() == 0

    def test_not_a_decided_project_nor_a_letter(self, cast: Cast, project: Filing) -> None:
        with on("2026-05-01"):
            actions.oppose(project, grounds=["territory"], reason="x", by=cast.ars_director)
        with self.at("2026-06-01T00:00:00"):
            assert actions.validate_due_projects() == 0

    @pytest.mark.parametrize("part", ["ars_director", "coordinator", "administrator"])
    def test_is_nobody_s_act(self, cast: Cast, project: Filing, part: str) -> None:
        with self.at("2026-06-01T00:00:00"), pytest.raises(NotAllowed):
            actions.validate_tacitly(project, by=getattr(cast, part))

    def test_after_the_end_the_director_comes_too_late(self, cast: Cast, project: Filing) -> None:
        with self.at("2026-05-03T00:01:00"):
            for act in (
                lambda: actions.validate(project, by=cast.ars_director),
                lambda: actions.oppose(
                    project, grounds=["territory"], reason="x", by=cast.ars_director
                ),
                lambda: actions.withdraw(project, by=cast.holder),
            ):
                with pytest.raises(Refused, match="réputé validé"):
                    act()

    def test_the_months_are_those_of_the_procedure(self, cast: Cast) -> None:
        project = filings.submitted_project(cast)
        Procedure.objects.update(tacit_months=3)
        with on("2026-03-02"):
            actions.declare_complete(project, by=cast.ars_reviewer)
        assert project.due_on == dt.date(2026, 6, 2)


class TestWithdraw:
    @pytest.mark.parametrize(
        "name",
        ["submitted_letter", "complete_letter", "drafted_project", "complete_project"],
    )
    def test_before_any_decision(self, cast: Cast, name: str) -> None:
        filing = getattr(filings, name)(cast)
        actions.withdraw(filing, reason="Nous fusionnons.", by=cast.holder)
        filing.refresh_from_db()
        assert filing.state == State.WITHDRAWN
        assert dossier(cast) == (Stage.ABANDONED, Baton.NOBODY)
        assert last_entry(filing).reason == "Nous fusionnons."

    def test_tells_those_who_had_received_it(self, cast: Cast) -> None:
        actions.withdraw(filings.submitted_letter(cast), by=cast.holder)
        assert cast.ars_reviewer.email in told("Retrait")

    def test_a_draft_nobody_received_stays_unknown(self, cast: Cast) -> None:
        cpts = filings.emergent_cpts(cast, cast.stranger)
        actions.withdraw(Filing.objects.get(cpts=cpts), by=cast.stranger)
        cpts.refresh_from_db()
        assert (cpts.stage, cpts.baton) == (Stage.EMERGENCE, Baton.NOBODY)
        assert not Cpts.objects.visible_to(cast.ars_reviewer).filter(pk=cpts.pk).exists()
        assert not told("Retrait")

    def test_not_after_the_decision(self, cast: Cast) -> None:
        with pytest.raises(Refused, match="Approuvée"):
            actions.withdraw(filings.approved_letter(cast), by=cast.holder)

    def test_ends_an_open_suspension(self, cast: Cast) -> None:
        project = filings.complete_project(cast)
        actions.ask_for_pieces(project, reason="", comments={"budget": "x"}, by=cast.ars_reviewer)
        actions.withdraw(project, by=cast.holder)
        assert project.suspensions.get().until == clock.today()


class TestTakeUpAgain:
    def test_a_refused_letter_gives_a_second_version(self, cast: Cast) -> None:
        letter = filings.filled(filings.drafted_letter(cast), cast.holder)
        actions.add_attachment(
            letter, SimpleUploadedFile("a.pdf", PDF), kind="support", by=cast.holder
        )
        actions.submit(letter, by=cast.holder)
        actions.declare_complete(letter, by=cast.ars_reviewer)
        actions.refuse(letter, reason="Trop petit.", by=cast.ars_director)
        again = actions.take_up_again(letter, by=cast.president)
        letter.refresh_from_db()
        assert letter.state == State.REFUSED
        assert (again.number, again.state, again.previous) == (2, State.DRAFT, letter)
        assert again.answers == letter.answers
        assert again.submitted_at is None
        assert [item.label for item in again.attachments.all()] == ["Lettre de soutien"]
        assert dossier(cast) == (Stage.LETTER, Baton.HOLDER)

    def test_an_opposed_project_returns_to_construction(self, cast: Cast) -> None:
        project = filings.complete_project(cast)
        actions.oppose(project, grounds=["regional_plan"], reason="x", by=cast.ars_director)
        again = actions.take_up_again(project, by=cast.coordinator)
        assert again.letter == project.letter
        assert dossier(cast) == (Stage.PROJECT, Baton.HOLDER)

    def test_an_emergent_letter_returns_to_emergence(self, cast: Cast) -> None:
        cpts = filings.emergent_cpts(cast, cast.stranger)
        letter = actions.withdraw(Filing.objects.get(cpts=cpts), by=cast.stranger)
        actions.take_up_again(letter, by=cast.stranger)
        cpts.refresh_from_db()
        assert (cpts.stage, cpts.baton) == (Stage.EMERGENCE, Baton.HOLDER)

    def test_only_once_and_only_the_last_version(self, cast: Cast) -> None:
        letter = actions.withdraw(filings.drafted_letter(cast), by=cast.holder)
        actions.take_up_again(letter, by=cast.holder)
        with pytest.raises(Refused, match="plus récente"):
            actions.take_up_again(letter, by=cast.holder)

    def test_a_running_filing_keeps_its_procedure_a_new_version_takes_the_present_one(
        self, cast: Cast
    ) -> None:
        letter = actions.withdraw(filings.drafted_letter(cast), by=cast.holder)
        old = letter.procedure
        new = Procedure.objects.create(
            code="hdf-2026",
            title="Hauts-de-France",
            region=cast.geography.hauts_de_france,
            effective_from=dt.date(2026, 1, 1),
            decision_form="ars_letter",
            tacit_months=2,
            completeness_days=10,
            pieces_days=10,
            opinion_days=10,
            certainty="assumption",
            source="Essai",
        )
        again = actions.take_up_again(letter, by=cast.holder)
        letter.refresh_from_db()
        assert (letter.procedure, again.procedure) == (old, new)
