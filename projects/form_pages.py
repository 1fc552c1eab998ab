"""Forms laid out for their pages: each field with what was asked, stored or said before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from projects.comment_forms import PiecesForm
from projects.forms import StepForm
from projects.models import FieldComment
from projects.outline import Answer, Step
from projects.page_parts import Row, StepSummary
from projects.pages import FilingPage, comment_url, page_url, step_url


@dataclass(frozen=True, slots=True)
class StepField:
    """A question on its page."""

    # The field, or `None` when the answer is only read: it is not what is asked for.
    bound: Any
    row: Row
    comments: list[FieldComment]
    # True while the answer is still the one of the letter: shown, so that nobody wonders.
    is_from_letter: bool
    # What somebody else saved meanwhile, when the save was refused; `None` otherwise.
    stored: Answer | None

    @property
    def stored_is_list(self) -> bool:
        return isinstance(self.stored, list)


@dataclass
class StepPage:
    """One step: its fields, its place among the others."""

    page: FilingPage
    step: Step
    form: StepForm
    stored: dict[str, Answer] = field(default_factory=dict)

    @property
    def number(self) -> int:
        return self._slugs.index(self.step.slug) + 1

    @property
    def total(self) -> int:
        return len(self._slugs)

    @property
    def previous(self) -> str:
        """Where « Étape précédente » leads; nothing on the first step."""
        return self._url_at(self.number - 2)

    @property
    def next_title(self) -> str:
        following = self.page.filing.steps[self.number :]
        return following[0].title if following else ""

    @property
    def fields(self) -> Iterator[StepField]:
        letter = self.page.filing.letter
        taken = self.page.filing.outline.prefilled(letter.answers) if letter else {}
        for question in self.step.questions:
            answer = self.page.filing.answers.get(question.key)
            comments = [item for item in self.page.comments if item.field_key == question.key]
            opened = question.key in self.form.fields
            yield StepField(
                bound=self.form[question.key] if opened else None,
                row=Row(question, question.shown(answer), comments),
                comments=comments,
                is_from_letter=bool(answer) and taken.get(question.key) == answer,
                stored=self.stored.get(question.key),
            )

    @property
    def comments(self) -> list[FieldComment]:
        """What is asked about the step as a whole, or about its territory."""
        keys = {f"section.{self.step.slug}"}
        keys |= {"territory"} if self.step.shows_territory else set()
        return [item for item in self.page.comments if item.field_key in keys]

    @property
    def has_fields(self) -> bool:
        """False while nothing of this step is asked for: it is read."""
        return any(question.key in self.form.fields for question in self.step.questions)

    def url_after(self, then: str) -> str:
        """Once saved: the list if asked for, else the next step."""
        following = "" if then == "list" else self._url_at(self.number)
        return following or page_url(self.page.filing)

    @property
    def _slugs(self) -> list[str]:
        return [step.slug for step in self.page.filing.steps]

    def _url_at(self, index: int) -> str:
        steps = self.page.filing.steps
        return step_url(self.page.filing, steps[index]) if 0 <= index < len(steps) else ""


@dataclass(frozen=True, slots=True)
class Askable:
    """An answer, and the field where to write what is asked about it."""

    bound: Any
    row: Row | None


@dataclass(frozen=True, slots=True)
class AskableGroup:
    """The answers of one step; opened when something is written or wrong in it."""

    title: str
    fields: list[Askable]
    # The question from which the reviewer came.
    pointed_at: str = ""

    @property
    def is_open(self) -> bool:
        if self.pointed_at in {f"{item.bound.name}" for item in self.fields}:
            return True
        return any(item.bound.value() or item.bound.errors for item in self.fields)


@dataclass(frozen=True, slots=True)
class PiecesPage:
    """The form of a request for pieces, by step, then territory and pieces."""

    page: FilingPage
    form: PiecesForm
    pointed_at: str = ""

    @property
    def reviewed(self) -> list[tuple[str, FieldComment, str]]:
        """The requests already sent that are not closed: to judge, or going out again."""
        filing = self.page.filing
        labels = filing.commentable
        return [
            (labels.get(item.field_key, item.field_key), item, comment_url(filing, item))
            for item in self.page.comments
            if not item.closed_at
        ]

    @property
    def groups(self) -> list[AskableGroup]:
        pointed_at = f"about.{self.pointed_at}"
        groups = [
            AskableGroup(summary.step.title, self._fields(summary), pointed_at)
            for part in self.page.parts
            for summary in part.steps
        ]
        others = [
            Askable(self.form[name], None)
            for name, key in self.form.names.items()
            if key == "territory" or key.startswith("attachment.")
        ]
        return [*groups, AskableGroup("Communes et pièces jointes", others, pointed_at)]

    def _fields(self, summary: StepSummary) -> list[Askable]:
        whole = Askable(self.form[f"about.section.{summary.step.slug}"], None)
        rows = [Askable(self.form[f"about.{row.question.key}"], row) for row in summary.rows]
        return [whole, *rows]
