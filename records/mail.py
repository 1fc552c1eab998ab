"""E-mails as work to be done: written with the act, sent after the commit, never twice."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from accounts.models import User
from records import jobs
from records.models import Job


def send(
    to: str, template: str, context: dict[str, object], *, key: str, by: User, dossier: str = ""
) -> Job:
    """Write an e-mail down. `templates/emails/<template>.txt`: subject line, then body.

    `key` names the event, so that the same notice is not written twice while it waits.
    """
    context = {"portal_url": settings.PORTAL_URL, **context}
    text = render_to_string(f"emails/{template}.txt", context)
    subject, _, body = text.partition("\n")
    return jobs.want(
        "email",
        key=key,
        label=subject.strip()[:200],
        by=by,
        dossier=dossier,
        to=to,
        subject=subject.strip(),
        body=body.strip() + "\n",
    )


@jobs.handles("email")
def deliver(job: Job) -> None:
    """Hand one e-mail to the mail server."""
    payload = job.payload
    EmailMessage(payload["subject"], payload["body"], to=[payload["to"]]).send()
