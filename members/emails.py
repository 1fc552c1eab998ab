"""E-mails about a membership. None says more than the addressee already knows."""

import secrets

from django.conf import settings
from django.urls import reverse

from accounts.access import Permission, roles_granting
from accounts.models import User
from foundation import clock
from members.models import Member
from members.querysets import link_digest
from records import mail
from territories.models import Assignment


def send_to_member(template: str, member: Member, *, by: User, **context: object) -> None:
    """Write to the member, with a new follow-up link: the one of the last e-mail is the good one.

    The link in clear lives in this e-mail only; the row keeps its hash.
    """
    token = secrets.token_urlsafe(32)
    member.link_sha256 = link_digest(token)
    member.link_sent_at = clock.now()
    member.save(update_fields=["link_sha256", "link_sent_at"])
    link = f"{settings.PORTAL_URL}{reverse('members:status', args=[token])}"
    mail.send(
        member.email,
        template,
        {"member": member, "cpts": member.cpts, "link": link, **context},
        key=f"{template}:{member.uuid}:{member.link_sha256[:16]}",
        by=by,
        dossier=member.cpts.reference,
    )


def tell_the_office(member: Member, *, by: User) -> None:
    """Tell those who decide that an application waits; the name is on the page, not in the mail."""
    path = reverse("members:members", args=[member.cpts.reference])
    bearers = (
        Assignment.objects.current()
        .filter(cpts=member.cpts, role__in=roles_granting(Permission.MEMBER_APPROVE))
        .select_related("user")
    )
    for user in sorted({bearer.user for bearer in bearers}, key=lambda user: user.pk):
        mail.send(
            user.email,
            "member_to_decide",
            {"cpts": member.cpts, "url": f"{settings.PORTAL_URL}{path}"},
            key=f"member_to_decide:{member.uuid}:{user.pk}",
            by=by,
            dossier=member.cpts.reference,
        )
