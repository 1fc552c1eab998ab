"""Acts on accounts: prove an address, choose a password, end sessions."""

import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Mapping

from django.db import transaction

from accounts.models import EmailProof, NotificationChoice, Session, User
from accounts.notifications import ALWAYS_TOLD, Event, Pace
from accounts.signals import account_changed, link_asked
from foundation import clock
from foundation.refusal import Refused

LINK_LIFETIME = dt.timedelta(hours=24)
# A stranger's mail box must not be filled from our form; the answer on screen stays the same.
MAX_LINKS = 3
MAX_LINKS_WITHIN = dt.timedelta(hours=1)

LINK_IS_OVER = "Ce lien n’est plus valable : il sert une seule fois, pendant 24 heures."


@transaction.atomic
def ask_account(*, email: str, first_name: str, last_name: str) -> None:
    """Send a link that opens an account; to an address that has one, a link to its password.

    Nothing tells the asker which of the two was sent, nor whether anything was.
    """
    known = User.objects.filter(email=User.objects.normalize(email)).first()
    if known is None:
        names = {"first_name": first_name, "last_name": last_name}
        _ask_link(email, EmailProof.Purpose.OPEN_ACCOUNT, names)
    elif known.is_active:
        _ask_link(email, EmailProof.Purpose.RESET_PASSWORD, {"asked_account": True})


@transaction.atomic
def ask_password(*, email: str) -> None:
    """Send a link to choose a new password, if the address has an account."""
    if User.objects.filter(email=User.objects.normalize(email), is_active=True).exists():
        _ask_link(email, EmailProof.Purpose.RESET_PASSWORD, {"asked_account": False})


def invite(user: User) -> None:
    """Send its first link to an account that the administration has created."""
    _ask_link(user.email, EmailProof.Purpose.INVITATION, {})


def issue_link(proof: EmailProof) -> str:
    """Draw the token at the moment the e-mail leaves; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    proof.token_sha256 = hashlib.sha256(token.encode()).hexdigest()
    proof.save(update_fields=["token_sha256"])
    return token


def bearer_of(proof: EmailProof) -> User:
    """The account a link leads to; not saved yet when the link opens it."""
    known = User.objects.filter(email=proof.email).first()
    return known or User(
        email=proof.email,
        first_name=proof.payload.get("first_name", ""),
        last_name=proof.payload.get("last_name", ""),
    )


@transaction.atomic
def choose_password(*, token: str, password: str) -> User:
    """Use the link: the account exists from now on, with this password and no other session."""
    proof = EmailProof.objects.usable(token).select_for_update(of=("self",)).first()
    if proof is None:
        raise Refused(LINK_IS_OVER)
    user = bearer_of(proof)
    if not user.is_active:
        raise Refused(LINK_IS_OVER)
    is_new = user.pk is None
    user.set_password(password)
    user.save()
    # All the links still waiting for this address fall with the one that served.
    EmailProof.objects.filter(email=proof.email, used_at=None).update(used_at=clock.now())
    user.sessions.all().delete()
    verb, sentence = (
        ("open_account", f"Ouverture du compte de {user}")
        if is_new
        else ("choose_password", f"Nouveau mot de passe de {user}")
    )
    account_changed.send(User, user=user, verb=verb, sentence=sentence)
    return user


@transaction.atomic
def change_password(user: User, *, password: str) -> None:
    """A new password chosen by its owner, who proved the old one: the sessions open end."""
    user.set_password(password)
    user.save(update_fields=["password"])
    user.sessions.all().delete()
    account_changed.send(
        User, user=user, verb="change_password", sentence=f"Nouveau mot de passe de {user}"
    )


def end_session(user: User, *, public_id: uuid.UUID) -> None:
    """Sign out one of one's own browsers."""
    Session.listed.visible_to(user).filter(public_id=public_id).delete()


@transaction.atomic
def deactivate(user: User) -> None:
    """Nobody signs in any more. The password goes too: an old session must not come back."""
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    user.sessions.all().delete()


@transaction.atomic
def reactivate(user: User) -> None:
    """Open the account again: its owner chooses a new password by a link."""
    user.is_active = True
    user.save(update_fields=["is_active"])
    invite(user)


def _ask_link(email: str, purpose: EmailProof.Purpose, payload: Mapping[str, object]) -> None:
    email = User.objects.normalize(email)
    recent = EmailProof.objects.filter(
        email=email, created_at__gt=clock.now() - MAX_LINKS_WITHIN
    ).count()
    if recent >= MAX_LINKS:
        return
    proof = EmailProof.objects.create(
        email=email, purpose=purpose, payload=dict(payload), expires_at=clock.now() + LINK_LIFETIME
    )
    link_asked.send(EmailProof, proof=proof)


@transaction.atomic
def choose_paces(*, paces: Mapping[str, str], by: User) -> None:
    """When this person wants to be told of each kind of event; legal acts are always told."""
    if any(paces.get(event) == Pace.NEVER for event in ALWAYS_TOLD):
        raise Refused("Les actes du dossier vous sont toujours envoyés.")
    NotificationChoice.objects.bulk_create(
        [NotificationChoice(user=by, event=Event(key), pace=Pace(paces[key])) for key in paces],
        update_conflicts=True,
        update_fields=["pace"],
        unique_fields=["user", "event"],
    )
