"""Who sees which filings, and what waits for whom. `visible_to` is the only door of the views."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any, Self
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

from accounts.access import Permission, Role, roles_granting
from foundation import clock
from projects.opinion_states import OPEN_STATES, RequestState
from projects.stops import told_stops
from projects.workflow import RUNNING, UNDECIDED, Level, State
from territories.aggregates import listed_shares
from territories.querysets import scope_filter


class ProcedureQuerySet(models.QuerySet[Any]):
    """Procedures, and grids of opinions, by region and date."""

    def visible_to(self, user: Any) -> Self:
        """The whole list is for those who edit it; a filing shows its own to its readers."""
        if not user.is_authenticated or Permission.PORTAL_ADMINISTER not in user.permissions:
            return self.none()
        return self

    def in_rooms(self) -> Self:
        """Region after region, the newest version first, the national default before all."""
        return self.select_related("region").order_by(
            F("region__name").asc(nulls_first=True), "-effective_from"
        )

    def with_running(self) -> Self:
        """With how many filings under examination or being written keep each."""
        filings = apps.get_model("projects", "Filing")._base_manager
        running = filings.filter(procedure=OuterRef("pk"), state__in=sorted(UNDECIDED))
        counted = running.order_by().values("procedure").annotate(count=Count("pk"))
        return self.annotate(running=Coalesce(Subquery(counted.values("count")), 0))

    def in_force(self, region_code: str, day: dt.date) -> Any:
        """The latest one of the region that has begun, else the national one."""
        begun = self.filter(effective_from__lte=day).order_by("-effective_from")
        national = self.filter(region=None).order_by("effective_from")
        return (
            begun.filter(region=region_code).first()
            or begun.filter(region=None).first()
            or national.first()
        )


class OpinionGridQuerySet(ProcedureQuerySet):
    """Grids, likewise."""


class FilingQuerySet(models.QuerySet[Any]):
    """Letters and projects."""

    def visible_to(self, user: Any, permission: str = Permission.DOSSIER_SEE) -> Self:
        """Own drafts always; authorities once submitted; committees once complete."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(filing_scope(user, permission))

    def letters(self) -> Self:
        return self.filter(kind="letter")

    def projects(self) -> Self:
        return self.filter(kind="project")

    def latest_of(self, reference: str, kind: str, number: int | None = None) -> Self:
        """The last version of a kind in one dossier, or the version of that number."""
        versions = self.filter(cpts__reference=reference, kind=kind).order_by("-number")
        return versions.filter(number=number) if number is not None else versions[:1]

    def of_dossier(self, reference: str) -> Self:
        """Every version, in the order of life."""
        return self.filter(cpts__reference=reference).order_by("kind", "number")

    def awaiting_opinion_of(self, user: Any) -> Self:
        """Complete filings on which a body of this person is asked for its opinion."""
        requests = apps.get_model("projects", "OpinionRequest").objects.awaiting(user)
        return self.filter(pk__in=requests.order_by().values("filing"))

    def to_review_by(self, user: Any) -> Self:
        """Filings that wait for this person: completeness for reviewers, decision for directors.

        A decision waits for the required opinions: the baton says when they are given.
        """
        if not user.is_authenticated:
            return self.none()
        to_check = Q(state=State.SUBMITTED) & filing_scope(user, Permission.FILING_COMPLETE)
        to_decide = Q(state=State.COMPLETE, cpts__baton="ars")
        to_decide &= filing_scope(user, Permission.FILING_DECIDE)
        return self.filter(to_check | to_decide)

    def decided_for_letters(self, user: Any) -> Self:
        """The newest decisions whose letters this person may gather."""
        may = filing_scope(user, Permission.FILING_DECIDE)
        may |= filing_scope(user, Permission.FILING_COMPLETE)
        decided = self.filter(may, state__in=[State.APPROVED, State.REFUSED])
        return decided.select_related("cpts").order_by("-decided_at", "pk")[:50]

    def approved_letter_of(self, cpts: Any) -> Self:
        """The letter that opens the project, if it is approved."""
        return self.letters().filter(cpts=cpts, state=State.APPROVED)

    def tacitly_due(self) -> Self:
        """Projects whose legal delay is over: validated by silence (L1434-12 CSP)."""
        return self.clock_running().filter(tacit_on__lte=clock.today())

    def clock_running(self) -> Self:
        """Projects whose legal clock runs: neither decided, nor waiting for pieces."""
        return self.projects().filter(state__in=sorted(RUNNING), tacit_on__isnull=False)

    def lacking_requests(self) -> Self:
        """Complete files on which a required level may have been asked of nobody."""
        requests = apps.get_model("projects", "OpinionRequest").objects
        waiting = requests.filter(filing=OuterRef("pk"), state=RequestState.INVITED)
        awaited = self.filter(state=State.COMPLETE, cpts__baton="committee")
        return awaited.exclude(Exists(waiting)).order_by("pk")

    def with_running_clock(self, dossiers: Any) -> Self:
        """Complete projects of these dossiers, whose legal delay runs."""
        running = self.projects().filter(state=State.COMPLETE, due_on__isnull=False)
        return running.filter(cpts__in=dossiers).order_by("due_on", "pk")

    def with_page(self) -> Self:
        """With what the head of the dossier and the page of a filing show, in one query."""
        submissions = apps.get_model("projects", "Submission").objects
        last = submissions.filter(filing=OuterRef("pk")).order_by("-number")
        pieces = apps.get_model("projects", "Attachment").objects.filter(filing=OuterRef("pk"))
        return self.select_related(
            "cpts__territory",
            "cpts__region",
            "cpts__departement",
            "cpts__cpam_district",
            "procedure",
            "letter",
            "previous",
            "edited_by",
        ).annotate(
            opened_project=Exists(self.model._base_manager.filter(letter=OuterRef("pk"))),
            # While the holders correct, the others read what was handed over last.
            handed_over=Case(
                When(state=State.INCOMPLETE, then=Subquery(last.values("answers")[:1])),
                default=None,
                output_field=models.JSONField(null=True),
            ),
            told_stops=told_stops(apps.get_model("projects", "Suspension").objects),
            territory_handed_over=Subquery(last.values("territory")[:1]),
            territory_shares=listed_shares("cpts__territory"),
            attachment_count=Subquery(
                pieces.order_by().values("filing").annotate(count=Count("pk")).values("count")
            ),
        )

    def with_documents(self, user: Any) -> Self:
        """With the letters about each version that this person may read."""
        documents = apps.get_model("projects", "FilingDocument").objects.visible_to(user)
        return self.annotate(documents_listed=documents.listed_of_outer_filing())


