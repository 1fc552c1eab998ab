"""What is not kept for ever: keys of forms, links, closed sessions, e-mails sent long ago.

The business journal is: it follows the contract (CNIL). These rows only serve the moment.
"""

import datetime as dt

from accounts.models import EmailProof
from accounts.sessions import SessionStore
from foundation import clock
from records.models import IdempotencyKey, Job, Notice

KEEP_KEYS = dt.timedelta(days=7)
KEEP_LINKS = dt.timedelta(days=30)
KEEP_EMAILS = dt.timedelta(days=365)  # technical traces: six to twelve months


def forget() -> None:
    """Run daily. Safe to run twice."""
    now = clock.now()
    SessionStore.clear_expired()
    IdempotencyKey.objects.filter(created_at__lt=now - KEEP_KEYS).delete()
    EmailProof.objects.filter(expires_at__lt=now - KEEP_LINKS).delete()
    Job.objects.emails_finished_before(now - KEEP_EMAILS).delete()
    Notice.objects.filter(noticed_at__lt=now - KEEP_EMAILS).delete()
