"""E-mails about a membership. None says more than the addressee already knows."""

import secrets
from collections.abc import Collection

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from accounts.access import Permission, roles_granting
from accounts.models import User
from accounts.notifications import Event
from foundation import clock
from members.models import Member
from members.querysets import link_digest
from records import jobs, mail, notices
from records.models import Job
from territories.models import Assignment


def send_to_member(template: str, member: Member, *, by: User) -> None:
    """Write down that the member must get this e-mail, with a new follow-up link.

    The link is drawn by `deliver`: in clear, it rests neither in the queue nor in the database.
    """
    member.link_sent_at = clock.now()
    member.save(update_fields=["link_sent_at"])
    jobs.want(
        "member_link",
        key=f"{template}:{member.pk}:{member.link_sent_at.isoformat()}",
        label=f"Courriel à un adhérent de la {member.cpts}"[:200],
        by=by,
        dossier=member.cpts.reference,
        member=member.pk,
        template=template,
    )


def deliver(job: Job) -> None:
    """Draw the link, keep its hash, and send it: the one of the last e-mail is the good one."""
    member = Member.objects.for_its_page().get(pk=job.payload["member"])
    token = secrets.token_urlsafe(32)
    context: dict[str, object] = {
        "member": member,
        "cpts": member.cpts,
        "link": f"{settings.PORTAL_URL}{reverse('members:status', args=[token])}",
    }
    subject, body = mail.render(job.payload["template"], context)
    # Before sending: an e-mail never carries a link that the portal does not know yet.
    Member.objects.filter(pk=member.pk).update(link_sha256=link_digest(token))
    EmailMessage(subject, body, to=[member.email]).send()
    if settings.DEMONSTRATION:  # invented people have no other mail box than its page
        job.payload |= {"to": member.email, "subject": subject, "body": body}
        job.save(update_fields=["payload"])


def tell_the_office(member: Member, *, by: User) -> None:
    """Tell those who decide that an application waits; the name is on the page, not in the mail."""
    url = settings.PORTAL_URL + reverse("members:members", args=[member.cpts.reference])
    bearers = (
        Assignment.objects.current()
        .filter(cpts=member.cpts, role__in=roles_granting(Permission.MEMBER_APPROVE))
        .select_related("user")
    )
    for user in sorted({bearer.user for bearer in bearers}, key=lambda user: user.pk):
        notices.notify(
            user,
            Event.MEMBER,
            "member_to_decide",
            {"cpts": member.cpts, "url": url},
            key=f"member_to_decide:{member.uuid}:{user.pk}",
            link=url,
            about=f"member:{member.pk}",
            by=by,
            dossier=member.cpts.reference,
        )


@notices.still_holds("member")
def applications_to_decide(user: User, subjects: Collection[str]) -> Collection[str]:
    """Applications that this person may still decide."""
    waiting = Member.objects.to_decide_by(user).filter(pk__in=list(subjects))
    return {str(pk) for pk in waiting.values_list("pk", flat=True)}
