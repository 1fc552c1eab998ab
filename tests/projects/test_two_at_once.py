"""Two people at the same moment: one wins, the other is told, nothing is done twice."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from foundation.refusal import Refused
from projects import actions, emails
from projects.models import Filing, FilingDocument, Opinion
from projects.workflow import State
from records.models import JournalEntry
from tests.cast import Cast
from tests.projects import filings
from tests.projects.test_opinions import colleague_of, give

TRIES = 20
# The promise of the product, on real PostgreSQL; SQLite, which writes one at a time, is tried less.
DECISIONS = 200 if connection.vendor == "postgresql" else TRIES


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Start all the acts together; what each gave or raised."""
    start = threading.Barrier(len(acts))
    answers: list[Any] = [None] * len(acts)

    def run(index: int, act: Callable[[], Any]) -> None:
        start.wait(timeout=10)
        try:
            answers[index] = act()
        except Exception as error:  # noqa: BLE001  (the test judges it)
            answers[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item, daemon=True) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return answers


def copies(filing: Filing) -> tuple[Filing, Filing]:
    """The same row as two people have it on their screens."""
    return Filing.objects.get(pk=filing.pk), Filing.objects.get(pk=filing.pk)


def entries(verb: str) -> int:
    return JournalEntry.objects.filter(verb=verb).count()


def in_rounds(filing: Filing, *acts: Callable[[Filing], Any], back_to: dict[str, Any]) -> None:
    """`DECISIONS` times the acts together, each on its own copy: one is done, the others refused.

    The same threads, hence the same connections, serve for all the rounds.
    """
    gate = threading.Barrier(len(acts) + 1)
    answers: list[Any] = [None] * len(acts)

    def run(place: int) -> None:
        try:
            for _ in range(DECISIONS):
                mine = Filing.objects.get(pk=filing.pk)
                gate.wait(timeout=20)
                try:
                    answers[place] = acts[place](mine)
                except Exception as error:  # noqa: BLE001  (the test judges it)
                    answers[place] = error
                gate.wait(timeout=20)  # everybody has answered
                gate.wait(timeout=20)  # the filing is back for the next round
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=[place], daemon=True) for place in range(len(acts))
    ]
    for thread in threads:
        thread.start()
    for number in range(1, DECISIONS + 1):
        gate.wait(timeout=20)
        gate.wait(timeout=20)
        refusals = [answer for answer in answers if isinstance(answer, Exception)]
        assert [type(item) for item in refusals] == [Refused], (number, answers)
        assert "n’est pas possible" in refusals[0].reason
        FilingDocument.objects.all().delete()
        Filing.objects.update(**back_to)
        gate.wait(timeout=20)
    for thread in threads:
        thread.join(timeout=30)


@pytest.fixture
def without_emails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of acts in a row: writing to a dozen people each time would take most of it."""
    monkeypatch.setattr(emails, "_tell", lambda *args, **details: None)


@pytest.mark.usefixtures("without_emails")
@pytest.mark.django_db(transaction=True)
def test_one_decision_in_every_try(cast: Cast) -> None:
    letter = filings.examined_letter(cast)
    in_rounds(
        letter,
        lambda mine: actions.approve(mine, by=cast.ars_director),
        lambda mine: actions.refuse(mine, reason="Non.", by=cast.ars_director),
        back_to={"state": State.COMPLETE, "decided_at": None, "decision_reason": ""},
    )
    assert entries("approve") + entries("refuse") == DECISIONS


@pytest.mark.usefixtures("without_emails")
@pytest.mark.django_db(transaction=True)
def test_complete_or_sent_back_in_every_try(cast: Cast) -> None:
    letter = filings.submitted_letter(cast)
    in_rounds(
        letter,
        lambda mine: actions.declare_complete(mine, by=cast.ars_reviewer),
        lambda mine: actions.ask_for_pieces(
            mine, reason="", comments={"needs": "?"}, by=cast.cpam_officer
        ),
        back_to={"state": State.SUBMITTED, "complete_at": None},
    )
    assert entries("ask_for_pieces") + entries("declare_complete") == DECISIONS


@pytest.mark.django_db(transaction=True)
def test_two_people_save_the_same_step(cast: Cast) -> None:
    letter = filings.drafted_letter(cast)
    for version in range(TRIES):
        mine, theirs = copies(letter)
        answers = at_once(
            lambda mine=mine, version=version: actions.save_step(
                mine, "diagnostic", {"needs": f"A{version}"}, version=version, by=cast.holder
            ),
            lambda theirs=theirs, version=version: actions.save_step(
                theirs, "diagnostic", {"needs": f"B{version}"}, version=version, by=cast.coordinator
            ),
        )
        assert [isinstance(answer, Refused) for answer in answers].count(True) == 1, answers
        letter.refresh_from_db()
        assert letter.edit_version == version + 1


@pytest.mark.django_db(transaction=True)
def test_a_project_is_opened_once(cast: Cast) -> None:
    letter = filings.approved_letter(cast)
    mine, theirs = copies(letter)
    answers = at_once(
        lambda: actions.open_health_project(mine, by=cast.holder),
        lambda: actions.open_health_project(theirs, by=cast.coordinator),
    )
    assert [isinstance(answer, Refused) for answer in answers].count(True) == 1, answers
    assert Filing.objects.projects().count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_letter_is_taken_up_once(cast: Cast) -> None:
    letter = actions.withdraw(filings.submitted_letter(cast), by=cast.holder)
    mine, theirs = copies(letter)
    answers = at_once(
        lambda: actions.take_up_again(mine, by=cast.holder),
        lambda: actions.take_up_again(theirs, by=cast.president),
    )
    assert [isinstance(answer, Refused) for answer in answers].count(True) == 1, answers
    assert Filing.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_body_gives_one_opinion(cast: Cast) -> None:
    letter = filings.complete_letter(cast)
    colleague = colleague_of(cast, "URPS infirmiers", "Ursule Urps")
    mine, theirs = copies(letter)
    answers = at_once(lambda: give(mine, cast.committee_member), lambda: give(theirs, colleague))
    refusals = [answer for answer in answers if isinstance(answer, Exception)]
    assert [type(item) for item in refusals] == [Refused], answers
    assert "a déjà donné son avis" in refusals[0].reason
    assert Opinion.objects.count() == entries("give_regional_opinion") == 1
