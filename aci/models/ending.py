"""The end of a contract before its term: who asks, who agrees, what is written, the letters."""

from __future__ import annotations

import datetime as dt
import uuid
from functools import cached_property
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from aci.ending_querysets import ContractLetterQuerySet, TerminationQuerySet
from aci.models.contract import Contract
from aci.parties import Party
from foundation import clock
from foundation.dates import format_date
from projects.letter_kinds import LetterKind
from projects.models import LetterTemplate
from records.models import Job, StoredFile


class ContractLetter(models.Model):
    """A letter about a contract: what it says is kept with the act, its PDF follows, for ever."""

    uuid = models.UUIDField("identifiant", default=uuid.uuid4, unique=True, editable=False)
    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="letters", verbose_name="contrat"
    )
    kind = models.CharField("nature", max_length=24, choices=LetterKind)
    reference = models.CharField("référence", max_length=60, unique=True)
    template = models.ForeignKey(
        LetterTemplate,
        on_delete=models.PROTECT,
        related_name="contract_letters",
        verbose_name="modèle de courrier",
    )
    dated = models.DateField("daté du")
    # Everything the letter prints: the same inputs give the same bytes.
    inputs = models.JSONField("contenu")
    inputs_sha256 = models.CharField("empreinte du contenu", max_length=64)
    job = models.ForeignKey(
        Job,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="travail",
    )
    file = models.OneToOneField(
        StoredFile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="fichier",
    )
    sha256 = models.CharField("empreinte du fichier", max_length=64, blank=True)
    made_at = models.DateTimeField("produit le", null=True, blank=True)

    objects: ClassVar[ContractLetterQuerySet] = ContractLetterQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "courrier du contrat"
        verbose_name_plural = "courriers du contrat"
        ordering = ["contract", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(file=None, sha256="", made_at=None)
                | (Q(file__isnull=False, made_at__isnull=False) & ~Q(sha256="")),
                name="aci_letter_made_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reference}"

    @property
    def label(self) -> str:
        """« Notification de résiliation du contrat du 3 mars 2026 »."""
        return f"{self.get_kind_display()} du {format_date(self.dated)}"

    @property
    def is_made(self) -> bool:
        return self.file_id is not None

    @property
    def has_failed(self) -> bool:
        """Every attempt ended badly: somebody must ask again."""
        return not self.is_made and self.job is not None and self.job.state == Job.State.FAILED

    @property
    def stored(self) -> StoredFile:
        """The file; asking for it before it is made is a mistake of the caller."""
        if self.file is None:
            raise LookupError(f"{self} has no file yet.")
        return self.file


class Termination(models.Model):
    """One procedure to end a contract before its term, from who asks to what is decided."""

    class Origin(models.TextChoices):
        INSTITUTIONS = "institutions", "ARS et CPAM"
        CPTS = "cpts", "CPTS"

    class Outcome(models.TextChoices):
        TERMINATE = "terminate", "résilier le contrat"
        GIVE_UP = "give_up", "renoncer à la résiliation"

    class Close(models.TextChoices):
        TERMINATED = "terminated", "contrat résilié"
        GIVEN_UP = "given_up", "résiliation abandonnée par l’ARS et la CPAM"
        DROPPED = "dropped", "demande abandonnée avant notification"
        WITHDRAWN = "withdrawn", "préavis retiré par la CPTS"
        LAPSED = "lapsed", "sans objet, le contrat étant arrivé à échéance"

    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="terminations", verbose_name="contrat"
    )
    number = models.PositiveSmallIntegerField("numéro")
    origin = models.CharField("à l’initiative de", max_length=12, choices=Origin)
    reason = models.TextField("motifs")
    asked_at = models.DateTimeField("demandée le", default=clock.now)
    notified_on = models.DateField("notifiée le", null=True, blank=True)
    # Both are kept as the delays were on the day of the notification.
    observations_until = models.DateField("observations jusqu’au", null=True, blank=True)
    earliest_end = models.DateField("fin au plus tôt le", null=True, blank=True)
    # Proposed by one institution, then decided with the accord of the other.
    outcome = models.CharField("décision", max_length=10, choices=Outcome, blank=True)
    ended_on = models.DateField("fin du contrat le", null=True, blank=True)
    decision_reason = models.TextField("motifs de la décision", blank=True)
    decided_on = models.DateField("décidée le", null=True, blank=True)
    closed_on = models.DateField("close le", null=True, blank=True)
    closed_as = models.CharField("issue", max_length=10, choices=Close, blank=True)
    notice_letter = models.OneToOneField(
        ContractLetter,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="courrier de notification",
    )
    decision_letter = models.OneToOneField(
        ContractLetter,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="courrier de décision",
    )

    objects: ClassVar[TerminationQuerySet] = TerminationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "résiliation"
        verbose_name_plural = "résiliations"
        ordering = ["contract", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "number"], name="aci_termination_number_once"
            ),
            models.UniqueConstraint(
                fields=["contract"],
                condition=Q(closed_on=None),
                name="aci_termination_one_under_way",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="aci_termination_has_a_reason"),
            models.CheckConstraint(
                condition=Q(notified_on=None, observations_until=None, earliest_end=None)
                | Q(
                    notified_on__isnull=False,
                    observations_until__gte=models.F("notified_on"),
                    earliest_end__gt=models.F("observations_until"),
                ),
                name="aci_termination_delays_in_order",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", ended_on=None, decided_on=None)
                | Q(outcome="give_up", ended_on=None)
                | Q(outcome="terminate", ended_on__gte=models.F("earliest_end")),
                name="aci_termination_dated_when_it_ends",
            ),
            models.CheckConstraint(
                condition=Q(decided_on=None)
                | (
                    Q(decided_on__gt=models.F("observations_until"))
                    & ~Q(outcome="")
                    & ~Q(decision_reason="")
                ),
                name="aci_termination_decided_once_heard",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None, closed_as="")
                | (Q(closed_on__isnull=False) & ~Q(closed_as="")),
                name="aci_termination_closed_with_an_issue",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} – résiliation {self.number}"

    @property
    def is_notice_of_cpts(self) -> bool:
        return self.origin == self.Origin.CPTS

    @property
    def is_decided(self) -> bool:
        return self.decided_on is not None

    @property
    def is_closed(self) -> bool:
        return self.closed_on is not None

    @property
    def gives_up(self) -> bool:
        return self.outcome == self.Outcome.GIVE_UP

    def hears(self, party: Party) -> bool:
        """Whether this party is on the other side."""
        return (party == Party.CPTS) is not self.is_notice_of_cpts

    @cached_property
    def standing(self) -> list[TerminationAct]:
        """The acts that still hold, oldest first."""
        return [one for one in self.acts.all() if one.voided_at is None]

    @property
    def notices(self) -> list[TerminationAct]:
        """Who asked, then who agreed."""
        return [one for one in self.standing if one.act == TerminationAct.Act.NOTICE]

    @property
    def observations(self) -> list[TerminationAct]:
        return [one for one in self.standing if one.act == TerminationAct.Act.OBSERVATION]

    @property
    def decisions(self) -> list[TerminationAct]:
        return [one for one in self.standing if one.act == TerminationAct.Act.DECISION]

    @property
    def letters(self) -> list[ContractLetter]:
        return [one for one in (self.notice_letter, self.decision_letter) if one]

    def agreed(self, act: str) -> set[str]:
        """The parties whose accord holds for the notification, or for the decision."""
        return {one.party for one in self.standing if one.act == act}

    @property
    def awaited(self) -> Party | None:
        """The institution whose accord is missing on what the other one proposes."""
        act = "decision" if self.notified_on else "notice"
        agreed = self.agreed(act)
        if self.is_closed or self.is_decided or not agreed or agreed == {Party.CPTS}:
            return None
        return next((party for party in (Party.ARS, Party.CPAM) if party not in agreed), None)

    @property
    def deadline(self) -> tuple[dt.date, str] | None:
        """The next day that counts for the parties."""
        if self.is_decided and self.ended_on:
            return self.ended_on, "Fin du contrat, résilié"
        if self.observations_until and self.observations_until >= clock.today():
            return self.observations_until, "Fin des observations sur la résiliation"
        return None

    @property
    def mark(self) -> str:
        """What a page showed of the proposal: another one asks to be read again."""
        day = self.ended_on.isoformat() if self.ended_on else ""
        return f"{self.number}/{self.outcome}/{day}"


