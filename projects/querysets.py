"""Who sees which filings, and what waits for whom. `visible_to` is the only door of the views."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any, Self
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Q, Subquery, When

from accounts.access import Permission, Role, roles_granting
from foundation import clock
from projects.stops import told_stops
from projects.workflow import RUNNING, Level, State
from territories.aggregates import listed_shares
from territories.querysets import scope_filter


class ProcedureQuerySet(models.QuerySet[Any]):
    """Procedures by region and date."""

    def in_force(self, region_code: str, day: dt.date) -> Any:
        """The latest procedure of the region that has begun, else the national one."""
        begun = self.filter(effective_from__lte=day).order_by("-effective_from")
        national = self.filter(region=None).order_by("effective_from")
        return (
            begun.filter(region=region_code).first()
            or begun.filter(region=None).first()
            or national.first()
        )


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
        """Complete filings that wait for a required opinion, which this person may still give."""
        if not user.is_authenticated:
            return self.none()
        given = apps.get_model("projects", "Opinion").objects.filter(given_by=user)
        if any(is_regional(seat) for seat in _seats(user)):
            given = given.filter(level=Level.REGIONAL)  # after the local opinion, the regional one
        return (
            self.visible_to(user, Permission.OPINION_GIVE)
            .filter(state=State.COMPLETE, cpts__baton="committee")
            .exclude(pk__in=given.values("filing"))
        )

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

    def approved_letter_of(self, cpts: Any) -> Self:
        """The letter that opens the project, if it is approved."""
        return self.letters().filter(cpts=cpts, state=State.APPROVED)

    def tacitly_due(self) -> Self:
        """Projects whose legal delay is over: validated by silence (L1434-12 CSP)."""
        return self.clock_running().filter(tacit_on__lte=clock.today())

    def clock_running(self) -> Self:
        """Projects whose legal clock runs: neither decided, nor waiting for pieces."""
        return self.projects().filter(state__in=sorted(RUNNING), tacit_on__isnull=False)

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


def _seats(user: Any) -> list[Any]:
    return [seat for seat in user.current_assignments if seat.role == Role.COMMITTEE]


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
