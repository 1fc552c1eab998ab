"""The account behind a session comes with its assignments, in one query."""

from typing import Any

import pytest
from django.utils.functional import SimpleLazyObject

from accounts import actions as accounts_actions
from accounts.access import Permission, Role
from accounts.models import User
from territories.actions import assign, end_assignment
from territories.backends import SeatedBackend
from tests.cast import Cast
from tests.queries import QueryCount

pytestmark = pytest.mark.django_db


def found(user: User) -> User | None:
    return SeatedBackend().get_user(user.pk)


def test_the_account_and_its_assignments_take_one_query(cast: Cast) -> None:
    for person in (cast.ars_reviewer, cast.committee_member, cast.president):
        with QueryCount() as count:
            user = found(person)
            assert user is not None
            seats = user.current_assignments
            assert [str(seat.user) for seat in seats] == [person.get_full_name()] * len(seats)
        assert user == person
        assert {seat.pk for seat in seats} == {seat.pk for seat in person.current_assignments}
        assert count.number == 1


def test_an_account_without_assignment_is_found_too(cast: Cast) -> None:
    user = found(cast.stranger)
    assert user == cast.stranger
    assert user.current_assignments == []


def test_a_closed_account_is_not_found_with_or_without_assignment(cast: Cast) -> None:
    for person in (cast.ars_reviewer, cast.stranger):
        accounts_actions.deactivate(person)
        assert found(person) is None


def test_nobody_is_not_found(cast: Cast) -> None:
    assert SeatedBackend().get_user(0) is None


def test_a_role_given_in_a_request_counts_at_once(cast: Cast) -> None:
    lazy = cast_lazily(cast.stranger)
    assert lazy.permissions == frozenset()
    assign(lazy, Role.HOLDER, cpts=cast.rives)
    assert Permission.FILING_WRITE in lazy.permissions
    end_assignment(lazy, Role.HOLDER, cpts=cast.rives)
    assert lazy.permissions == frozenset()


def cast_lazily(user: User) -> Any:
    """As Django's middleware hands the account of a session to a view."""
    return SimpleLazyObject(lambda: SeatedBackend().get_user(user.pk))
