"""Which e-mails a person wants, and when: at once, once a day, or never."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


class Event(models.TextChoices):
    """What the portal may write about."""

    LEGAL_ACT = "legal_act", "Actes du dossier"
    REVIEW = "review", "Dossiers à instruire"
    MESSAGE = "message", "Messages"
    CONTRACT = "contract", "Négociation du contrat"
    PAYMENT = "payment", "Paiements"
    MISSION = "mission", "Missions"
    MEMBER = "member", "Adhésions"


EVENT_SENTENCES: dict[Event, str] = {
    Event.LEGAL_ACT: (
        "Accusés de réception, pièces demandées, décisions, signature et fin d’un contrat."
    ),
    Event.REVIEW: "Dépôts à vérifier, avis et décisions attendus.",
    Event.MESSAGE: "Messages des parties et notes internes.",
    Event.CONTRACT: "Termes à accepter, contrat renvoyé en négociation.",
    Event.PAYMENT: "Ordres de paiement à approuver, décidés ou versés.",
    Event.MISSION: "Démarrage et déploiement des missions.",
    Event.MEMBER: "Demandes d’adhésion à examiner.",
}


class Pace(models.TextChoices):
    """When an e-mail leaves."""

    NOW = "now", "Tout de suite"
    DAILY = "daily", "Récapitulatif quotidien"
    NEVER = "never", "Jamais"


# An act that opens or closes a delay must reach the person: never silenced.
ALWAYS_TOLD = frozenset({Event.LEGAL_ACT})


def paces_for(event: str) -> list[tuple[str, str]]:
    """The choices offered for an event."""
    return [
        choice for choice in Pace.choices if choice[0] != Pace.NEVER or event not in ALWAYS_TOLD
    ]


class NotificationChoiceQuerySet(models.QuerySet[Any]):
    """What people chose; who chose nothing is told at once."""

    def pace_of(self, user: Any, event: Event) -> Pace:
        """When this person is told of this kind of event."""
        chosen = self.filter(user=user.pk, event=event).values_list("pace", flat=True).first()
        return Pace(chosen) if chosen else Pace.NOW

    def paces_of(self, user: Any) -> dict[str, str]:
        """Event → pace, for every event."""
        chosen = dict(self.filter(user=user.pk).values_list("event", "pace"))
        return {event.value: chosen.get(event.value, Pace.NOW.value) for event in Event}


class NotificationChoice(models.Model):
    """One person, one kind of event, one pace."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name="compte",
    )
    event = models.CharField("événement", max_length=20, choices=Event)
    pace = models.CharField("rythme", max_length=10, choices=Pace)

    objects: ClassVar[NotificationChoiceQuerySet] = NotificationChoiceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "préférence de notification"
        verbose_name_plural = "préférences de notification"
        constraints = [
            models.UniqueConstraint(fields=["user", "event"], name="accounts_one_pace_an_event"),
            models.CheckConstraint(
                condition=~Q(event="legal_act", pace="never"),
                name="accounts_legal_acts_are_always_told",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_event_display()} – {self.get_pace_display()}"
