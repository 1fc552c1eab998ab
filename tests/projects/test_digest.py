"""A daily digest says nothing of a filing that has moved on since, nor of an opinion given."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from accounts.actions import choose_paces
from accounts.models import User
from accounts.notifications import Event
from foundation import clock
from projects import actions
from projects.models import Filing
from records import notices
from records.models import Job
from tests.cast import Cast
from tests.projects import filings

Told = Callable[[User], list[str]]


@pytest.fixture
def told() -> Told:
    """What the next morning's digest says to this person, line by line."""

    def _told(user: User) -> list[str]:
        tomorrow = clock.now() + dt.timedelta(days=1)
        with clock.at(tomorrow.replace(hour=12)):
            notices.send_digests()
        sent = Job.objects.filter(kind="email", payload__to=user.email)
        lines: list[str] = []
        for job in sent:
            body: dict[str, Any] = job.payload
            lines += [line for line in body["body"].splitlines() if line.startswith("- ")]
        return lines

    return _told


def daily(user: User) -> User:
    choose_paces(paces={event.value: "daily" for event in Event}, by=user)
    return user


def test_what_waits_is_told(cast: Cast, told: Told) -> None:
    daily(cast.ars_reviewer)
    filings.submitted_letter(cast)
    (line,) = told(cast.ars_reviewer)
    assert line.startswith("- À vérifier")


def test_what_is_done_is_not(cast: Cast, told: Told) -> None:
    daily(cast.ars_reviewer)
    filings.complete_letter(cast)
    assert not [line for line in told(cast.ars_reviewer) if "À vérifier" in line]


def test_a_decision_is_always_told_and_the_opinion_given_is_not_asked_again(
    cast: Cast, told: Told
) -> None:
    daily(cast.holder)
    daily(cast.committee_member)
    letter: Filing = filings.examined_letter(cast)
    actions.approve(letter, by=cast.ars_director)
    assert [line for line in told(cast.holder) if "Lettre d’intention approuvée" in line]
    assert told(cast.committee_member) == []


def test_an_opinion_not_given_yet_is_asked(cast: Cast, told: Told) -> None:
    daily(cast.committee_member)
    filings.complete_letter(cast)
    (line,) = told(cast.committee_member)
    assert "Votre avis est attendu" in line
