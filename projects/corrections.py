"""Pure: what a request for pieces opens again to the holders, and what they changed since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from foundation.refusal import Refusal
from projects.outline import Answers, Outline

TERRITORY = "territory"
ATTACHMENT = "attachment."
SECTION = "section."


class RequestLike(Protocol):
    """What is read of a request."""

    field_key: str
    answered_at: dt.datetime | None
    closed_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Opened:
    """The keys that the holders may change now; a draft is open everywhere."""

    keys: frozenset[str] = frozenset()
    everywhere: bool = False

    def allows(self, key: str) -> bool:
        return self.everywhere or key in self.keys

    def allows_attachment(self, kind: str) -> bool:
        return self.allows(f"{ATTACHMENT}{kind}")

    def refusal(self, labels: Mapping[str, str], closed: Iterable[str]) -> Refusal | None:
        """Why these keys are not changed: one sentence that names the first of them."""
        shut = [key for key in closed if not self.allows(key)]
        if not shut:
            return None
        named = labels.get(shut[0], shut[0]).removeprefix("Pièce : ")
        return Refusal(
            f"« {named} » ne se modifie pas : seul ce que l’ARS ou la CPAM demande est rouvert."
        )


EVERYWHERE = Opened(everywhere=True)


def is_in_correction(request: RequestLike, sent_at: dt.datetime | None) -> bool:
    """Open, or answered since the last sending: the holders may still correct it."""
    if request.closed_at:
        return False
    return request.answered_at is None or sent_at is None or request.answered_at > sent_at


def opened_by(
    requests: Iterable[RequestLike],
    *,
    outline: Outline,
    answers: Answers,
    handed_over: Answers,
    sent_at: dt.datetime | None,
) -> Opened:
    """The questions, the territory and the kinds of pieces that the requests name.

    A request on a section opens all of its questions; a mission chosen since opens its sheet.
    """
    asked = {item.field_key for item in requests if is_in_correction(item, sent_at)}
    keys = set(asked)
    for step in outline.steps_for(answers):
        if f"{SECTION}{step.slug}" in asked:
            keys |= {question.key for question in step.questions}
            keys |= {TERRITORY} if step.shows_territory else set()
    if "missions" in keys:
        before = {item.key for item in outline.questions(handed_over)}
        keys |= {item.key for item in outline.questions(answers)} - before
    return Opened(frozenset(keys))


@dataclass(frozen=True, slots=True)
class Sent:
    """One sending, as it was kept."""

    answers: Answers
    communes: Iterable[Mapping[str, Any]]
    attachments: Iterable[Mapping[str, Any]]

    def shares(self) -> set[tuple[str, Any]]:
        return {(row["code"], row.get("share")) for row in self.communes}

    def pieces(self, kind: str) -> set[str]:
        return {row["file"] for row in self.attachments if row["kind"] == kind}


def has_changed(key: str, before: Sent, after: Sent, outline: Outline) -> bool:
    """True when what a request names is no longer what was sent before."""
    if key == TERRITORY:
        return before.shares() != after.shares()
    if key.startswith(ATTACHMENT):
        kind = key.removeprefix(ATTACHMENT)
        return before.pieces(kind) != after.pieces(kind)
    if key.startswith(SECTION):
        step = outline.step(key.removeprefix(SECTION), after.answers)
        if step is None:
            return True
        territory = step.shows_territory and before.shares() != after.shares()
        return territory or any(_differs(item.key, before, after) for item in step.questions)
    return _differs(key, before, after)


def _differs(key: str, before: Sent, after: Sent) -> bool:
    return (before.answers.get(key) or "") != (after.answers.get(key) or "")
