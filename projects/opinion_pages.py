"""What the pages of opinions show: who was asked, what was answered, criterion by criterion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.access import Permission
from projects.models import Filing, Kind, Opinion, OpinionRequest
from projects.opinion_states import RequestState
from projects.pages import act_url, page_url
from projects.querysets import body_of, is_regional, seats_of
from projects.scoring_grid import SCALE, Criterion
from projects.workflow import Level, State
from territories.scopes import may_on

_ORDER = [level.value for level in Level]
REQUEST_TONES = {
    RequestState.PLANNED: "neutral",
    RequestState.INVITED: "info",
    RequestState.GIVEN: "success",
    RequestState.WITHDRAWN: "neutral",
    RequestState.ENDED: "neutral",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One criterion in one opinion."""

    criterion: Criterion
    score: int | None
    comment: str

    @property
    def word(self) -> str:
        return "" if self.score is None else SCALE[self.score]


@dataclass(frozen=True, slots=True)
class Line:
    """One body asked: its invitation, and its answer when it came (and may be read)."""

    request: OpinionRequest
    opinion: Opinion | None
    is_own: bool

    @property
    def label(self) -> str:
        return self.request.label

    @property
    def tone(self) -> str:
        return "error" if self.request.is_late else REQUEST_TONES[RequestState(self.request.state)]

    @property
    def state_label(self) -> str:
        return "En retard" if self.request.is_late else str(self.request.get_state_display())

    @property
    def may_give(self) -> bool:
        return self.is_own and self.request.state == RequestState.INVITED

    @property
    def cells(self) -> list[Cell]:
        """Every criterion of the grid, answered or not."""
        scores = self.opinion.scores if self.opinion else {}
        return [
            Cell(item, *(scores.get(item.key, {}).get(name) for name in ("score", "comment")))
            for item in self.request.grid.lines
        ]

    @property
    def comments(self) -> list[Cell]:
        """The criteria on which something was written."""
        return [cell for cell in self.cells if cell.comment]

    @property
    def remarks(self) -> list[Cell]:
        """What was said of the criteria, for the reading of one opinion."""
        return [cell for cell in self.cells if cell.score is not None or cell.comment]


@dataclass(frozen=True, slots=True)
class Examination:
    """One filing on the page of opinions."""

    filing: Filing
    lines: list[Line]
    user: Any
    is_latest: bool

    @property
    def url(self) -> str:
        reference, kind, number = self.filing.cpts.reference, self.filing.kind, self.filing.number
        if self.is_latest:
            return page_url(self.filing)
        return reverse("projects:version", args=[reference, Kind(kind), number])

    @property
    def title(self) -> str:
        """« Lettre d’intention », « Projet de santé, version 2 »."""
        name = self.filing.get_kind_display()
        return name if self.filing.number == 1 else f"{name}, version {self.filing.number}"

    @property
    def give_url(self) -> str:
        return act_url(self.filing, "give_opinion")

    @property
    def is_examined(self) -> bool:
        return self.filing.state == State.COMPLETE

    @property
    def may_give(self) -> bool:
        return self.is_examined and any(line.may_give for line in self.lines)

    @property
    def given(self) -> list[Line]:
        return [line for line in self.lines if line.opinion]

    @property
    def reads_all(self) -> bool:
        """For the authorities: the table, the invitations."""
        return self._may(Permission.OPINION_READ)

    @property
    def may_invite(self) -> bool:
        return self.is_latest and self.is_examined and self._may(Permission.OPINION_INVITE)

    @property
    def may_release(self) -> bool:
        """Whether the act makes sense; its refusal says when it is too early."""
        return bool(
            self.given
            and not self.filing.opinions_released_at
            and self.filing.is_undecided
            and self.is_latest
            and self._may(Permission.OPINION_RELEASE)
        )

    @property
    def awaits_release(self) -> bool:
        """For who may not read them yet."""
        return bool(self.filing.complete_at and not self.filing.opinions_released_at)

    @property
    def awaited(self) -> list[str]:
        """The required opinions not given yet, by their regional names."""
        procedure = self.filing.procedure
        return [procedure.label_of(item, self.filing.kind) for item in self.filing.missing_levels]

    @property
    def unasked(self) -> list[str]:
        """Required and missing, and nobody is asked for them."""
        asked = {line.request.level for line in self.lines if line.request.is_open}
        procedure = self.filing.procedure
        return [
            procedure.label_of(item, self.filing.kind)
            for item in self.filing.missing_levels
            if item not in asked
        ]

    def _may(self, permission: Permission) -> bool:
        return may_on(self.user, self.filing.cpts)(permission)


def examinations(
    filings: Iterable[Filing],
    requests: Iterable[OpinionRequest],
    opinions: Iterable[Opinion],
    user: Any,
) -> list[Examination]:
    """The filings that were examined or will be, latest last, with whom was asked."""
    versions = list(filings)
    last = {filing.kind: filing.number for filing in versions}  # in the order of their numbers
    asked, given = list(requests), list(opinions)
    return [
        Examination(
            filing, lines_of(filing, asked, given, user), user, last[filing.kind] == filing.number
        )
        for filing in versions
    ]


def lines_of(
    filing: Filing, requests: Iterable[OpinionRequest], opinions: Iterable[Opinion], user: Any
) -> list[Line]:
    """In the order of the procedure, then by body."""
    by_body = {(item.level, item.body): item for item in opinions if item.filing_id == filing.pk}
    own = own_bodies_on(filing, user)
    found = []
    for request in requests:
        if request.filing_id == filing.pk:
            request.filing = filing
            key = (request.level, request.body)
            found.append(Line(request, by_body.get(key), key in own))
    return sorted(found, key=lambda line: (_ORDER.index(line.request.level), line.request.body))


@dataclass(frozen=True, slots=True)
class Table:
    """Bodies × criteria. Bodies asked with two grids: the columns of both."""

    lines: list[Line]

    @property
    def criteria(self) -> list[Criterion]:
        found = {cell.criterion.key: cell.criterion for line in self.lines for cell in line.cells}
        return list(found.values())

    @property
    def rows(self) -> list[tuple[Line, list[Cell | None]]]:
        keys = [criterion.key for criterion in self.criteria]
        found = []
        for line in self.lines:
            cells = {cell.criterion.key: cell for cell in line.cells}
            found.append((line, [cells.get(key) for key in keys]))
        return found


def own_bodies_on(filing: Filing, user: Any) -> set[tuple[str, str]]:
    """(level, body) for which this person sits here: the object form of `own_bodies`."""
    return {
        (level.value, body_of(seat, level))
        for seat in seats_of(user)
        if all(getattr(filing.cpts, name) == code for name, code in seat.area.items())
        for level in Level
        if level == Level.LOCAL or is_regional(seat)
    }
