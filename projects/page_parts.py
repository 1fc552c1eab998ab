"""The pieces of the pages of a filing: an answer, a step, a part, a request, a button."""

from __future__ import annotations

from dataclasses import dataclass, field

from projects.models import FieldComment
from projects.outline import Answer, Question, Step


@dataclass(frozen=True, slots=True)
class Row:
    """A question with its answer in the words of the page, and what was asked about it."""

    question: Question
    answer: Answer
    comments: list[FieldComment]
    # Where a reviewer writes what is asked about it; nothing for the others.
    ask_url: str = ""

    @property
    def is_list(self) -> bool:
        return isinstance(self.answer, list)


@dataclass(frozen=True, slots=True)
class StepSummary:
    """One line of the task list, or one section of the reading."""

    step: Step
    url: str
    state: str
    tone: str
    rows: list[Row]
    # False while pieces are asked for and none of them is in this step.
    is_opened: bool = True
    # What is asked about the step as a whole.
    comments: list[FieldComment] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        """How many requests of this step have no answer yet."""
        asked = [*self.comments, *(item for row in self.rows for item in row.comments)]
        return sum(1 for item in asked if item.is_open)

    @property
    def waiting_label(self) -> str:
        return "1 demande" if self.waiting == 1 else f"{self.waiting} demandes"


@dataclass(frozen=True, slots=True)
class Part:
    """Steps under one heading: the six parts of a project; a letter has a single, nameless one."""

    title: str
    steps: list[StepSummary]

    @property
    def short_title(self) -> str:
        """Without its number, where a list gives it."""
        return self.title.split(". ", 1)[-1]


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A request without an answer: what it is about, and where to answer."""

    label: str
    comment: FieldComment
    url: str
    answer_url: str


@dataclass(frozen=True, slots=True)
class Act:
    """A button of the page; `refusal` says why it is not possible yet."""

    name: str
    label: str
    url: str
    refusal: str = ""
