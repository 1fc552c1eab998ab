"""« À faire »: the home page of everybody who signs in, looking across apps."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import Permission, Role, SignedInRequest, signed_in
from accounts.models import SavedView, User
from aci.models import ContractMission
from cpts_portal.duties import Duty, desk_of, duties_on
from cpts_portal.saved_views import ALL, JOBS, count_on_the_desk, links_with_counts
from cpts_portal.session_duties import session_duties
from foundation import clock
from missions.cards import MissionCard
from missions.desk import reported_cards
from records.models import Job

WEEK = dt.timedelta(days=7)
CPTS_ROLES = {Role.HOLDER, Role.PRESIDENT, Role.OFFICE, Role.COORDINATOR, Role.MEMBER}


@signed_in
@require_safe
def dashboard(request: SignedInRequest) -> HttpResponse:
    """What waits for this person, late first, then the longest wait; then what they follow."""
    user = request.user
    dossiers = list(desk_of(user)) if user.current_assignments else []
    duties = [duty for cpts in dossiers for duty in duties_on(cpts, user)]
    if Permission.MISSION_REPORT in user.permissions:
        duties += mission_duties(user)
    duties += session_duties(user)
    duties.sort(key=lambda duty: (duty.since, duty.about))
    own = {item.cpts_id for item in user.current_assignments}
    near = sorted(
        (cpts for cpts in dossiers if cpts.is_near), key=lambda cpts: (cpts.next_deadline, cpts.pk)
    )
    context = {
        "count": len(duties),
        "late": [duty for duty in duties if duty.is_late],
        "duties": [duty for duty in duties if not duty.is_late],
        "unread": [cpts for cpts in dossiers if cpts.unread_count],
        "own": [cpts for cpts in dossiers if cpts.pk in own],
        "this_week": _of_the_week({cpts.pk: cpts for cpts in dossiers}.values(), own),
        "near": near,
        "has_list": Permission.DOSSIER_LIST in user.permissions,
        "has_figures": Permission.FIGURES_SEE in user.permissions,
        "tries_grids": Permission.GRID_TRY in user.permissions,
        "is_administrator": Permission.PORTAL_ADMINISTER in user.permissions,
        "is_member_only": user.roles == {Role.MEMBER},
        "is_of_a_cpts": bool(user.roles & CPTS_ROLES),
        **_followed(user),
    }
    return render(request, "portal/dashboard.html", context)


def _of_the_week(dossiers: Iterable[Any], own: set[int]) -> list[Any]:
    """What ends within seven days in my territory or in my CPTS, whosever turn it is."""
    today = clock.today()
    found = [
        cpts
        for cpts in dossiers
        if (cpts.is_near or cpts.pk in own)
        and cpts.next_deadline
        and today <= cpts.next_deadline <= today + WEEK
    ]
    return sorted(found, key=lambda cpts: (cpts.next_deadline, cpts.pk))


def _followed(user: User) -> dict[str, Any]:
    """Saved views with their counts and work in progress, within the queries of the page.

    The coordinator's missions cost two queries: the rest is then a click away.
    """
    if Permission.MISSION_REPORT in user.permissions:
        return {}
    if Permission.DOSSIER_LIST not in user.permissions:
        return {"jobs": list(Job.objects.of_requester(user).unfinished()[:5])}
    found = list(SavedView.objects.visible_to(user))
    counts = count_on_the_desk(user, found)
    return {
        "views": links_with_counts(found, counts),
        "all_count": counts.get(ALL, 0),
        "job_count": counts.get(JOBS, 0),
    }


def mission_duties(user: User) -> list[Duty]:
    """Missions whose step is due, indicators of a past year without value."""
    found = []
    for commitment, card in reported_cards(user):
        found += [duty for duty in (_step(commitment, card), _gap(commitment, card)) if duty]
    return found


def _step(commitment: ContractMission, card: MissionCard) -> Duty | None:
    """A mission to start or to deploy, once its planned start has come."""
    if not card.step_day or card.planned_start > clock.today():
        return None
    return Duty(
        f"Mission « {commitment.label} » : avancement à déclarer",
        commitment.contract.cpts.name,
        _page(commitment),
        card.planned_start,
        card.step_day,
        card.step_label,
    )


def _gap(commitment: ContractMission, card: MissionCard) -> Duty | None:
    """The oldest contract year, over, for which indicators have no value."""
    late = next((gap for gap in card.gaps if gap.is_late), None)
    if late is None:
        return None
    return Duty(
        f"Mission « {commitment.label} » : indicateurs de l’année {late.year.number} à saisir",
        commitment.contract.cpts.name,
        _page(commitment),
        late.year.next_anniversary,
        late.year.last_day,
        "Fin de l’année de contrat",
    )


def _page(commitment: ContractMission) -> str:
    reference = commitment.contract.cpts.reference
    return reverse("missions:mission", args=[reference, commitment.mission])