class OfFilingQuerySet(models.QuerySet[Any]):
    """Comments, attachments, opinions, submissions: seen by those who see their filing."""

    def visible_to(self, user: Any) -> Self:
        if not user.is_authenticated:
            return self.none()
        return self.filter(filing_scope(user, Permission.DOSSIER_SEE, "filing__"))

    def of_dossier(self, reference: str) -> Self:
        """All of one dossier."""
        return self.filter(filing__cpts__reference=reference)

    def of_file(self, reference: str, kind: str, identifier: UUID) -> Self:
        """One attachment by the name of its file; a piece taken over is in several versions."""
        found = self.of_dossier(reference).filter(filing__kind=kind, file__uuid=identifier)
        return found.order_by("-filing__number")[:1]

    def with_people(self) -> Self:
        """Requests with who asked, answered and closed."""
        return self.select_related("filing", "by", "answered_by", "closed_by")

    def with_filing(self) -> Self:
        return self.select_related("filing__cpts", "file")


class SubmissionQuerySet(OfFilingQuerySet):
    """What was handed over, sending after sending."""

    def newest_first(self) -> Self:
        return self.order_by("-filing__number", "-number")

    def at(self, *places: tuple[int, int]) -> Self:
        """The sendings of these versions and numbers."""
        wanted = Q(pk__in=[])
        for version, number in places:
            wanted |= Q(filing__number=version, number=number)
        return self.filter(wanted)


class CommentDraftQuerySet(models.QuerySet[Any]):
    """Requests that an officer prepares: read by nobody else."""

    def visible_to(self, user: Any) -> Self:
        if not user.is_authenticated:
            return self.none()
        return self.filter(filing_scope(user, Permission.FILING_ASK_PIECES, "filing__"), by=user)


