"""Pure: what changed between two sendings – words of the answers, communes, pieces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from projects.corrections import Sent
from projects.outline import Answer, Outline
from territories.shares import WHOLE, format_share

_WORDS = re.compile(r"\s+|[\w’'-]+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of words that stayed, went out or came in."""

    kind: str  # same, removed, added
    text: str

    @property
    def is_same(self) -> bool:
        return self.kind == "same"

    @property
    def is_added(self) -> bool:
        return self.kind == "added"


@dataclass(frozen=True, slots=True)
class ChangedAnswer:
    """A question whose answer is not the same: text in runs of words, or a list item by item."""

    step: str
    label: str
    segments: tuple[Segment, ...]
    is_list: bool


@dataclass(frozen=True, slots=True)
class ChangedCommune:
    """A commune that came, went, or is counted for another share."""

    code: str
    name: str
    population: int
    share_before: str = ""
    share_after: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that changed from one sending to another."""

    answers: list[ChangedAnswer]
    came: list[ChangedCommune]
    went: list[ChangedCommune]
    shared: list[ChangedCommune]
    pieces_added: list[Mapping[str, Any]]
    pieces_removed: list[Mapping[str, Any]]

    @property
    def is_empty(self) -> bool:
        communes = self.came or self.went or self.shared
        return not (self.answers or communes or self.pieces_added or self.pieces_removed)


def compare(before: Sent, after: Sent, outline: Outline) -> Comparison:
    """From one sending to another, question by question, then communes and pieces."""
    old = {row["code"]: row for row in before.communes}
    new = {row["code"]: row for row in after.communes}
    both = [code for code in new if code in old]
    return Comparison(
        answers=list(_changed_answers(before, after, outline)),
        came=[_commune(new[code]) for code in new if code not in old],
        went=[_commune(old[code]) for code in old if code not in new],
        shared=[
            _commune(new[code], _share(old[code]), _share(new[code]))
            for code in both
            if _share(old[code]) != _share(new[code])
        ],
        pieces_added=_missing_from(before.attachments, after.attachments),
        pieces_removed=_missing_from(after.attachments, before.attachments),
    )


def words_of(old: str, new: str) -> tuple[Segment, ...]:
    """The words of both texts in their order: what stayed, what went out, what came in."""
    return _segments(_WORDS.findall(old), _WORDS.findall(new))


def _changed_answers(before: Sent, after: Sent, outline: Outline) -> Iterator[ChangedAnswer]:
    """Every question of either outline: a mission given up takes its sheet with it."""
    seen: set[str] = set()
    for answers in (after.answers, before.answers):
        for step in outline.steps_for(answers):
            for question in step.questions:
                if question.key in seen:
                    continue
                seen.add(question.key)
                old = question.shown(before.answers.get(question.key))
                new = question.shown(after.answers.get(question.key))
                if (old or "") != (new or ""):
                    segments, is_list = _difference(old, new)
                    yield ChangedAnswer(step.title, question.label, segments, is_list)


def _difference(old: Answer, new: Answer) -> tuple[tuple[Segment, ...], bool]:
    if isinstance(old, list) or isinstance(new, list):
        return _items(_listed(old), _listed(new)), True
    return words_of(old, new), False


def _listed(answer: Answer) -> list[str]:
    if isinstance(answer, list):
        return answer
    return [answer] if answer else []


def _items(old: Sequence[str], new: Sequence[str]) -> tuple[Segment, ...]:
    found: list[Segment] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [Segment("same", item) for item in old[a:b]]
            continue
        found += [Segment("removed", item) for item in old[a:b]]
        found += [Segment("added", item) for item in new[c:d]]
    return tuple(found)


def _segments(old: Sequence[str], new: Sequence[str]) -> tuple[Segment, ...]:
    """Runs that read well.

    A mere space between two changes changes with them; texts that share little are told whole.
    """
    found: list[Segment] = []
    out, came = "", ""
    for tag, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        kept = "".join(old[a:b]) if tag == "equal" else ""
        if kept.strip() or (kept and not (out or came)):
            found += [*_changes(out, came), Segment("same", kept)]
            out, came = "", ""
        else:
            out, came = out + "".join(old[a:b]), came + "".join(new[c:d])
    found += _changes(out, came)
    kept_letters = sum(len(item.text) for item in found if item.is_same)
    if kept_letters * 3 < max(len("".join(old)), len("".join(new))):
        return tuple(_changes("".join(old), "".join(new)))
    return tuple(found)


def _changes(out: str, came: str) -> list[Segment]:
    if out == came:
        return [Segment("same", out)] if out else []
    found = [Segment("removed", out), Segment("added", came)]
    return [item for item in found if item.text]


def _commune(row: Mapping[str, Any], before: str = "", after: str = "") -> ChangedCommune:
    return ChangedCommune(row["code"], row["name"], row["population"], before, after)


def _share(row: Mapping[str, Any]) -> str:
    """« 62,5 % »; a sending kept before shares existed counts whole communes."""
    return format_share(row.get("share", WHOLE))


def _missing_from(
    known: Iterable[Mapping[str, Any]], rows: Iterable[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    files = {row["file"] for row in known}
    return [row for row in rows if row["file"] not in files]
