"""Pure: what a complete filing holds, from its outline – answers by step, communes, pieces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from foundation.numbers import NBSP, format_number
from projects.corrections import ATTACHMENT, SECTION, TERRITORY
from projects.outline import Answers, Outline

OTHER_PIECE = "other"  # expected by nobody


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to check; `is_found` is what the portal sees by itself, `detail` says it."""

    key: str
    label: str
    is_found: bool
    detail: str


def points_of(
    outline: Outline,
    answers: Answers,
    territory: Mapping[str, Any],
    attachment_kinds: Iterable[str],
) -> list[Point]:
    """The checklist of one sending, in the order of the form."""
    kinds = list(attachment_kinds)
    return [
        *_answers(outline, answers),
        _territory(territory),
        *(
            Point(
                f"{ATTACHMENT}{item.value}",
                item.label,
                item.value in kinds,
                _count(kinds.count(item.value), "pièce jointe", "pièces jointes")
                or "Aucune pièce de cette nature",
            )
            for item in outline.attachments
            if item.value != OTHER_PIECE
        ),
    ]


def _answers(outline: Outline, answers: Answers) -> Iterable[Point]:
    for step in outline.steps_for(answers):
        if not any(question.required for question in step.questions):
            continue
        missing = step.missing(answers)
        detail = (
            _count(len(missing), "réponse obligatoire manque", "réponses obligatoires manquent")
            or "Toutes les réponses obligatoires sont données"
        )
        yield Point(f"{SECTION}{step.slug}", step.title, not missing, detail)


def _territory(territory: Mapping[str, Any]) -> Point:
    communes = len(territory.get("communes", []))
    people = territory.get("population") or 0
    detail = f"{_count(communes, 'commune', 'communes') or 'Aucune commune'}, " + (
        _count(people, "habitant", "habitants") or "aucun habitant"
    )
    return Point(TERRITORY, "Communes du territoire", bool(communes and people), detail)


def _count(count: int, one: str, many: str) -> str:
    """« 2 pièces jointes »; nothing for none."""
    return f"{format_number(count)}{NBSP}{one if count == 1 else many}" if count else ""
