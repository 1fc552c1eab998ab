"""The mail box of somebody in the tests: what a worker would have sent is sent first."""

from records import jobs
from records.models import Job


def mails_to(address: str) -> list[dict[str, str]]:
    """Every e-mail to this address, oldest first: subject and body."""
    for job in Job.objects.filter(kind="member_link", state=Job.State.WANTED).order_by("pk"):
        done = jobs.run(job.pk)
        assert done is not None
        assert done.state == Job.State.DONE, done.error
    written = Job.objects.emails().order_by("pk")
    return [job.payload for job in written if job.payload["to"] == address]


def link_of(mail: dict[str, str]) -> str:
    """The follow-up link of an e-mail, as a path."""
    return "/rejoindre/suivi/" + mail["body"].split("/rejoindre/suivi/")[1].split()[0]


def token_of(mail: dict[str, str]) -> str:
    """The secret part of its link."""
    return link_of(mail).split("/")[-2]
