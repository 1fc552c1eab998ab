"""A second factor, its recovery codes, and each time a person proved their identity with them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, ClassVar

import pyotp
from django.conf import settings
from django.db import models

from accounts.factors import secrets
from foundation import clock

STEP_SECONDS = 30
# A proof serves a quarter of an hour: time to read, sign and pay, not to leave the desk.
RECENT = dt.timedelta(minutes=15)


class SecondFactorQuerySet(models.QuerySet["SecondFactor"]):
    """Named filters."""

    def visible_to(self, user: Any) -> SecondFactorQuerySet:
        """One's own; nobody sees another's."""
        return self.filter(user=user)


class SecondFactor(models.Model):
    """The secret that a person's telephone also knows; one a person."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="second_factor",
        verbose_name="compte",
    )
    # Named by the proofs, which outlive it.
    uuid = models.UUIDField("identifiant", default=uuid.uuid4, unique=True, editable=False)
    secret = models.CharField("secret chiffré", max_length=255)
    enrolled_at = models.DateTimeField("enregistré le", default=clock.now)
    # Six digits are guessed by insisting: a few failures, then a wait.
    failures = models.PositiveSmallIntegerField("échecs à la suite", default=0)
    locked_until = models.DateTimeField("bloqué jusqu’à", null=True, blank=True)

    objects: ClassVar[SecondFactorQuerySet] = SecondFactorQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "second facteur"
        verbose_name_plural = "seconds facteurs"

    def __str__(self) -> str:
        return f"Second facteur de {self.user_id}"

    @property
    def codes(self) -> pyotp.TOTP:
        """The one-time codes of this factor (RFC 6238)."""
        return pyotp.TOTP(secrets.unseal(self.secret), interval=STEP_SECONDS)

    @property
    def is_locked(self) -> bool:
        return self.locked_until is not None and self.locked_until > clock.now()


class RecoveryCode(models.Model):
    """Replaces the telephone once."""

    factor = models.ForeignKey(
        SecondFactor,
        on_delete=models.CASCADE,
        related_name="recovery_codes",
        verbose_name="second facteur",
    )
    mark = models.CharField("empreinte du code", max_length=64)
    used_at = models.DateTimeField("utilisé le", null=True, blank=True)

    class Meta:
        verbose_name = "code de secours"
        verbose_name_plural = "codes de secours"
        constraints = [
            models.UniqueConstraint(fields=["factor", "mark"], name="accounts_recovery_code_once")
        ]

    def __str__(self) -> str:
        return f"Code de secours de {self.factor_id}"


class FactorProofQuerySet(models.QuerySet["FactorProof"]):
    """Named filters."""

    def recent(self) -> FactorProofQuerySet:
        """Those that still serve."""
        return self.filter(at__gt=clock.now() - RECENT, at__lte=clock.now())

    def of_factor(self, factor: uuid.UUID) -> FactorProofQuerySet:
        """Those given by the codes of one telephone."""
        return self.filter(factor=factor, counter__isnull=False)


class FactorProof(models.Model):
    """A person proved their identity at that moment: kept as long as what it served for."""

    class Method(models.TextChoices):
        CODE = "code", "code à usage unique"
        RECOVERY = "recovery", "code de secours"

    uuid = models.UUIDField("identifiant", default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="factor_proofs",
        verbose_name="compte",
    )
    method = models.CharField("moyen", max_length=10, choices=Method)
    at = models.DateTimeField("le", default=clock.now)
    # Which code of which telephone: none serves twice.
    factor = models.UUIDField("second facteur")
    counter = models.PositiveBigIntegerField("rang du code", null=True, blank=True)
    # How the session itself was opened: when, on which device.
    sign_in = models.JSONField("connexion", default=dict)

    objects: ClassVar[FactorProofQuerySet] = FactorProofQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "preuve d’identité"
        verbose_name_plural = "preuves d’identité"
        constraints = [
            models.UniqueConstraint(
                fields=["factor", "counter"], name="accounts_one_time_code_once"
            ),
            models.CheckConstraint(
                condition=models.Q(method="code", counter__isnull=False)
                | models.Q(method="recovery", counter=None),
                name="accounts_proof_by_code_has_counter",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} – {self.get_method_display()} – {self.at}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("A proof of identity is never changed.")
        super().save(*args, **kwargs)

    def is_recent_for(self, user: Any) -> bool:
        """Whether it still serves, for the person who gave it and nobody else."""
        return self.user_id == user.pk and self.at <= clock.now() < self.at + RECENT

    def as_evidence(self) -> dict[str, Any]:
        """What an act keeps of it."""
        local = self.at.astimezone(clock.PARIS)
        words = f"{self.get_method_display()} à {local.hour}\u00a0h\u00a0{local.minute:02d}"
        return {
            "proof": str(self.uuid),
            "method": f"Identité : compte personnel et second facteur ({words})",
            "by": self.method,
            "factor": str(self.factor),
            "proven_at": local.isoformat(),
            "signed_in_at": self.sign_in.get("at", ""),
            "device": self.sign_in.get("device", ""),
        }
