"""The tables of domain/procedures.md: each state × transition × role, and what guards say."""

from dataclasses import dataclass, field

import pytest

from accounts.access import GRANTS, Permission, Role
from foundation.refusal import Refused
from foundation.workflow import NotAllowed, Workflow
from projects.workflow import (
    LETTER_WORKFLOW,
    PROJECT_WORKFLOW,
    LetterState,
    Level,
    ProjectState,
    State,
)


@dataclass
class Stub:
    """A filing for which nothing is missing; each test takes something away."""

    state: str = State.DRAFT
    missing_answers: list[str] = field(default_factory=list)
    lacks_territory: bool = False
    unexplained_overlap: str = ""
    missing_levels: list[Level] = field(default_factory=list)
    missing_levels_before_regional: list[Level] = field(default_factory=list)
    goes_on_without_opinions: bool = False
    is_latest: bool = True
    tacit_day_reached: bool = False


WRITERS = {Role.HOLDER, Role.PRESIDENT, Role.COORDINATOR}
REVIEWERS = {Role.ARS_REVIEWER, Role.CPAM_OFFICER}
S = State

# transition → (from, to, who), as procedures.md says it.
BOTH = {
    "submit": ({S.DRAFT, S.INCOMPLETE}, S.SUBMITTED, WRITERS),
    "ask_for_pieces": ({S.SUBMITTED, S.COMPLETE}, S.INCOMPLETE, REVIEWERS),
    "declare_complete": ({S.SUBMITTED}, S.COMPLETE, {Role.ARS_REVIEWER}),
    "give_local_opinion": ({S.COMPLETE}, S.COMPLETE, {Role.COMMITTEE}),
    "give_regional_opinion": ({S.COMPLETE}, S.COMPLETE, {Role.COMMITTEE}),
    "withdraw": ({S.DRAFT, S.SUBMITTED, S.INCOMPLETE, S.COMPLETE}, S.WITHDRAWN, WRITERS),
    "take_up_again": ({S.REFUSED, S.WITHDRAWN}, S.DRAFT, WRITERS),
}
LETTER = BOTH | {
    "approve": ({S.COMPLETE}, S.APPROVED, {Role.ARS_DIRECTOR}),
    "refuse": ({S.COMPLETE}, S.REFUSED, {Role.ARS_DIRECTOR}),
}
PROJECT = BOTH | {
    "validate": ({S.COMPLETE}, S.APPROVED, {Role.ARS_DIRECTOR}),
    "oppose": ({S.COMPLETE}, S.REFUSED, {Role.ARS_DIRECTOR}),
    "validate_tacitly": ({S.SUBMITTED, S.COMPLETE}, S.APPROVED, set()),
}
TABLES = [(LETTER_WORKFLOW, LETTER), (PROJECT_WORKFLOW, PROJECT)]
CASES = [
    pytest.param(
        workflow, name, state, role, expected, id=f"{workflow.title}-{name}-{state}-{role}"
    )
    for workflow, table in TABLES
    for name, expected in table.items()
    for state in State
    for role in Role
]


def granted_to(role: Role):
    return lambda permission: permission in GRANTS[role]


@pytest.mark.parametrize("workflow, table", TABLES)
def test_the_tables_hold_these_transitions_and_no_other(workflow: Workflow, table: dict) -> None:
    assert workflow.by_name.keys() == table.keys()


@pytest.mark.parametrize("workflow, name, state, role, expected", CASES)
def test_who_may_do_what_from_where(
    workflow: Workflow, name: str, state: State, role: Role, expected: tuple
) -> None:
    sources, target, roles = expected
    filing = Stub(state=state, tacit_day_reached=name == "validate_tacitly")
    if role not in roles:
        with pytest.raises(NotAllowed):
            workflow.apply(name, filing, may=granted_to(role))
    elif state not in sources:
        with pytest.raises(Refused):
            workflow.apply(name, filing, may=granted_to(role))
    else:
        workflow.apply(name, filing, may=granted_to(role))
        assert filing.state == target
        return
    assert filing.state == state


@pytest.mark.parametrize("state", State)
def test_only_the_portal_validates_tacitly(state: State) -> None:
    filing = Stub(state=state, tacit_day_reached=True)
    may = lambda permission: permission == Permission.SYSTEM  # noqa: E731  (read as a table)
    if state in {State.SUBMITTED, State.COMPLETE}:  # its clock runs: docs/adr/0013
        PROJECT_WORKFLOW.apply("validate_tacitly", filing, may=may)
        assert filing.state == State.APPROVED
    else:
        with pytest.raises(Refused):
            PROJECT_WORKFLOW.apply("validate_tacitly", filing, may=may)


def refusal_of(workflow: Workflow, name: str, **missing: object) -> str:
    transition = workflow.by_name[name]
    filing = Stub(state=next(iter(transition.sources)), **missing)
    refusal = workflow.refusal(transition, filing)
    return refusal.reason if refusal else ""


@pytest.mark.parametrize("workflow", [LETTER_WORKFLOW, PROJECT_WORKFLOW])
class TestGuards:
    def test_nothing_is_handed_over_without_a_commune(self, workflow: Workflow) -> None:
        assert "au moins une commune" in refusal_of(workflow, "submit", lacks_territory=True)

    def test_required_answers_are_named(self, workflow: Workflow) -> None:
        one = refusal_of(workflow, "submit", missing_answers=["Objectif"])
        assert one == "Une réponse obligatoire manque\u00a0: «\u00a0Objectif\u00a0»."
        many = refusal_of(workflow, "submit", missing_answers=["A", "B", "C", "D", "E"])
        assert many.startswith("5 réponses obligatoires manquent")
        assert many.endswith("«\u00a0C\u00a0» et 2 de plus.")

    def test_the_regional_opinion_waits_for_the_local_one(self, workflow: Workflow) -> None:
        missing = {"missing_levels_before_regional": [Level.LOCAL]}
        assert "comité local" in refusal_of(workflow, "give_regional_opinion", **missing)
        assert refusal_of(workflow, "give_local_opinion", **missing) == ""

    def test_the_favourable_decision_waits_for_the_opinions(self, workflow: Workflow) -> None:
        name = "approve" if workflow is LETTER_WORKFLOW else "validate"
        one = refusal_of(workflow, name, missing_levels=[Level.REGIONAL])
        assert one == "L’avis du comité régional est attendu avant la décision."
        both = refusal_of(workflow, name, missing_levels=[Level.LOCAL, Level.REGIONAL])
        assert both == (
            "Les avis du comité local et du comité régional sont attendus avant la décision."
        )

    def test_the_unfavourable_decision_does_not_wait(self, workflow: Workflow) -> None:
        name = "refuse" if workflow is LETTER_WORKFLOW else "oppose"
        assert refusal_of(workflow, name, missing_levels=[Level.REGIONAL]) == ""

    def test_only_the_last_version_is_taken_up(self, workflow: Workflow) -> None:
        assert "plus récente" in refusal_of(workflow, "take_up_again", is_latest=False)


@pytest.mark.parametrize("name", ["ask_for_pieces", "validate", "oppose", "withdraw"])
def test_when_the_clock_has_ended_the_project_is_validated_by_the_law(name: str) -> None:
    assert "réputé validé" in refusal_of(PROJECT_WORKFLOW, name, tacit_day_reached=True)


def test_the_clock_validates_nothing_before_its_end() -> None:
    assert "n’est pas écoulé" in refusal_of(PROJECT_WORKFLOW, "validate_tacitly")


def test_both_kinds_store_the_same_words() -> None:
    assert LetterState.values == ProjectState.values == State.values
