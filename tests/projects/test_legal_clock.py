"""The clock in the acts: the very minute, late runs, answers never declared complete, reminders."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from foundation import clock
from foundation.refusal import Refused
from projects import actions
from projects.models import DueReminder, Filing
from projects.workflow import State
from records.models import Job, JournalEntry
from tests.cast import Cast
from tests.projects import filings
from tests.projects.filings import on
from tests.projects.screens import page
from tests.queries import QueryCount

LAST_SECOND = dt.time(23, 59, 59)


def paris(day: str, time: dt.time = dt.time.min) -> dt.datetime:
    return dt.datetime.combine(dt.date.fromisoformat(day), time, clock.PARIS)


def complete_on(cast: Cast, day: str) -> Filing:
    with on(day):
        return filings.complete_project(cast)


def ask(project: Filing, cast: Cast, day: str) -> None:
    with on(day):
        actions.ask_for_pieces(
            project, reason="Budget", comments={"budget": "Détaillez."}, by=cast.ars_reviewer
        )


def answer(project: Filing, cast: Cast, day: str) -> None:
    with on(day):
        actions.submit(project, by=cast.coordinator)


@pytest.mark.parametrize(
    "complete, stops, tacit",
    [
        ("2026-03-02", [], "2026-05-03"),
        ("2025-12-31", [], "2026-03-01"),  # clamped to 28 February
        ("2027-12-31", [], "2028-03-01"),  # clamped to 29 February
        ("2027-12-29", [], "2028-03-01"),  # 29 February is a day like another
        ("2026-06-30", [], "2026-08-31"),
        # Stopped on the last day, answered after it: the day that was left is still there.
        ("2026-03-02", [("2026-05-02", "2026-05-20")], "2026-05-21"),
        ("2026-03-02", [("2026-03-10", "2026-03-12"), ("2026-04-01", "2026-04-11")], "2026-05-15"),
        # Over both changes of hour.
        ("2026-09-20", [("2026-10-20", "2026-10-30")], "2026-12-01"),
    ],
)
def test_the_very_second(
    cast: Cast, complete: str, stops: list[tuple[str, str]], tacit: str
) -> None:
    project = complete_on(cast, complete)
    for since, until in stops:
        ask(project, cast, since)
        answer(project, cast, until)
        with on(until):
            actions.declare_complete(project, by=cast.ars_reviewer)
    before = dt.date.fromisoformat(tacit) - dt.timedelta(days=1)
    with clock.at(dt.datetime.combine(before, LAST_SECOND, clock.PARIS)):
        assert actions.validate_due_projects() == 0
        with pytest.raises(Refused, match="n’est pas écoulé"):
            actions.validate_tacitly(project)
    with clock.at(paris(tacit)):
        assert actions.validate_due_projects() == 1
        assert actions.validate_due_projects() == 0
    project.refresh_from_db()
    assert (project.state, project.is_tacit) == (State.APPROVED, True)
    assert project.decided_at == paris(tacit)


def test_in_the_zone_of_paris_whatever_the_zone_of_the_machine(cast: Cast) -> None:
    complete_on(cast, "2026-03-02")
    with clock.at(dt.datetime(2026, 5, 2, 21, 59, 59, tzinfo=dt.UTC)):  # 23:59:59 in Paris
        assert actions.validate_due_projects() == 0
    with clock.at(dt.datetime(2026, 5, 2, 22, 0, 0, tzinfo=dt.UTC)):
        assert actions.validate_due_projects() == 1


def test_a_run_three_days_late_keeps_the_legal_date(cast: Cast) -> None:
    project = complete_on(cast, "2026-03-02")
    late = paris("2026-05-06", dt.time(8, 30))
    with clock.at(late):
        assert actions.validate_due_projects() == 1
    project.refresh_from_db()
    entry = JournalEntry.objects.get(verb="validate_tacitly")
    assert project.decided_at == paris("2026-05-03")
    assert entry.data["tacit_at"] == paris("2026-05-03").isoformat()
    assert entry.at == late  # when it was written, beside when it took effect


class TestAnswerNeverDeclaredComplete:
    @pytest.fixture
    def project(self, cast: Cast) -> Filing:
        project = complete_on(cast, "2026-03-02")
        ask(project, cast, "2026-03-20")
        answer(project, cast, "2026-03-30")
        return project

    def test_the_clock_runs_from_the_answer_and_ends(self, project: Filing) -> None:
        assert project.due_on == dt.date(2026, 5, 12)
        with clock.at(paris("2026-05-12", LAST_SECOND)):
            assert actions.validate_due_projects() == 0
        with clock.at(paris("2026-05-13")):
            assert actions.validate_due_projects() == 1
        project.refresh_from_db()
        assert project.is_tacit

    def test_saying_complete_later_changes_no_date(self, cast: Cast, project: Filing) -> None:
        with on("2026-05-11"):
            actions.declare_complete(project, by=cast.ars_reviewer)
        assert project.due_on == dt.date(2026, 5, 12)

    @pytest.mark.parametrize("part", ["coordinator", "ars_reviewer", "ars_director"])
    def test_both_sides_read_since_when(
        self, cast: Cast, at: Any, project: Filing, part: str
    ) -> None:
        with on("2026-04-09"):
            visitor = at(getattr(cast, part))
            with QueryCount() as count:
                text = page(visitor.get("health_project", cast.rives))
        assert "Réponse reçue depuis 10 jours." in text
        assert "12 mai 2026" in text and "13 mai 2026 à 0 h" in text
        assert count.number <= 6

    def test_before_the_first_complete_file_nothing_runs(self, cast: Cast) -> None:
        Filing.objects.all().delete()
        with on("2026-03-02"):
            filings.submitted_project(cast)
        with on("2027-03-02"):
            assert actions.validate_due_projects() == 0


def test_the_table_of_suspensions(cast: Cast, at: Any) -> None:
    project = complete_on(cast, "2026-03-02")
    ask(project, cast, "2026-03-20")
    answer(project, cast, "2026-03-30")
    ask(project, cast, "2026-04-02")
    stop = project.suspensions.first()
    assert stop
    assert (stop.asked_by, stop.asked_by_role) == (cast.ars_reviewer, "Instruction ARS")
    for part in ("holder", "cpam_officer"):
        with on("2026-04-05"):
            text = page(at(getattr(cast, part)).get("health_project", cast.rives))
        assert "<td>20 mars 2026</td>" in text
        assert "Anne Instructrice, Instruction ARS" in text
        assert "30 mars 2026" in text
        assert "<td>10</td>" in text
        assert "en attente" in text


class TestReminders:
    """Due on Saturday 2 May 2026: reminders on Friday 17 April and on Monday 27 April."""

    @pytest.fixture
    def project(self, cast: Cast) -> Filing:
        return complete_on(cast, "2026-03-02")

    def run(self, day: str) -> int:
        with clock.at(paris(day, dt.time(7))):
            return actions.remind_of_due_dates()

    def told(self) -> list[str]:
        mails = Job.objects.emails().filter(label__startswith="Délai légal")
        return sorted(mail.payload["to"] for mail in mails)

    def test_reach_the_ars_each_once(self, cast: Cast, project: Filing) -> None:
        assert self.run("2026-04-16") == 0
        assert self.run("2026-04-17") == 1
        people = {cast.ars_reviewer, cast.ars_delegation, cast.ars_director}
        assert self.told() == sorted(user.email for user in people)
        mail = Job.objects.emails().filter(label__startswith="Délai légal").first()
        assert mail and "16 jours" in mail.label.replace("\u00a0", " ")
        assert self.run("2026-04-17") == 0
        assert self.run("2026-04-20") == 0
        assert self.run("2026-04-27") == 1
        assert self.run("2026-04-28") == 0
        assert len(self.told()) == 6
        assert JournalEntry.objects.filter(verb="remind_due").count() == 2

    def test_after_days_without_a_run_one_is_enough(self, project: Filing) -> None:
        assert self.run("2026-04-29") == 1
        assert len(self.told()) == 3
        assert DueReminder.objects.count() == 2
        assert self.run("2026-04-30") == 0

    def test_stop_once_decided_or_stopped(self, cast: Cast, project: Filing) -> None:
        with on("2026-04-10"):
            filings.give_regional(project, cast)
            actions.validate(project, by=cast.ars_director)
        assert self.run("2026-04-17") == 0
        assert not self.told()

    def test_begin_again_for_an_end_that_a_suspension_moved(
        self, cast: Cast, project: Filing
    ) -> None:
        assert self.run("2026-04-17") == 1
        ask(project, cast, "2026-04-20")
        assert self.run("2026-04-27") == 0
        answer(project, cast, "2026-05-20")  # due on 1 June
        assert self.run("2026-05-21") == 1

    def test_their_days_are_data(self, project: Filing) -> None:
        project.procedure.reminder_days = [30]
        project.procedure.save()
        assert self.run("2026-04-01") == 0
        assert self.run("2026-04-02") == 1

    def test_the_database_keeps_them_once(self, project: Filing) -> None:
        given = {"filing": project, "due_on": project.due_on, "days_before": 15}
        DueReminder.objects.create(**given)
        with pytest.raises(IntegrityError), transaction.atomic():
            DueReminder.objects.create(**given)
