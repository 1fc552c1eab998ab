"""What the page of a session shows to one person: agenda, votes, members, what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse

from accounts.access import Permission
from projects.actions.opinions import NEEDS_REASONS
from projects.models import (
    AgendaItem,
    CommitteeSession,
    Opinion,
    SessionDocument,
    SessionMember,
)
from projects.pages import page_url
from projects.session_querysets import manages
from projects.votes import Choice, Result, refusal_to_vote
from projects.workflow import SESSION_WORKFLOW, State
from territories.scopes import may_on

STATE_TONES = {"draft": "neutral", "convened": "info", "open": "warning", "closed": "success"}
DOCUMENTS = {
    SessionDocument.Kind.PACK: "Dossier de séance (PDF)",
    SessionDocument.Kind.MINUTES: "Compte rendu (PDF)",
}


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One file on the page of its session."""

    item: AgendaItem
    conflicts: list[tuple[SessionMember, str]]
    ballots: list[tuple[SessionMember, str]]
    voters: int
    may_vote: bool
    may_declare: bool
    why_not: str
    has_voted: bool
    url: str


@dataclass
class SessionPage:
    """Everything about one session, fetched by `with_page` and `with_ballots`."""

    session: CommitteeSession
    items: list[AgendaItem]
    user: Any

    @property
    def is_manager(self) -> bool:
        return manages(self.user, self.session)

    @property
    def tone(self) -> str:
        return STATE_TONES[self.session.state]

    @cached_property
    def members(self) -> list[SessionMember]:
        return list(self.session.members.all())

    @cached_property
    def own_seat(self) -> SessionMember | None:
        return next((one for one in self.members if one.user_id == self.user.pk), None)

    @property
    def refusal_to_go_on(self) -> str:
        """Why the next act is not possible yet."""
        act = self.next_act
        refusal = SESSION_WORKFLOW.refusal(act, self.session) if act else None
        return refusal.reason if refusal else ""

    @property
    def next_act(self) -> Any:
        """The act that leads the session further, for those who hold it."""
        found = SESSION_WORKFLOW.available(self.session, may=lambda _: self.is_manager)
        return found[0] if found else None

    @property
    def next_url(self) -> str:
        return reverse(f"projects:{self.next_act.name}_session", args=[self.session.uuid])

    @property
    def documents(self) -> list[tuple[str, str]]:
        """The PDFs that are there: label and address."""
        return [
            (label, reverse("projects:session_file", args=[self.session.uuid, kind.value]))
            for kind, label in DOCUMENTS.items()
            if getattr(self.session, f"has_{kind.value}", False)
        ]

    @property
    def reads_minutes(self) -> bool:
        """Those who hold the session write them; the others read them once approved."""
        if self.session.is_prepared:
            return False
        return self.is_manager or self.session.minutes_approved_at is not None

    @property
    def letters(self) -> list[AgendaItem]:
        return [item for item in self.items if item.filing.is_letter]

    @property
    def decidable(self) -> list[AgendaItem]:
        """The letters of a closed session that this person may decide now."""
        if not self.session.is_closed:
            return []
        return [item for item in self.letters if is_decidable(item, self.user)]

    def foreseen(self, item: AgendaItem) -> str:
        """The opinion that the votes make as they stand, in words."""
        found = self._result(item)
        settled = " (voix de la présidence prépondérante)" if found.by_chair else ""
        return f"{Opinion.Recommendation(found.recommendation).label.lower()}{settled}"

    def must_explain(self, item: AgendaItem) -> bool:
        """Whether the opinion that the votes make needs its reasons."""
        return self._result(item).recommendation in NEEDS_REASONS

    @cached_property
    def lines(self) -> list[ItemLine]:
        return [self._line(item) for item in self.items]

    def _result(self, item: AgendaItem) -> Result:
        chair = next((one for one in self.members if one.is_chair), None)
        ballots: dict[str, str] = getattr(item, "ballots", None) or {}
        return item.result(ballots.get(str(chair.pk)) or None if chair else None)

    def _line(self, item: AgendaItem) -> ItemLine:
        seat = self.own_seat
        by_key = {str(one.pk): one for one in self.members}
        conflicts: dict[str, str] = getattr(item, "declared", None) or {}
        ballots: dict[str, str] = getattr(item, "ballots", None) or {}
        has_voted = seat is not None and str(seat.pk) in ballots
        in_conflict = seat is not None and str(seat.pk) in conflicts
        refusal = seat and refusal_to_vote(
            is_open=self.session.is_open,
            presence=seat.presence,
            in_conflict=in_conflict,
            has_voted=has_voted,
        )
        return ItemLine(
            item=item,
            conflicts=[(by_key[key], reason) for key, reason in conflicts.items()],
            ballots=[
                (by_key[key], str(Choice(choice).label))
                for key, choice in ballots.items()
                if choice  # empty in a secret ballot
            ],
            voters=sum(
                1 for one in self.members if one.is_present and str(one.pk) not in conflicts
            ),
            may_vote=seat is not None and refusal is None,
            may_declare=self.is_manager or (seat is not None and not has_voted and not in_conflict),
            # The conflict itself is written beside; that one has voted too.
            why_not=refusal.reason if refusal and not (in_conflict or has_voted) else "",
            has_voted=has_voted,
            url=page_url(item.filing),
        )


def is_decidable(item: AgendaItem, user: Any) -> bool:
    """A complete letter with its opinions, in the hands of somebody who decides."""
    filing = item.filing
    return (
        filing.state == State.COMPLETE
        and not filing.missing_levels
        and may_on(user, filing.cpts)(Permission.FILING_DECIDE)
    )


def gather_session(session: CommitteeSession, user: Any) -> SessionPage:
    """The page of a session fetched `with_page`, in one more query for its agenda."""
    items = list(AgendaItem.objects.of(session).with_ballots())
    for item in items:
        item.session = session
    return SessionPage(session, items, user)
