"""The generic workflow: permission first, then state, then guard; nothing moves on a refusal."""

from dataclasses import dataclass

import pytest
from django.db.models import TextChoices

from foundation.refusal import Refusal, Refused
from foundation.workflow import NotAllowed, Transition, Workflow


class State(TextChoices):
    DRAFT = "draft", "brouillon"
    SENT = "sent", "transmis"


@dataclass
class Letter:
    state: str = State.DRAFT
    is_whole: bool = True


def whole(letter: Letter) -> Refusal | None:
    return None if letter.is_whole else Refusal("Il manque la commune.")


WORKFLOW = Workflow(
    "Lettre", State, (Transition("send", {State.DRAFT}, State.SENT, "write", "Transmettre", whole),)
)


def everything(permission: str) -> bool:
    return True


def nothing(permission: str) -> bool:
    return False


def test_a_transition_moves_the_state() -> None:
    letter = Letter()
    WORKFLOW.apply("send", letter, may=everything)
    assert letter.state == State.SENT


def test_without_the_permission_it_is_not_allowed_whatever_the_state() -> None:
    letter = Letter(state=State.SENT, is_whole=False)
    with pytest.raises(NotAllowed):
        WORKFLOW.apply("send", letter, may=nothing)
    assert letter.state == State.SENT


def test_out_of_turn_it_is_refused_with_the_state_in_words() -> None:
    letter = Letter(state=State.SENT)
    with pytest.raises(
        Refused, match="« Transmettre » n’est pas possible : l’état est « transmis »."
    ):
        WORKFLOW.apply("send", letter, may=everything)


def test_a_guard_refuses_with_its_reason_and_nothing_moves() -> None:
    letter = Letter(is_whole=False)
    with pytest.raises(Refused, match="Il manque la commune."):
        WORKFLOW.apply("send", letter, may=everything)
    assert letter.state == State.DRAFT


def test_buttons_are_what_the_person_may_do_from_here() -> None:
    assert [item.name for item in WORKFLOW.available(Letter(), may=everything)] == ["send"]
    assert WORKFLOW.available(Letter(), may=nothing) == []
    assert WORKFLOW.available(Letter(state=State.SENT), may=everything) == []


def test_two_transitions_cannot_bear_the_same_name() -> None:
    send = WORKFLOW.transitions[0]
    with pytest.raises(ValueError, match="same name"):
        Workflow("Lettre", State, (send, send))
