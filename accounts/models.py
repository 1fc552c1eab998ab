"""People who sign in, and the single-use links that prove an e-mail address."""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import make_password
from django.db import models
from django.db.models.functions import Lower

from accounts.access import GRANTS, Permission, Role
from foundation import clock

if TYPE_CHECKING:
    from territories.models import Assignment  # the reverse side of a left-to-right relation

# « .invalid » never receives mail (RFC 2606): nobody can prove it, nor take the account.
PORTAL_EMAIL = "portail@cpts.invalid"


class UserManager(BaseUserManager["User"]):
    """Creates accounts; e-mail addresses are compared without case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A new active account; without password nobody can sign in to it."""
        user = self.model(email=self.normalize(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=self.normalize(username or ""))

    def portal(self) -> User:
        """The portal's own account: author of scheduled acts and of what anonymous visitors ask."""
        defaults = {
            "first_name": "Portail",
            "last_name": "CPTS",
            "password": make_password(None),
            "is_active": False,
            "is_system": True,
        }
        account, _ = self.get_or_create(email=PORTAL_EMAIL, defaults=defaults)
        return account

    @staticmethod
    def normalize(email: str) -> str:
        """The stored form of an address: trimmed, lower case."""
        return email.strip().lower()


class User(AbstractBaseUser):
    """One person. What they may do comes only from their dated assignments (territories)."""

    uuid = models.UUIDField("identifiant public", default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(
        "adresse électronique",
        max_length=254,
        unique=True,
        error_messages={"unique": "Un compte existe déjà avec cette adresse électronique."},
    )
    first_name = models.CharField("prénom", max_length=100)
    last_name = models.CharField("nom", max_length=100)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    is_active = models.BooleanField("compte actif", default=True)
    # The portal's own hand (scheduled tasks): named in the journal, can never sign in.
    is_system = models.BooleanField("compte du portail", default=False)
    created_at = models.DateTimeField("créé le", default=clock.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["first_name", "last_name"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = "compte"
        verbose_name_plural = "comptes"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="accounts_user_email_lower_case"
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email

    @cached_property
    def current_assignments(self) -> list[Assignment]:
        """Where this person works today: one query a request, read by every check."""
        return list(self.assignments.current().with_scope())  # type: ignore[attr-defined]

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held today, whatever the scope."""
        return frozenset(Role(assignment.role) for assignment in self.current_assignments)

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """What the roles grant together: good for menus, never for a given file."""
        return frozenset().union(*(GRANTS[role] for role in self.roles))


class EmailProof(models.Model):
    """A single-use link sent to an address: whoever opens it reads that mail box."""

    class Purpose(models.TextChoices):
        OPEN_ACCOUNT = "open_account", "ouverture de compte"
        RESET_PASSWORD = "reset_password", "nouveau mot de passe"

    email = models.EmailField("adresse électronique", max_length=254)
    purpose = models.CharField("objet", max_length=20, choices=Purpose)
    # Only the hash is stored: a leaked backup opens no account (quality.md).
    token_sha256 = models.CharField("empreinte du lien", max_length=64, unique=True)
    payload = models.JSONField("contenu", default=dict)
    created_at = models.DateTimeField("envoyé le", default=clock.now, editable=False)
    expires_at = models.DateTimeField("valable jusqu’au")
    used_at = models.DateTimeField("utilisé le", null=True, blank=True)

    class Meta:
        verbose_name = "lien de preuve d’adresse"
        verbose_name_plural = "liens de preuve d’adresse"

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} – {self.email}"
