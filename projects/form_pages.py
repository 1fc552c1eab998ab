"""Forms laid out for their pages: each field with what was asked, stored or said before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from projects.forms import PiecesForm, StepForm
from projects.models import FieldComment
from projects.outline import Answer, Step
from projects.pages import FilingPage, Row, page_url, step_url


@dataclass(frozen=True, slots=True)
class StepField:
    """A question on its page."""

    bound: Any
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
            yield StepField(
                bound=self.form[question.key],
                comments=[item for item in self.page.comments if item.field_key == question.key],
                is_from_letter=bool(answer) and taken.get(question.key) == answer,
                stored=self.stored.get(question.key),
            )

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

    @property
    def is_open(self) -> bool:
        return any(item.bound.value() or item.bound.errors for item in self.fields)


@dataclass(frozen=True, slots=True)
class PiecesPage:
    """The form of a request for pieces, by step, then territory and pieces."""

    page: FilingPage
    form: PiecesForm

    @property
    def groups(self) -> list[AskableGroup]:
        groups = [
            AskableGroup(summary.step.title, self._fields(summary.rows))
            for part in self.page.parts
            for summary in part.steps
        ]
        others = [
            Askable(self.form[name], None)
            for name, key in self.form.names.items()
            if key == "territory" or key.startswith("attachment.")
        ]
        return [*groups, AskableGroup("Communes et pièces jointes", others)]

    def _fields(self, rows: Iterable[Row]) -> list[Askable]:
        return [Askable(self.form[f"about.{row.question.key}"], row) for row in rows]
