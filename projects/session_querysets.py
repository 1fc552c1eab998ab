"""Who sees which committee sessions: `visible_to` is the only door of their views."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import (
    CharField,
    Count,
    Exists,
    JSONField,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
)
from django.db.models.functions import Cast

from accounts.access import Permission, Role, roles_granting
from foundation import clock
from projects.workflow import Level
from territories.aggregates import ByKey

_MANAGING = roles_granting(Permission.SESSION_MANAGE)
_HEALTH_INSURANCE = frozenset({Role.CPAM_OFFICER, Role.CPAM_DIRECTOR})


class CommitteeSessionQuerySet(models.QuerySet[Any]):
    """Committee sessions."""

    def visible_to(self, user: Any) -> Self:
        """The ARS its own at any time; once convened, the members and the CPAM concerned."""
        if not user.is_authenticated:
            return self.none()
        members = apps.get_model("projects", "SessionMember").objects
        convened = Q(Exists(members.filter(session=OuterRef("pk"), user=user.pk)))
        items = apps.get_model("projects", "AgendaItem").objects.filter(session=OuterRef("pk"))
        for seat in user.current_assignments:
            if seat.role in _HEALTH_INSURANCE and seat.cpam_district_id is not None:
                own = items.filter(filing__cpts__cpam_district=seat.cpam_district_id)
                convened |= Q(Exists(own))
        return self.filter(_managed_by(user) | (convened & ~Q(state="draft")))

    def manageable_by(self, user: Any) -> Self:
        """Those this person prepares and holds."""
        return self.filter(_managed_by(user)) if user.is_authenticated else self.none()

    def waiting_for(self, user: Any) -> Self:
        """Where this person has something to do: see `in_session`, `votes_left`.

        Those who hold it convene, open from its day on, close, approve the minutes; members read
        the agenda until its day, then vote.
        """
        members = apps.get_model("projects", "SessionMember").objects
        seat = members.filter(session=OuterRef("pk"), user=user.pk)
        items = apps.get_model("projects", "AgendaItem").objects.filter(session=OuterRef("pk"))
        votes = items.exclude(conflicts__member__user=user.pk).exclude(votes__member__user=user.pk)
        tomorrow = dt.datetime.combine(clock.today() + dt.timedelta(days=1), dt.time(), clock.PARIS)
        to_hold = _managed_by(user) & (
            Q(state__in=["draft", "open"])
            | Q(state="convened", starts_at__lt=tomorrow)
            | Q(state="closed", minutes_approved_at=None)
        )
        to_read = Q(state="convened", convened_seat__isnull=False, starts_at__gte=tomorrow)
        to_vote = Q(state="open", in_session="present", votes_left__gt=0)
        return (
            self.annotate(
                in_session=Subquery(seat.values("presence")[:1]),
                convened_seat=Subquery(seat.values("convened_at")[:1]),
                votes_left=_counted(votes),
                item_count=_counted(items),
            )
            .filter(to_hold | to_read | to_vote)
            .select_related("region", "departement")
            .order_by("starts_at", "pk")
        )

    def latest_first(self) -> Self:
        """Those to come, then those that were held."""
        return self.order_by("-starts_at", "pk")

    def with_page(self) -> Self:
        """With what its page shows: members with their names, and which PDFs are there."""
        documents = apps.get_model("projects", "SessionDocument").objects
        made = documents.filter(session=OuterRef("pk")).exclude(file=None)
        members = apps.get_model("projects", "SessionMember").objects.select_related("user")
        return (
            self.select_related("region", "departement", "minutes_edited_by")
            .annotate(
                has_minutes=Exists(made.filter(kind="minutes")),
                has_pack=Exists(made.filter(kind="pack")),
                has_items=Exists(
                    apps.get_model("projects", "AgendaItem").objects.filter(session=OuterRef("pk"))
                ),
            )
            .prefetch_related(Prefetch("members", queryset=members))
        )

    def with_counts(self) -> Self:
        """With how many files and members, for the list."""
        items = apps.get_model("projects", "AgendaItem").objects.filter(session=OuterRef("pk"))
        members = apps.get_model("projects", "SessionMember").objects
        own = members.filter(session=OuterRef("pk"))
        return self.select_related("region", "departement").annotate(
            item_count=_counted(items), member_count=_counted(own)
        )


class AgendaItemQuerySet(models.QuerySet[Any]):
    """Items of the agendas."""

    def of(self, session: Any) -> Self:
        """With what the pages of a session show of a file."""
        return (
            self.filter(session=session)
            .select_related("filing__cpts__territory", "filing__procedure", "opinion")
            .order_by("number")
        )

    def announced_to(self, user: Any, cpts: Any) -> Self:
        """Of these CPTS, what is on the agenda of a session, by session.

        `sees_session`: this person opens the session; the others of the dossier learn when it is
        spoken of once the members are convened.
        """
        sessions = apps.get_model("projects", "CommitteeSession").objects.visible_to(user)
        sees = Exists(sessions.filter(pk=OuterRef("session")))
        return (
            self.annotate(sees_session=sees)
            .filter(filing__cpts__in=cpts)
            .filter(Q(sees_session=True) | ~Q(session__state="draft"))
            .select_related("session", "filing")
            .order_by("session__starts_at", "session", "number")
        )

    def with_ballots(self) -> Self:
        """With the conflicts and the votes of each file by the number of the member."""
        models_of = apps.get_model
        conflicts = models_of("projects", "ConflictOfInterest").objects
        votes = models_of("projects", "Vote").objects
        return self.annotate(
            declared=_by_member(conflicts, "reason"), ballots=_by_member(votes, "choice")
        )


def _counted(rows: Any) -> Any:
    grouped = rows.order_by().values("session").annotate(count=Count("pk")).values("count")
    return Subquery(grouped)


def _by_member(rows: Any, what: str) -> Any:
    """« {"12": "for"} » of the item that the outer row names."""
    own = rows.filter(item=OuterRef("pk")).order_by().values("item")
    found = own.annotate(found=ByKey(Cast("member", CharField()), what)).values("found")
    return Subquery(found, output_field=JSONField(null=True))


def _managed_by(user: Any) -> Q:
    condition = Q(pk__in=[])
    for seat in user.current_assignments:
        if seat.role not in _MANAGING:
            continue
        if seat.departement_id is not None:
            condition |= Q(departement=seat.departement_id)
        elif seat.region_id is not None:
            condition |= Q(region=seat.region_id)
    return condition


def manages(user: Any, session: Any) -> bool:
    """The same for one session, without a query."""
    return any(
        seat.role in _MANAGING
        and (
            seat.departement_id == session.departement_id
            if seat.departement_id is not None
            else seat.region_id is not None and seat.region_id == session.region_id
        )
        for seat in user.current_assignments
    )


def eligible_filings(session: Any) -> Any:
    """The complete files of the committee's area that are not on this agenda yet."""
    filings = apps.get_model("projects", "Filing").objects
    area = {"cpts__region": session.region_id}
    if session.departement_id is not None:
        area = {"cpts__departement": session.departement_id}
    listed = apps.get_model("projects", "AgendaItem").objects.filter(session=session)
    found = filings.filter(state="complete", **area).exclude(pk__in=listed.values("filing"))
    return found.select_related("cpts", "procedure").order_by("cpts__name", "pk")


