"""E-mails as work to be done: written down with the act, sent after the commit."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from accounts import actions
from accounts.models import EmailProof, User
from foundation import clock
from records import jobs
from records.models import Job


def send(
    to: str, template: str, context: dict[str, object], *, key: str, by: User, dossier: str = ""
) -> Job:
    """Write an e-mail down. `templates/emails/<template>.txt`: subject line, then body.

    `key` names the event, so that the same notice is not written twice while it waits.
    """
    subject, body = render(template, context)
    return jobs.want(
        "email",
        key=key,
        label=subject[:200],
        by=by,
        dossier=dossier,
        to=to,
        subject=subject,
        body=body,
    )


@jobs.handles("email")
def deliver(job: Job) -> None:
    """Hand one e-mail to the mail server."""
    payload = job.payload
    EmailMessage(payload["subject"], payload["body"], to=[payload["to"]]).send()
    if not settings.DEMONSTRATION:  # a body may hold a personal link: it rests nowhere once sent
        job.payload = {name: payload[name] for name in ("to", "subject")}
        job.save(update_fields=["payload"])


def send_link(proof: EmailProof) -> Job:
    """Write down that a single-use link must leave; the link itself is drawn by `deliver_link`."""
    return jobs.want(
        "account_link",
        key=str(proof.pk),
        label=f"Courriel : {proof.get_purpose_display()}",
        by=User.objects.portal(),
        proof=proof.pk,
    )


@jobs.handles("account_link")
def deliver_link(job: Job) -> None:
    """Draw the link and send it at once: it rests neither in the queue nor in the database."""
    proof = EmailProof.objects.filter(
        pk=job.payload["proof"], used_at=None, expires_at__gt=clock.now()
    ).first()
    if proof is None:
        return
    path = reverse("accounts:follow_link", args=[actions.issue_link(proof)])
    context: dict[str, object] = {"proof": proof, "link": urljoin(settings.PORTAL_URL, path)}
    subject, body = render(f"account_{proof.purpose}", context)
    EmailMessage(subject, body, to=[proof.email]).send()
    if settings.DEMONSTRATION:  # invented people have no other mail box than its page
        job.payload |= {"to": proof.email, "subject": subject, "body": body}
        job.save(update_fields=["payload"])


def render(template: str, context: dict[str, object]) -> tuple[str, str]:
    """Subject (the first line) and body of `templates/emails/<template>.txt`."""
    text = render_to_string(
        f"emails/{template}.txt", {"portal_url": settings.PORTAL_URL, **context}
    )
    subject, _, body = text.partition("\n")
    return subject.strip(), body.strip() + "\n"


@contextmanager
def silenced() -> Iterator[None]:
    """Nothing leaves meanwhile, whatever the mail server: the demonstration writes to nobody."""
    server = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    try:
        yield
    finally:
        settings.EMAIL_BACKEND = server
