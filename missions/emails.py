"""E-mails about the missions: the CPAM pays from a declared start, it is told at once."""

from django.conf import settings
from django.urls import reverse

from accounts.access import Role
from accounts.models import User
from accounts.notifications import Event
from missions.models import MissionProgress
from records import notices
from territories.models import Assignment, Cpts


def tell_the_cpam(progress: MissionProgress, cpts: Cpts, *, by: User) -> None:
    """Tell the CPAM officers in charge that a mission has started or is deployed."""
    path = reverse("missions:mission", args=[cpts.reference, progress.mission.mission])
    url = f"{settings.PORTAL_URL}{path}"
    officers = (
        Assignment.objects.current()
        .filter(role=Role.CPAM_OFFICER, cpam_district=cpts.cpam_district_id)
        .select_related("user")
    )
    for user in sorted({officer.user for officer in officers}, key=lambda user: user.pk):
        notices.notify(
            user,
            Event.MISSION,
            "mission_progress",
            {
                "cpts": cpts,
                "progress": progress,
                "mission": progress.mission.mission,
                "url": url,
            },
            link=url,
            key=f"mission_progress:{progress.pk}:{progress.state}:{user.pk}",
            by=by,
            dossier=cpts.reference,
        )
