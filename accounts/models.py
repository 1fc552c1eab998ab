"""People who sign in, and the single-use links that prove an e-mail address."""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from accounts.access import GRANTS, Permission, Role
from accounts.factors.models import FactorProof, RecoveryCode, SecondFactor
from accounts.notifications import NotificationChoice
from accounts.querysets import EmailProofQuerySet, SavedViewQuerySet, UserQuerySet
from accounts.sessions import Session
from foundation import clock
from foundation.search import search_key

__all__ = [
    "EmailProof",
    "FactorProof",
    "NotificationChoice",
    "RecoveryCode",
    "SavedView",
    "SecondFactor",
    "Session",
    "User",
]

PORTAL_EMAIL = "portail@portail.invalid"  # a reserved domain: nothing can ever be sent to it


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Creates accounts; e-mail addresses are compared without case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A new active account; without password nobody can sign in to it."""
        user: User = self.model(email=self.normalize(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        user: User = self.get(email=self.normalize(username or ""))
        return user

    def portal(self) -> User:
        """The portal's own hand: author of scheduled acts, can never sign in."""
        user: User
        user, _ = self.get_or_create(
            email=PORTAL_EMAIL,
            defaults={
                "first_name": "Portail",
                "last_name": "CPTS",
                "is_system": True,
                "is_active": False,
                "password": "!",
            },
        )
        return user

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
    search_name = models.CharField("texte de recherche", max_length=210, blank=True)
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
        indexes = [models.Index(fields=["last_name", "first_name", "id"], name="accounts_by_name")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="accounts_user_email_lower_case"
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_name = search_key(f"{self.first_name} {self.last_name}")[:210]
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_name"}
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email

    @cached_property
    def current_assignments(self) -> list[Any]:
        """Where this person works today: one query a request, read by every check.

        Rows of `territories.Assignment`, an app to the right, hence not named here.
        """
        return list(self.assignments.current().with_scope().order_by("pk"))

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
        INVITATION = "invitation", "compte créé par l’administration"
        RESET_PASSWORD = "reset_password", "nouveau mot de passe"

    email = models.EmailField("adresse électronique", max_length=254)
    purpose = models.CharField("objet", max_length=20, choices=Purpose)
    # Only the hash is stored: a leaked backup opens no account (quality.md). The link itself is
    # drawn when the e-mail leaves, so that it never rests in the queue of work either.
    token_sha256 = models.CharField(
        "empreinte du lien", max_length=64, unique=True, null=True, blank=True
    )
    payload = models.JSONField("contenu", default=dict)
    created_at = models.DateTimeField("demandé le", default=clock.now, editable=False)
    expires_at = models.DateTimeField("valable jusqu’au")
    used_at = models.DateTimeField("utilisé le", null=True, blank=True)

    objects: ClassVar[EmailProofQuerySet] = EmailProofQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "lien de preuve d’adresse"
        verbose_name_plural = "liens de preuve d’adresse"
        indexes = [models.Index(fields=["email", "created_at"], name="accounts_proof_by_email")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} – {self.email}"


class SavedView(models.Model):
    """The criteria of a filtered list under a name: what a person looks at every morning."""

    uuid = models.UUIDField("identifiant public", default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="saved_views", verbose_name="compte"
    )
    name = models.CharField("nom", max_length=60)
    # « etape=letter&tour=ars »: only criteria that the list knew when it was saved.
    query = models.CharField("critères", max_length=500)
    is_default = models.BooleanField("vue par défaut", default=False)
    created_at = models.DateTimeField("enregistrée le", default=clock.now, editable=False)

    objects: ClassVar[SavedViewQuerySet] = SavedViewQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "vue enregistrée"
        verbose_name_plural = "vues enregistrées"
        ordering = ["user", "name"]
        constraints = [
            models.UniqueConstraint("user", Lower("name"), name="accounts_view_one_a_name"),
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(is_default=True),
                name="accounts_view_one_default",
            ),
            models.CheckConstraint(
                condition=~models.Q(name="") & ~models.Q(query=""), name="accounts_view_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return self.name