class CompletenessCheckQuerySet(models.QuerySet[Any]):
    """The checklist of the authorities: the holders do not read it."""

    def visible_to(self, user: Any) -> Self:
        if not user.is_authenticated:
            return self.none()
        scope = filing_scope(user, Permission.COMPLETENESS_CHECK, "submission__filing__")
        return self.filter(scope)


class OpinionQuerySet(OfFilingQuerySet):
    """Opinions: confidential until they are released, and frozen."""

    def visible_to(self, user: Any) -> Self:
        """Before the release: its own body and the authorities; after it, who sees the filing."""
        seen = super().visible_to(user)
        return seen.filter(opinion_scope(user)) if user.is_authenticated else seen

    def update(self, **values: Any) -> int:
        raise TypeError("An opinion is frozen once given.")


class OpinionRequestQuerySet(OfFilingQuerySet):
    """Bodies asked for their opinion."""

    def visible_to(self, user: Any) -> Self:
        """As the opinions: who is asked says something of what is thought."""
        seen = super().visible_to(user)
        return seen.filter(opinion_scope(user)) if user.is_authenticated else seen

    def of_body_of(self, user: Any) -> Self:
        """Those of the bodies for which this person sits, on the filings they may see."""
        return super().visible_to(user).filter(own_bodies(user))

    def awaiting(self, user: Any) -> Self:
        """Which this person may answer today."""
        if not user.is_authenticated:
            return self.none()
        invited = self.of_body_of(user).filter(state=RequestState.INVITED)
        return invited.filter(filing__state=State.COMPLETE)

    def awaited_first(self) -> Self:
        """Those awaited by date, the late ones at the top; then those that are closed."""
        is_closed = models.ExpressionWrapper(
            Q(closed_at__isnull=False), output_field=models.BooleanField()
        )
        return self.order_by(is_closed, "due_on", "pk")

    def readable_by(self, user: Any) -> Self:
        """Those that this person follows for an authority in charge, of files being examined."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(authority_scope(user), filing__state__in=[State.COMPLETE])

    def open(self) -> Self:
        return self.filter(state__in=sorted(OPEN_STATES))

    def to_remind(self) -> Self:
        """Invited bodies of complete files."""
        return self.filter(state=RequestState.INVITED, filing__state=State.COMPLETE)

    def with_draft(self) -> Self:
        """With the last save of the opinion being prepared, in the same query."""
        drafts = apps.get_model("projects", "OpinionDraft").objects
        last = drafts.filter(request=OuterRef("pk")).order_by("-number")
        return self.select_related("grid").annotate(
            draft_number=Coalesce(Subquery(last.values("number")[:1]), 0),
            draft_content=Subquery(last.values("content")[:1]),
            draft_saved_at=Subquery(last.values("saved_at")[:1]),
            draft_first_name=Subquery(last.values("saved_by__first_name")[:1]),
            draft_last_name=Subquery(last.values("saved_by__last_name")[:1]),
        )

    def with_opinion(self) -> Self:
        """With the dossier and what was answered, in the same query."""
        opinions = apps.get_model("projects", "Opinion").objects
        same = {name: OuterRef(name) for name in ("filing", "level", "body")}
        given = opinions.filter(**same)
        return self.select_related(
            "filing__procedure", "filing__cpts__departement", "filing__cpts__region"
        ).annotate(
            recommendation=Subquery(given.values("recommendation")[:1]),
            points=Subquery(given.values("points")[:1]),
            out_of=Subquery(given.values("out_of")[:1]),
            given_at=Subquery(given.values("given_at")[:1]),
        )


class OpinionDraftQuerySet(models.QuerySet[Any]):
    """Opinions being prepared."""

    def visible_to(self, user: Any) -> Self:
        """Nobody reads over the shoulder of a body, the authorities neither."""
        if not user.is_authenticated:
            return self.none()
        own = own_bodies(user, "request__")
        return self.filter(filing_scope(user, Permission.DOSSIER_SEE, "request__filing__") & own)


class OpinionFileQuerySet(models.QuerySet[Any]):
    """Files joined to opinions."""

    def visible_to(self, user: Any) -> Self:
        """Those of one's own body; of the others, with the opinion once it is given."""
        if not user.is_authenticated:
            return self.none()
        given = Q(request__state=RequestState.GIVEN) & opinion_scope(user, "request__")
        return self.filter(
            filing_scope(user, Permission.DOSSIER_SEE, "request__filing__")
            & (own_bodies(user, "request__") | given)
        )

    def of_file(self, reference: str, identifier: UUID) -> Self:
        """One by the name of its stored file."""
        here = {"request__filing__cpts__reference": reference, "file__uuid": identifier}
        return self.filter(**here).select_related("file", "request__filing__cpts")[:1]


