"""Who reads an opinion and when, decisions without opinions, reminders."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from projects import actions
from projects.models import (
    Filing,
    Opinion,
    OpinionDraft,
    OpinionFile,
    OpinionRequest,
    Procedure,
)
from records.models import Job, JournalEntry
from territories.models import Baton
from tests.cast import Cast
from tests.projects import filings
from tests.projects.filings import on
from tests.projects.test_opinions import asked, colleague_of, give, later, request_of
from tests.projects.test_review import told
from tests.projects.test_writing import PDF

# --- Who reads what ----------------------------------------------------------------------------

ARS = {"ars_reviewer", "ars_delegation", "ars_director"}
CPAM = {"cpam_officer", "cpam_director"}
OWN_BODY = {"committee_member"}
PARTIES = {"holder", "president", "office", "coordinator"}
OTHER_BODY = {"colleague"}


def readers(cast: Cast, colleague: User, rows: type) -> set[str]:
    people = {**cast.people(), "colleague": colleague}
    return {part for part, user in people.items() if rows.objects.visible_to(user).exists()}  # type: ignore[attr-defined]


class TestConfidentiality:
    def test_before_the_release(self, cast: Cast) -> None:
        colleague = colleague_of(cast)
        letter = filings.complete_letter(cast)
        request = request_of(letter)
        pdf = SimpleUploadedFile("note.pdf", PDF)
        actions.save_opinion_draft(request, text="…", upload=pdf, by=cast.committee_member)
        for rows in (OpinionDraft, OpinionFile):  # the authorities wait for the opinion itself
            assert readers(cast, colleague, rows) == OWN_BODY
        give(letter, cast.committee_member)
        assert readers(cast, colleague, Opinion) == ARS | CPAM | OWN_BODY
        assert readers(cast, colleague, OpinionFile) == ARS | CPAM | OWN_BODY
        assert readers(cast, colleague, OpinionDraft) == OWN_BODY
        # Each body sees its own invitation.
        assert readers(cast, colleague, OpinionRequest) == ARS | CPAM | OWN_BODY | OTHER_BODY

    def test_the_procedure_may_keep_it_from_the_cpam(self, cast: Cast) -> None:
        colleague = colleague_of(cast)
        give(filings.complete_letter(cast), cast.committee_member)
        Procedure.objects.update(cpam_reads_opinions=False)
        assert readers(cast, colleague, Opinion) == ARS | OWN_BODY

    def test_a_neighbour_concerned_waits_for_the_release(self, cast: Cast) -> None:
        letter = filings.complete_letter(cast)
        cast.rives.concerns.create(region=cast.geography.grand_est)
        give(letter, cast.committee_member)
        assert not Opinion.objects.visible_to(cast.other_region_reviewer).exists()
        actions.release_opinions(letter, by=cast.ars_reviewer)
        assert Opinion.objects.visible_to(cast.other_region_reviewer).exists()

    @pytest.mark.parametrize("how", ["released", "decided"])
    def test_after_the_release(self, cast: Cast, how: str) -> None:
        colleague = colleague_of(cast)
        letter = filings.complete_letter(cast)
        give(letter, cast.committee_member)
        if how == "released":
            actions.release_opinions(letter, by=cast.ars_director)
            assert cast.holder.email in told("Avis des comités communiqués")
        else:
            actions.refuse(letter, reason="Non.", by=cast.ars_director)
        everybody = ARS | CPAM | OWN_BODY | OTHER_BODY | PARTIES
        assert readers(cast, colleague, Opinion) == everybody
        entries = JournalEntry.objects.of_dossier(letter.cpts.reference)
        assert entries.filter(verb="release_opinions").count() == 1

    def test_a_withdrawn_file_releases_nothing(self, cast: Cast) -> None:
        letter = filings.complete_letter(cast)
        give(letter, cast.committee_member)
        actions.withdraw(letter, by=cast.holder)
        assert not Opinion.objects.visible_to(cast.holder).exists()

    def test_not_before_the_opinions_or_their_date(self, cast: Cast) -> None:
        actions.load_procedures()
        letter = filings.complete_letter(cast)
        release = {"by": cast.ars_reviewer}
        with pytest.raises(Refused, match="rien à communiquer"):
            actions.release_opinions(letter, **release)
        Filing.objects.update(procedure=Procedure.objects.get(code="grand-est-2019"))
        local = filings.invited_local_member(cast, letter)
        give(letter, local, level="local")
        with pytest.raises(Refused, match="ou après le"):
            actions.release_opinions(letter, **release)
        with later(46):
            actions.release_opinions(letter, **release)
        with pytest.raises(Refused, match="déjà communiqués"):
            actions.release_opinions(letter, **release)

    @pytest.mark.parametrize("part", ["cpam_officer", "committee_member", "holder"])
    def test_is_the_act_of_the_ars(self, cast: Cast, part: str) -> None:
        letter = filings.examined_letter(cast)
        with pytest.raises(NotAllowed):
            actions.release_opinions(letter, by=getattr(cast, part))

    def test_the_journal_does_not_tell_what_it_says(self, cast: Cast) -> None:
        letter = filings.complete_letter(cast)
        give(letter, cast.committee_member, recommendation="unfavourable", text="Trop petit.")
        for entry in JournalEntry.objects.of_dossier(letter.cpts.reference):
            assert "favorable" not in f"{entry.sentence} {entry.reason} {entry.data}".lower()


# --- Guards ------------------------------------------------------------------------------------


class TestDecisionWithoutOpinions:
    def test_waits_until_their_date_then_goes_on_with_a_reason(self, cast: Cast) -> None:
        letter = filings.complete_letter(cast)
        by = cast.ars_director
        with later(45), pytest.raises(Refused, match="comité régional est attendu"):
            actions.approve(letter, reason="Sans attendre.", by=by)
        with later(46):
            letter.refresh_from_db()
            with pytest.raises(Refused, match="sans les attendre"):
                actions.approve(letter, by=by)
            letter.refresh_from_db()
            actions.approve(letter, reason="Le comité ne s’est pas réuni.", by=by)
        assert asked(letter) == {"URPS infirmiers": "ended"}

    def test_where_the_procedure_waits_for_ever(self, cast: Cast) -> None:
        letter = filings.complete_letter(cast)
        Procedure.objects.update(decides_without_late_opinions=False)
        letter.refresh_from_db()
        with later(100), pytest.raises(Refused, match="comité régional est attendu"):
            actions.approve(letter, reason="Sans attendre.", by=cast.ars_director)

    def test_a_level_may_want_the_answer_of_all(self, cast: Cast) -> None:
        colleague = colleague_of(cast)
        letter = filings.submitted_letter(cast)
        level = {"level": "regional", "label": "Avis régional", "answers": "all"}
        Procedure.objects.update(letter_opinions=[level])
        letter.refresh_from_db()
        actions.declare_complete(letter, by=cast.ars_reviewer)
        give(letter, cast.committee_member)
        assert letter.given_levels == []
        actions.withdraw_request(
            request_of(letter, "URPS médecins"), reason="Absent.", by=cast.ars_reviewer
        )
        letter.refresh_from_db()
        letter.cpts.refresh_from_db()
        assert letter.given_levels == ["regional"]
        assert letter.cpts.baton == Baton.ARS
        assert colleague.email in told("n’est plus attendu")


# --- Reminders ---------------------------------------------------------------------------------


class TestReminders:
    """Complete on Monday 2 March 2026: opinions are due on Thursday 16 April."""

    def complete(self, cast: Cast) -> Filing:
        with on("2026-03-02"):
            return filings.complete_letter(cast)

    def remind(self, day: str) -> int:
        with on(day):
            return actions.remind_opinions()

    def test_once_before_and_once_after(self, cast: Cast) -> None:
        self.complete(cast)
        days = ["2026-04-08", "2026-04-09", "2026-04-10", "2026-04-16", "2026-04-17", "2026-04-20"]
        assert [self.remind(day) for day in days] == [0, 1, 0, 0, 1, 0]
        mails = Job.objects.emails().filter(label__contains="CPTS Rives")
        assert mails.filter(label__startswith="Avis à donner avant").count() == 1
        assert mails.filter(label__startswith="Avis en retard").count() == 1

    @pytest.mark.parametrize("day", ["2026-04-11", "2026-04-12", "2026-05-01", "2026-04-06"])
    def test_never_on_a_weekend_or_a_holiday(self, cast: Cast, day: str) -> None:
        self.complete(cast)
        OpinionRequest.objects.update(due_on=dt.date(2026, 4, 9))
        assert self.remind(day) == 0

    def test_stops_once_given_withdrawn_or_decided(self, cast: Cast) -> None:
        letter = self.complete(cast)
        with on("2026-03-10"):
            give(letter, cast.committee_member)
        assert self.remind("2026-04-09") == 0

    def test_a_body_known_only_afterwards_is_asked(self, cast: Cast) -> None:
        seats = cast.committee_member.assignments
        seats.update(valid_to=dt.date(2026, 1, 1))
        letter = self.complete(cast)
        assert asked(letter) == {}
        seats.update(valid_to=None)
        self.remind("2026-03-03")
        assert asked(letter)["URPS infirmiers"] == "invited"
        self.remind("2026-03-04")
        assert letter.opinion_requests.filter(body="URPS infirmiers").count() == 1
