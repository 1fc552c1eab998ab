"""Pure: the dated outlines of the letter and of the project – steps, questions, what is missing."""

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "outlines"
MISSIONS_FILE = FOLDER / "missions.toml"

Answer = str | list[str]
Answers = Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class Choice:
    """One proposed answer; `hint` says what it covers."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Mission:
    """A mission of the agreement, in the words of a project."""

    code: str
    slug: str
    label: str
    description: str
    is_core: bool

    @property
    def kind_label(self) -> str:
        return "socle" if self.is_core else "complémentaire"


@dataclass(frozen=True, slots=True)
class Question:
    """One field: its stored key, French label, kind (text, long, choice, choices, list)."""

    key: str
    label: str
    kind: str
    hint: str = ""
    required: bool = False
    choices: tuple[Choice, ...] = ()
    prefill: str = ""
    # Choices always taken: the core missions, which every CPTS carries.
    locked: tuple[str, ...] = ()

    def shown(self, answer: Answer | None) -> Answer:
        """The answer in the words of the page: labels instead of stored values."""
        labels = {choice.value: choice.label for choice in self.choices}
        if isinstance(answer, list):
            return [labels.get(item, item) for item in answer]
        return labels.get(answer or "", answer or "")


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the form."""

    slug: str
    title: str
    questions: tuple[Question, ...]
    part: str = ""
    intro: str = ""
    shows_territory: bool = False

    def missing(self, answers: Answers) -> list[Question]:
        """The required questions without an answer."""
        return [item for item in self.questions if item.required and not answers.get(item.key)]

    def state(self, answers: Answers) -> str:
        """`done`, `started` or `empty`: the badge of the task list."""
        if not self.missing(answers):
            required = any(item.required for item in self.questions)
            return "done" if required or self._is_started(answers) else "empty"
        return "started" if self._is_started(answers) else "empty"

    def _is_started(self, answers: Answers) -> bool:
        return any(answers.get(item.key) for item in self.questions)


@dataclass(frozen=True, slots=True)
class Missing:
    """A required answer that is not there, and the step where to give it."""

    step: Step
    question: Question


@dataclass(frozen=True, slots=True)
class Sheet:
    """The action sheet repeated for each mission of the project."""

    part: str
    slug_prefix: str
    title: str
    questions: tuple[Question, ...]

    def step_for(self, mission: Mission) -> Step:
        questions = tuple(
            replace(item, key=f"{mission.code}.{item.key}") for item in self.questions
        )
        return Step(
            slug=f"{self.slug_prefix}{mission.slug}",
            title=self.title.format(mission=mission.label),
            questions=questions,
            part=self.part,
            intro=f"Mission {mission.kind_label}. {mission.description}",
        )


@dataclass(frozen=True, slots=True)
class Outline:
    """What one dated version of a letter or a project asks, for the day the filing was opened."""

    code: str
    kind: str
    title: str
    effective_from: dt.date
    source: str
    steps: tuple[Step, ...]
    missions: tuple[Mission, ...]
    attachments: tuple[Choice, ...]
    sheet: Sheet | None = None

    def steps_for(self, answers: Answers) -> list[Step]:
        """The steps, with one action sheet for each core mission and each mission chosen."""
        if self.sheet is None:
            return list(self.steps)
        sheets = [self.sheet.step_for(item) for item in self.missions_chosen(answers)]
        steps: list[Step] = []
        for step in self.steps:
            steps.append(step)
            if any(question.key == "missions" for question in step.questions):
                steps += sheets
        return steps

    def missions_chosen(self, answers: Answers) -> list[Mission]:
        """The core missions, then the optional ones that were ticked."""
        ticked = answers.get("missions") or []
        return [item for item in self.missions if item.is_core or item.code in ticked]

    def step(self, slug: str, answers: Answers) -> Step | None:
        return next((step for step in self.steps_for(answers) if step.slug == slug), None)

    def questions(self, answers: Answers) -> Iterator[Question]:
        for step in self.steps_for(answers):
            yield from step.questions

    def missing(self, answers: Answers) -> list[Missing]:
        """Everything that still prevents the submission, in the order of the pages."""
        return [
            Missing(step, question)
            for step in self.steps_for(answers)
            for question in step.missing(answers)
        ]

    def prefilled(self, letter_answers: Answers) -> dict[str, Answer]:
        """The first answers of a project, taken from the letter that opens it."""
        found: dict[str, Answer] = {}
        for step in self.steps:
            for question in step.questions:
                answer = letter_answers.get(question.prefill.removeprefix("letter."))
                if question.prefill and answer:
                    found[question.key] = answer
        return found


def outline_for(kind: str, day: dt.date) -> Outline:
    """The outline in force for this kind on a day (the oldest one before any was in force)."""
    codes = sorted(
        (source["effective_from"], source["code"])
        for source in map(_read, sorted(FOLDER.glob("*.toml")))
        if source.get("kind") == kind
    )
    begun = [code for start, code in codes if start <= day]
    return read_outline(begun[-1] if begun else codes[0][1], day)


@cache
def read_outline(code: str, day: dt.date) -> Outline:
    """The outline of that code, with the missions of the agreement as they stood on that day."""
    source = _read(FOLDER / f"{code}.toml")
    missions = tuple(_missions_on(day))
    sheet = source.get("sheet")
    return Outline(
        code=source["code"],
        kind=source["kind"],
        title=source["title"],
        effective_from=source["effective_from"],
        source=source["source"],
        steps=tuple(_step(item, missions) for item in source["steps"]),
        missions=missions,
        attachments=tuple(Choice(item["key"], item["label"]) for item in source["attachments"]),
        sheet=sheet
        and Sheet(
            part=sheet["part"],
            slug_prefix=sheet["slug_prefix"],
            title=sheet["title"],
            questions=tuple(_questions(sheet["questions"], missions)),
        ),
    )


@cache
def _read(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)


def _missions_on(day: dt.date) -> Iterator[Mission]:
    rows = _read(MISSIONS_FILE)["missions"]
    start = min(row["offered_from"] for row in rows)
    for row in rows:
        if row["offered_from"] <= max(day, start):
            core_from = row.get("core_from")
            is_core = core_from is not None and core_from <= max(day, start)
            yield Mission(row["code"], row["slug"], row["label"], row["description"], is_core)


def _step(source: dict[str, Any], missions: tuple[Mission, ...]) -> Step:
    fields = {key: value for key, value in source.items() if key != "questions"}
    return Step(**fields, questions=tuple(_questions(source["questions"], missions)))


def _questions(sources: list[dict[str, Any]], missions: tuple[Mission, ...]) -> Iterator[Question]:
    for source in sources:
        choices = tuple(Choice(**item) for item in source.get("choices", []))
        if source["kind"] == "missions":
            choices = tuple(
                Choice(item.code, f"{item.label} ({item.kind_label})", item.description)
                for item in missions
            )
            locked = tuple(item.code for item in missions if item.is_core)
            source = {**source, "kind": "choices", "locked": locked}
        yield Question(**{**source, "choices": choices})
