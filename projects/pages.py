"""What the pages of a filing show, gathered once: steps and their state, answers with the requests
made about them, the acts open to this person. Reading only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.urls import reverse

from accounts.access import Permission, roles_granting
from foundation import clock
from projects.checklist import Point, points_of
from projects.corrections import (
    EVERYWHERE,
    SECTION,
    TERRITORY,
    Opened,
    is_in_correction,
    opened_by,
)
from projects.deadlines import LegalClock
from projects.letter_listing import ListedDocument, read_documents
from projects.models import Attachment, FieldComment, Filing, Kind
from projects.outline import Answers, Question, Step
from projects.page_parts import Act, OpenRequest, Part, Row, StepSummary
from projects.stops import Stop, read_stops
from projects.workflow import State
from territories.aggregates import read_shares
from territories.models import Assignment, Cpts
from territories.overlap import TakenPlace, overlaps_with, pairs_of
from territories.scopes import may_on

PATHS = {Kind.LETTER: "lettre", Kind.PROJECT: "projet"}

DECISIONS = frozenset({"approve", "refuse", "validate", "oppose"})

# French words of the badges of a step.
STEP_STATES = {
    "done": ("Complète", "success"),
    "started": ("Commencée", "info"),
    "empty": ("À faire", "neutral"),
}
STATE_TONES = {
    State.DRAFT: "neutral",
    State.SUBMITTED: "info",
    State.INCOMPLETE: "warning",
    State.COMPLETE: "info",
    State.APPROVED: "success",
    State.REFUSED: "error",
    State.WITHDRAWN: "neutral",
}


@dataclass
class FilingPage:
    """Everything the page of one filing shows to one person."""

    filing: Filing
    user: Any
    comments: list[FieldComment]
    can_write: bool = field(init=False)

    def __post_init__(self) -> None:
        self.can_write = may_on(self.user, self.cpts)(Permission.FILING_WRITE)

    @property
    def cpts(self) -> Cpts:
        return self.filing.cpts

    @cached_property
    def attachments(self) -> list[Attachment]:
        found = Attachment.objects.visible_to(self.user).filter(filing=self.filing)
        return list(found.select_related("file"))

    @property
    def documents(self) -> list[ListedDocument]:
        """The letters about this version that this person may read: see `with_documents`."""
        return read_documents(getattr(self.filing, "documents_listed", ""))

    @property
    def may_gather_letters(self) -> bool:
        """Reviewers and directors of the ARS, once there are letters to print."""
        may = may_on(self.user, self.cpts)
        return may(Permission.FILING_DECIDE) or may(Permission.FILING_COMPLETE)

    @property
    def attachment_count(self) -> int:
        """Told by `with_page`: the task list does not fetch the pieces."""
        return getattr(self.filing, "attachment_count", 0) or 0

    @cached_property
    def overlaps(self) -> list[TakenPlace]:
        """The communes of the draft that other CPTS cover today. One query."""
        shares = read_shares(getattr(self.filing, "territory_shares", ""))  # told by `with_page`
        return overlaps_with(shares, clock.today(), besides=self.cpts.pk)

    @property
    def counted_twice(self) -> int:
        return sum(one.counted_twice for one in self.overlaps)

    @property
    def lacks_overlap_reason(self) -> bool:
        territory = self.cpts.territory
        return territory is not None and not territory.has_explained(pairs_of(self.overlaps))

    @property
    def territory_handed_over(self) -> dict[str, Any]:
        """The facts kept with the last sending: what the authorities read of the territory."""
        return getattr(self.filing, "territory_handed_over", None) or {}

    @property
    def url(self) -> str:
        return page_url(self.filing)

    @property
    def may_submit(self) -> bool:
        return may_on(self.user, self.cpts)(Permission.FILING_SUBMIT)

    @property
    def withdraw_label(self) -> str:
        return self.filing.transition("withdraw").label

    @property
    def can_open_project(self) -> bool:
        """On an approved letter, while the dossier is not further than its project."""
        approved = self.filing.is_letter and self.filing.state == State.APPROVED
        opened = getattr(self.filing, "opened_project", False)  # told by `with_page`
        return approved and self.can_write and not opened

    @property
    def is_task_list(self) -> bool:
        """Writers see their form; everybody else, and writers once it is sent, read."""
        return self.can_write and self.filing.is_writable

    @property
    def answers(self) -> Answers:
        """Authorities read what was handed over, never what is being written."""
        handed_over: Answers | None = getattr(self.filing, "handed_over", None)  # see `with_page`
        if self.reads_handed_over and handed_over is not None:
            return handed_over
        answers: Answers = self.filing.answers
        return answers

    @property
    def reads_handed_over(self) -> bool:
        """The holders are correcting: what was sent before is what counts for the others."""
        return self.filing.state == State.INCOMPLETE and not self.can_write

    @property
    def state_tone(self) -> str:
        return STATE_TONES[State(self.filing.state)]

    @property
    def parts(self) -> list[Part]:
        parts: dict[str, list[StepSummary]] = {}
        for step in self.filing.outline.steps_for(self.answers):
            parts.setdefault(step.part, []).append(self._summary(step))
        return [Part(title, steps) for title, steps in parts.items()]

    @property
    def missing(self) -> list[tuple[str, Question]]:
        """What prevents the submission: where to answer, and the question."""
        return [
            (step_url(self.filing, item.step), item.question)
            for item in self.filing.outline.missing(self.filing.answers)
        ]

    @cached_property
    def opened(self) -> Opened:
        """What the holders may change now: all of a draft, what is asked of a correction."""
        if self.filing.state != State.INCOMPLETE:
            return EVERYWHERE
        return opened_by(
            self.comments,
            outline=self.filing.outline,
            answers=self.filing.answers,
            handed_over=getattr(self.filing, "handed_over", None) or {},  # told by `with_page`
            sent_at=self.filing.submitted_at,
        )

    @property
    def opens_territory(self) -> bool:
        return self.opened.allows(TERRITORY)

    @property
    def attachment_kinds(self) -> list[str]:
        """The kinds of pieces that may be joined or taken off now."""
        kinds = [item.value for item in self.filing.outline.attachments]
        return [kind for kind in kinds if self.opened.allows_attachment(kind)]

    @property
    def current_requests(self) -> list[OpenRequest]:
        """The requests of the correction, answered or not: what the holders have to do."""
        labels = self.filing.commentable
        return [
            OpenRequest(
                labels.get(item.field_key, item.field_key),
                item,
                self._where(item),
                comment_url(self.filing, item),
            )
            for item in self.comments
            if is_in_correction(item, self.filing.submitted_at)
        ]

    @property
    def open_request_count(self) -> int:
        return sum(1 for item in self.comments if item.is_open)

    @property
    def may_ask(self) -> bool:
        """A reviewer examining: comments may be prepared, sent, closed, opened again."""
        examined = self.filing.state in {State.SUBMITTED, State.COMPLETE}
        return examined and may_on(self.user, self.cpts)(Permission.FILING_ASK_PIECES)

    @property
    def other_comments(self) -> list[tuple[str, FieldComment]]:
        """Requests about the territory or the pieces, which belong to no answer."""
        keys = {item.key for item in self.filing.outline.questions(self.answers)}
        keys |= {f"{SECTION}{step.slug}" for step in self.filing.outline.steps_for(self.answers)}
        labels = self.filing.commentable
        return [
            (labels.get(item.field_key, item.field_key), item)
            for item in self.comments
            if item.field_key not in keys
        ]

    @cached_property
    def suspensions(self) -> list[Stop]:
        """The stops of the legal clock, in order; a letter has none."""
        return read_stops(getattr(self.filing, "told_stops", None))  # told by `with_page`

    @cached_property
    def clock(self) -> LegalClock | None:
        """The legal clock of a project that was declared complete, over or not."""
        return self.filing.legal_clock([item.pause for item in self.suspensions])

    @property
    def answered_days(self) -> int | None:
        """Days since the pieces came, while the ARS has not said that the file is complete again.

        The clock runs meanwhile (docs/adr/0013).
        """
        filing = self.filing
        if filing.state != State.SUBMITTED or not filing.complete_at or not filing.submitted_at:
            return None
        return (clock.today() - filing.submitted_at.astimezone(clock.PARIS).date()).days

    @property
    def days_left(self) -> int:
        return self.clock.days_left(clock.today()) if self.clock else 0

    @cached_property
    def points(self) -> list[Point]:
        """The checklist as the portal sees it, for who checks a filing just sent; else nothing."""
        checks = may_on(self.user, self.cpts)(Permission.COMPLETENESS_CHECK)
        if self.filing.state != State.SUBMITTED or not checks:
            return []
        kinds = [item.kind for item in self.attachments]
        return points_of(self.filing.outline, self.answers, self.territory_handed_over, kinds)

    @property
    def found_points(self) -> int:
        return sum(1 for point in self.points if point.is_found)

    @property
    def acts(self) -> list[Act]:
        """The buttons: opinions make one; taking up again only from the last version."""
        may = may_on(self.user, self.cpts)
        acts: dict[str, Act] = {}
        for transition in self.filing.workflow.available(self.filing, may=may):
            name = "give_opinion" if transition.name.endswith("_opinion") else transition.name
            # The page shows the last version: no need to ask whether a newer one exists.
            may_refuse = name != "take_up_again"
            refusal = may_refuse and self.filing.workflow.refusal(transition, self.filing)
            label = "Donner un avis" if name == "give_opinion" else transition.label
            if name not in acts or (acts[name].refusal and not refusal):
                acts[name] = Act(
                    name, label, act_url(self.filing, name), refusal.reason if refusal else ""
                )
        return list(acts.values())

    def _where(self, comment: FieldComment) -> str:
        """The field to correct, the communes or the pieces."""
        if comment.field_key == "territory":
            return reverse("territories:edit_territory", args=[self.cpts.reference])
        for step in self.filing.steps:
            if comment.field_key == f"{SECTION}{step.slug}":
                return step_url(self.filing, step)
            if any(item.key == comment.field_key for item in step.questions):
                return f"{step_url(self.filing, step)}#id_{comment.field_key}"
        return act_url(self.filing, "attachments")

    def _summary(self, step: Step) -> StepSummary:
        by_key = self._comments_by_key
        state, tone = STEP_STATES[step.state(self.answers)]
        ask_url = act_url(self.filing, "ask_for_pieces") if self.may_ask else ""
        rows = [
            Row(
                item,
                item.shown(self.answers.get(item.key)),
                by_key.get(item.key, []),
                ask_url and f"{ask_url}?sur={item.key}#id_about.{item.key}",
            )
            for item in step.questions
        ]
        keys = [item.key for item in step.questions]
        keys += [TERRITORY] if step.shows_territory else []
        return StepSummary(
            step,
            step_url(self.filing, step),
            state,
            tone,
            rows,
            is_opened=any(map(self.opened.allows, keys)),
            comments=by_key.get(f"{SECTION}{step.slug}", []),
        )

    @cached_property
    def _comments_by_key(self) -> dict[str, list[FieldComment]]:
        by_key: dict[str, list[FieldComment]] = {}
        for comment in self.comments:
            by_key.setdefault(comment.field_key, []).append(comment)
        return by_key


def gather(filing: Filing, user: Any) -> FilingPage:
    """The page of a filing fetched `with_page`, in one more query; others when they are shown."""
    return FilingPage(
        filing=filing,
        user=user,
        comments=list(
            FieldComment.objects.visible_to(user)
            .filter(filing=filing)
            .select_related("by", "answered_by")
        ),
    )


def step_url(filing: Filing, step: Step) -> str:
    """The page of one step."""
    route = "projects:letter_step" if filing.is_letter else "projects:health_project_step"
    return reverse(route, args=[filing.cpts.reference, step.slug])


def page_url(filing: Filing) -> str:
    """The page of the filing itself."""
    route = "projects:letter" if filing.is_letter else "projects:health_project"
    return reverse(route, args=[filing.cpts.reference])


def act_url(filing: Filing, name: str) -> str:
    """Where an act is done. Decisions have their own word for each kind, hence no kind."""
    kind = [] if name in DECISIONS else [Kind(filing.kind)]
    return reverse(f"projects:{name}", args=[filing.cpts.reference, *kind])


def comment_url(filing: Filing, comment: FieldComment) -> str:
    """Where a request is answered, closed or opened again."""
    args = [filing.cpts.reference, Kind(filing.kind), comment.uuid]
    return reverse("projects:comment", args=args)


def holders_of(cpts: Cpts) -> list[Assignment]:
    """Who writes for this community today."""
    seats = cpts.assignments.current().filter(role__in=roles_granting(Permission.FILING_WRITE))
    return list(seats.select_related("user").order_by("user__last_name", "pk"))
