"""Each state × each act of a membership."""

from types import SimpleNamespace

import pytest

from accounts.access import GRANTS, Permission, Role
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from members.workflow import WORKFLOW, MemberState

EXPECTED = {
    ("draft", "apply"): "applied",
    ("applied", "approve"): "approved",
    ("applied", "refuse"): "refused",
    ("applied", "leave"): "left",
    ("approved", "leave"): "left",
    # Into the CPTS that a merger or a split founds.
    ("applied", "carry"): "left",
    ("approved", "carry"): "left",
}


@pytest.mark.parametrize("state", MemberState.values)
@pytest.mark.parametrize("verb", WORKFLOW.by_name)
def test_only_the_table_is_possible(state: str, verb: str) -> None:
    subject = SimpleNamespace(state=state)
    target = EXPECTED.get((state, verb))
    if target is None:
        with pytest.raises(Refused):
            WORKFLOW.apply(verb, subject, may=lambda permission: True)
        assert subject.state == state
    else:
        WORKFLOW.apply(verb, subject, may=lambda permission: True)
        assert subject.state == target


@pytest.mark.parametrize("verb", WORKFLOW.by_name)
def test_without_the_grant_nothing_moves(verb: str) -> None:
    with pytest.raises(NotAllowed):
        WORKFLOW.apply(verb, SimpleNamespace(state="applied"), may=lambda permission: False)


def test_the_bureau_decides_and_no_role_owns_a_membership() -> None:
    deciding = {role for role in Role if Permission.MEMBER_APPROVE in GRANTS[role]}
    assert deciding == {Role.PRESIDENT, Role.OFFICE}
    assert not [role for role in Role if Permission.MEMBERSHIP_OWN in GRANTS[role]]
