"""Two clicks at the same moment in one session, and what the database itself refuses."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from foundation.refusal import Refused
from projects import actions
from projects.models import (
    AgendaItem,
    CommitteeSession,
    ConflictOfInterest,
    Opinion,
    SessionMember,
    Vote,
)
from projects.votes import Choice, Presence
from records.models import Job
from tests.cast import Cast
from tests.projects.sessions import made
from tests.projects.test_two_at_once import at_once

TRIES = 10


def item_again(session: CommitteeSession) -> AgendaItem:
    return AgendaItem.objects.select_related("session").get(session=session)


def session_again(session: CommitteeSession) -> CommitteeSession:
    return CommitteeSession.objects.get(pk=session.pk)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_make_one_vote(cast: Cast) -> None:
    session = made.opened(cast)
    for _ in range(TRIES):
        mine, again = item_again(session), item_again(session)
        answers = at_once(
            lambda mine=mine: actions.vote(mine, choice=Choice.FOR, by=cast.committee_member),
            lambda again=again: actions.vote(
                again, choice=Choice.AGAINST, by=cast.committee_member
            ),
        )
        assert [isinstance(answer, Refused) for answer in answers].count(True) == 1, answers
        kept = Vote.objects.get()
        assert item_again(session).counts == {kept.choice: 1}
        Vote.objects.all().delete()
        AgendaItem.objects.update(counts={})


@pytest.mark.django_db(transaction=True)
def test_everybody_votes_at_once_and_each_is_counted(cast: Cast) -> None:
    session = made.opened(cast)
    users = [member.user for member in session.members.select_related("user")]
    items = [item_again(session) for _ in users]
    answers = at_once(
        *[
            lambda item=item, user=user: actions.vote(item, choice=Choice.FOR, by=user)
            for item, user in zip(items, users, strict=True)
        ]
    )
    assert all(isinstance(answer, Vote) for answer in answers), answers
    assert item_again(session).counts == {"for": 4}


@pytest.mark.django_db(transaction=True)
def test_two_people_close_a_session_once(cast: Cast) -> None:
    session = made.voted(cast, Choice.FOR)
    mine, theirs = session_again(session), session_again(session)
    answers = at_once(
        lambda: actions.close_session(mine, {}, by=cast.ars_reviewer),
        lambda: actions.close_session(theirs, {}, by=cast.ars_director),
    )
    assert [isinstance(answer, Refused) for answer in answers].count(True) == 1, answers
    assert Opinion.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_members_are_convened_once(cast: Cast) -> None:
    session = made.prepared(cast)
    mine, theirs = session_again(session), session_again(session)
    answers = at_once(
        lambda: actions.convene(mine, by=cast.ars_reviewer),
        lambda: actions.convene(theirs, by=cast.ars_director),
    )
    assert [isinstance(answer, Refused) for answer in answers].count(True) == 1, answers
    assert Job.objects.filter(key__contains="session_convened").count() == 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"level": "local"},
        {"place": "", "link": ""},
        {"quorum_percent": 101},
        {"state": "closed"},
        {"minutes_approved_at": "2026-01-05T10:00:00Z"},
    ],
    ids=str,
)
def test_a_session_that_makes_no_sense(cast: Cast, change: dict[str, Any]) -> None:
    session = made.drafted(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        CommitteeSession.objects.filter(pk=session.pk).update(**change)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"slot_start": "14:00"},
        {"slot_start": "14:30", "slot_end": "14:00"},
        {"recommendation": "favourable"},
    ],
    ids=str,
)
def test_an_item_that_makes_no_sense(cast: Cast, change: dict[str, Any]) -> None:
    item = made.item_of(made.prepared(cast))
    with pytest.raises(IntegrityError), transaction.atomic():
        AgendaItem.objects.filter(pk=item.pk).update(**change)


@pytest.mark.django_db
def test_one_chair_one_seat_one_item_one_conflict(cast: Cast) -> None:
    session = made.convened(cast)
    item, chair = made.item_of(session), made.seat_of(session, cast.committee_member)
    actions.declare_conflict(item, chair, reason="Associé", by=cast.committee_member)
    twice = [
        lambda: SessionMember.objects.exclude(pk=chair.pk).update(is_chair=True),
        lambda: SessionMember.objects.create(session=session, user=chair.user, body="Autre"),
        lambda: SessionMember.objects.filter(pk=chair.pk).update(presence=Presence.REPRESENTED),
        lambda: AgendaItem.objects.create(session=session, number=2, filing=item.filing),
        lambda: ConflictOfInterest.objects.create(
            item=item, member=chair, reason="Encore", declared_by=chair.user
        ),
        lambda: ConflictOfInterest.objects.update(reason=""),
    ]
    for act in twice:
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