class TerminationAct(models.Model):
    """What a party does in the procedure: asks or agrees, writes observations, decides."""

    class Act(models.TextChoices):
        NOTICE = "notice", "notification"
        OBSERVATION = "observation", "observations"
        DECISION = "decision", "décision"

    termination = models.ForeignKey(
        Termination, on_delete=models.PROTECT, related_name="acts", verbose_name="résiliation"
    )
    act = models.CharField("acte", max_length=11, choices=Act)
    party = models.CharField("partie", max_length=4, choices=Party)
    text = models.TextField("observations", blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="par"
    )
    # Name and quality as they were on the day.
    name = models.CharField("nom", max_length=210)
    role = models.CharField("qualité", max_length=80)
    at = models.DateTimeField("le", default=clock.now)
    # A decision that gives way to another proposal.
    voided_at = models.DateTimeField("remplacé le", null=True, blank=True)

    class Meta:
        verbose_name = "acte de résiliation"
        verbose_name_plural = "actes de résiliation"
        ordering = ["termination", "at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["termination", "act", "party"],
                condition=Q(voided_at=None) & ~Q(act="observation"),
                name="aci_termination_once_for_a_party",
            ),
            models.UniqueConstraint(
                fields=["termination", "act", "user"],
                condition=Q(voided_at=None) & ~Q(act="observation"),
                name="aci_termination_nobody_for_two_parties",
            ),
            models.CheckConstraint(
                condition=(Q(act="observation") & ~Q(text=""))
                | (~Q(act="observation") & Q(text="")),
                name="aci_termination_observations_say_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.termination_id} – {self.get_act_display()} – {self.name}"