def eligible_seats(session: Any) -> Any:
    """The current seats of the committee: regional ones, or those of the local one."""
    seats = apps.get_model("territories", "Assignment").objects.current()
    area = Q(region=session.region_id)
    if session.level == Level.LOCAL:
        area |= Q(departement=session.departement_id)
    found = seats.filter(area, role=Role.COMMITTEE, user__is_active=True)
    return found.select_related("user").order_by("body", "user__last_name", "pk")


def managed_areas(user: Any) -> list[Any]:
    """The régions, and the départements, whose committees this person convenes."""
    seats = [seat for seat in user.current_assignments if seat.role in _MANAGING]
    regions = apps.get_model("territories", "Region").objects
    departements = apps.get_model("territories", "Departement").objects.select_related("region")
    whole = [seat.region_id for seat in seats if seat.region_id is not None]
    own = [seat.departement_id for seat in seats if seat.departement_id is not None]
    return [
        *regions.filter(pk__in=whole).order_by("name"),
        *departements.filter(Q(pk__in=own) | Q(region__in=whole)).order_by("name"),
    ]


def session_documents(session: Any) -> Any:
    """The PDFs of a session that were made."""
    documents = apps.get_model("projects", "SessionDocument").objects
    return documents.filter(session=session).exclude(file=None).select_related("file")