class InvitationQuerySet(models.QuerySet[Any]):
    """Invitations of co-holders."""

    def visible_to(self, user: Any) -> Self:
        """Those of the communities for which this person may invite."""
        return self.filter(scope_filter(user, Permission.HOLDER_INVITE, "cpts__"))

    def with_cpts(self) -> Self:
        return self.select_related("cpts", "invited_by")

    def open(self) -> Self:
        """Neither accepted nor expired."""
        return self.filter(accepted_at=None, expires_at__gt=clock.now())

    def bearing(self, token: str) -> Self:
        """The open invitation of this link; the secret itself is not stored."""
        return self.open().filter(token_sha256=hashlib.sha256(token.encode()).hexdigest())


def is_regional(seat: Any) -> bool:
    """Only a seat for the whole région (or for France) speaks for the regional committee."""
    return seat.departement_id is None and seat.cpam_district_id is None and seat.cpts_id is None


def seats_of(user: Any) -> list[Any]:
    """Where this person sits on a committee today."""
    return [seat for seat in user.current_assignments if seat.role == Role.COMMITTEE]


def body_of(seat: Any, level: str) -> str:
    """The body for which somebody sits; without a name it is named by its place."""
    name: str = seat.body or f"{Level(level).label} ({seat.scope_label})"
    return name


def own_bodies(user: Any, prefix: str = "") -> Q:
    """The rows of the bodies for which this person sits, each within the area of its seat.

    `prefix` leads to the row that bears the level and the body (« request__ »).
    """
    condition = Q(pk__in=[])
    for seat in seats_of(user):
        area = {f"{prefix}filing__cpts__{name}": code for name, code in seat.area.items()}
        levels = Level if is_regional(seat) else [Level.LOCAL]
        for level in levels:
            row = {f"{prefix}level": level.value, f"{prefix}body": body_of(seat, level)}
            condition |= Q(**row, **area)
    return condition


def authority_scope(user: Any, prefix: str = "") -> Q:
    """The opinions that this person reads for the ARS, or for the CPAM where its procedure lets."""
    cpts = f"{prefix}filing__cpts__"
    granting = roles_granting(Permission.OPINION_READ)
    of_cpam = granting & {Role.CPAM_OFFICER, Role.CPAM_DIRECTOR}
    ars = scope_filter(user, Permission.OPINION_READ, cpts, roles=granting - of_cpam)
    cpam = scope_filter(user, Permission.OPINION_READ, cpts, roles=of_cpam)
    return ars | (cpam & Q(**{f"{prefix}filing__procedure__cpam_reads_opinions": True}))


def opinion_scope(user: Any, prefix: str = "") -> Q:
    """Released, or read for an authority, or of one's own body."""
    released = Q(**{f"{prefix}filing__opinions_released_at__isnull": False})
    return released | authority_scope(user, prefix) | own_bodies(user, prefix)


def filing_scope(
    user: Any, permission: str, prefix: str = "", *, shown_to_committees: Q | None = None
) -> Q:
    """The filings this person may reach; `prefix` leads to the filing (« filing__ »).

    `shown_to_committees` says which rows about a filing the committees read, where not all.

    Holders see their own at any time. What was never submitted does not exist for the authorities,
    nor what was never complete for the committees (domain/procedures.md).
    """
    cpts = f"{prefix}cpts__"
    granting = roles_granting(permission)
    own = [
        item.cpts_id
        for item in user.current_assignments
        if item.cpts_id is not None and item.role in granting
    ]
    authorities = scope_filter(user, permission, cpts, roles=granting - {Role.COMMITTEE})
    committees = scope_filter(user, permission, cpts, roles=granting & {Role.COMMITTEE})
    if shown_to_committees is not None:
        committees &= shown_to_committees
    return (
        Q(**{f"{prefix}cpts__in": own})
        | (authorities & Q(**{f"{prefix}submitted_at__isnull": False}))
        | (committees & Q(**{f"{prefix}complete_at__isnull": False}))
    )
