"""Two people at the same moment: one wins, the other is told, nothing is done twice."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from foundation.refusal import Refused
from projects import actions
from projects.models import Filing
from projects.workflow import State
from records.models import JournalEntry
from tests.cast import Cast
from tests.projects import filings

TRIES = 20


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


@pytest.mark.django_db(transaction=True)
def test_one_decision_in_every_try(cast: Cast) -> None:
    letter = filings.examined_letter(cast)
    for decided in range(1, TRIES + 1):
        mine, theirs = copies(letter)
        answers = at_once(
            lambda mine=mine: actions.approve(mine, by=cast.ars_director),
            lambda theirs=theirs: actions.refuse(theirs, reason="Non.", by=cast.ars_director),
        )
        refusals = [answer for answer in answers if isinstance(answer, Exception)]
        assert [type(item) for item in refusals] == [Refused], answers
        assert "n’est pas possible" in refusals[0].reason
        assert entries("approve") + entries("refuse") == decided
        # Back to the complete letter, for the next try.
        Filing.objects.update(state=State.COMPLETE, decided_at=None, decision_reason="")


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
