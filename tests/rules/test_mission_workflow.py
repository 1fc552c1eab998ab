"""Each state × each act of a mission."""

from types import SimpleNamespace

import pytest

from accounts.access import GRANTS, Permission, Role
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from missions.workflow import WORKFLOW, ProgressState

EXPECTED = {
    ("not_started", "start"): "started",
    ("started", "deploy"): "deployed",
    ("deployed", "reopen"): "started",
    ("started", "cancel_start"): "not_started",
}


@pytest.mark.parametrize("state", ProgressState.values)
@pytest.mark.parametrize("verb", WORKFLOW.by_name)
def test_only_the_table_is_possible(state: str, verb: str) -> None:
    subject = SimpleNamespace(state=state)
    target = EXPECTED.get((state, verb))
    if target is None:
        with pytest.raises(Refused):
            WORKFLOW.apply(verb, subject, may=lambda permission: True)
    else:
        WORKFLOW.apply(verb, subject, may=lambda permission: True)
        assert subject.state == target


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("verb", WORKFLOW.by_name)
def test_only_the_coordination_reports(role: Role, verb: str) -> None:
    (source,) = WORKFLOW.by_name[verb].sources
    subject = SimpleNamespace(state=source)
    granted = GRANTS[role]
    if role == Role.COORDINATOR:
        WORKFLOW.apply(verb, subject, may=granted.__contains__)
        return
    assert Permission.MISSION_REPORT not in granted
    with pytest.raises(NotAllowed):
        WORKFLOW.apply(verb, subject, may=granted.__contains__)
