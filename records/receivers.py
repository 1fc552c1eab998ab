"""What accounts tell: a link to send, an act for the journal of the portal."""

from typing import Any

from accounts.models import EmailProof, User
from accounts.signals import account_changed, link_asked
from records import journal, mail

PORTAL_DOSSIER = "portail"  # the chain of what belongs to no CPTS


def write_link(proof: EmailProof, **_: Any) -> None:
    """In the transaction of the asker: the work is wanted, or nothing happened."""
    mail.send_link(proof)


def write_account_act(user: User, verb: str, sentence: str, **_: Any) -> None:
    """Accounts come before the journal in the order of imports: they tell, it writes."""
    journal.record(verb, user, by=user, dossier=PORTAL_DOSSIER, sentence=sentence)


def connect() -> None:
    """Called once, when the applications are ready."""
    link_asked.connect(write_link, dispatch_uid="records.write_link")
    account_changed.connect(write_account_act, dispatch_uid="records.write_account_act")
