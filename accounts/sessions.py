"""Sessions kept in the database with their account: people list theirs and end them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from foundation import clock

SIGN_IN_KEY = "sign_in"  # written once at sign-in: {"id": uuid, "at": instant, "device": words}


class SessionQuerySet(models.QuerySet["Session"]):
    """Named filters."""

    def visible_to(self, user: Any) -> SessionQuerySet:
        """One's own open sessions, newest first; nobody sees another's."""
        own = self.filter(user_id=user.pk, expire_date__gt=clock.now())
        return own.order_by("-opened_at")


class Session(AbstractBaseSession):
    """One browser signed in (or an anonymous visitor half-way through a link)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        related_name="sessions",
        verbose_name="compte",
    )
    # Shown in pages in place of the key, which would open the session.
    public_id = models.UUIDField("identifiant public", default=uuid.uuid4)
    device = models.CharField("appareil", max_length=120, blank=True)
    opened_at = models.DateTimeField("ouverte le", default=clock.now)

    listed = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = "session"
        verbose_name_plural = "sessions"
        base_manager_name = "objects"
        default_manager_name = "objects"

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        return SessionStore


class SessionStore(DatabaseStore):
    """Django's database sessions, plus whose they are."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Called at each save: what the list shows is copied out of the session's data."""
        session = cast(Session, super().create_model_instance(data))
        session.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        if about := data.get(SIGN_IN_KEY):
            session.public_id = uuid.UUID(about["id"])
            session.opened_at = dt.datetime.fromisoformat(about["at"])
            session.device = about["device"]
        return session


def describe_sign_in(user_agent: str) -> dict[str, str]:
    """What a new session remembers of its opening, for the list of one's sessions."""
    return {
        "id": str(uuid.uuid4()),
        "at": clock.now().isoformat(),
        "device": device_of(user_agent),
    }


_BROWSERS = {"Firefox/": "Firefox", "Edg/": "Edge", "Chrome/": "Chrome", "Safari/": "Safari"}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


def device_of(user_agent: str) -> str:
    """« Firefox, Windows »: enough to recognise one's own, nothing that identifies a person."""
    browser = next((name for mark, name in _BROWSERS.items() if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS.items() if mark in user_agent), "")
    return ", ".join(filter(None, [browser, system])) or "Navigateur inconnu"
