"""Who contracts: the bank account of the CPTS, and who signs for each party of one contract."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from aci.bank_workflow import BankState
from aci.identity_querysets import BankAccountQuerySet
from aci.models.contract import Contract
from aci.parties import Party
from aci.querysets import WrittenInTurnQuerySet
from foundation import clock
from foundation.dates import format_date
from territories.models import Cpts


class BankAccount(models.Model):
    """Where a CPTS is paid: proposed by one person, in use once another has confirmed it."""

    uuid = models.UUIDField("identifiant", default=uuid.uuid4, unique=True, editable=False)
    cpts = models.ForeignKey(
        Cpts, on_delete=models.PROTECT, related_name="bank_accounts", verbose_name="CPTS"
    )
    holder = models.CharField("titulaire", max_length=150)
    iban = models.CharField("IBAN", max_length=34)
    # Empty on the accounts that were given before it was asked for.
    bic = models.CharField("BIC", max_length=11, blank=True)
    state = models.CharField("état", max_length=8, choices=BankState, default=BankState.PROPOSED)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="proposé par",
    )
    proposed_at = models.DateTimeField("proposé le", default=clock.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="confirmé ou refusé par",
    )
    decided_at = models.DateTimeField("confirmé ou refusé le", null=True, blank=True)
    reason = models.CharField("motif", max_length=300, blank=True)

    objects: ClassVar[BankAccountQuerySet] = BankAccountQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "compte bancaire"
        verbose_name_plural = "comptes bancaires"
        ordering = ["cpts", "-proposed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["cpts"], condition=Q(state="proposed"), name="aci_bank_one_proposed"
            ),
            models.UniqueConstraint(
                fields=["cpts"], condition=Q(state="in_use"), name="aci_bank_one_in_use"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by=None, decided_at=None)
                | (~Q(state="proposed") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="aci_bank_decided_by_somebody",
            ),
            models.CheckConstraint(
                # A refusal may come from its own author, who made a mistake; a confirmation never.
                condition=Q(state__in=["proposed", "refused"]) | ~Q(decided_by=F("proposed_by")),
                name="aci_bank_needs_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cpts_id} – {self.masked}"

    @property
    def masked(self) -> str:
        """« FR76 •••• •••• 0189 »: enough to recognise it, not to use it."""
        return f"{self.iban[:4]} •••• •••• {self.iban[-4:]}"

    @property
    def in_fours(self) -> str:
        """As banks print it."""
        return " ".join(self.iban[start : start + 4] for start in range(0, len(self.iban), 4))

    @property
    def whole(self) -> str:
        """For those who pay or are paid: « FR76 3000 … 189, BIC EXEMFRPPXXX »."""
        return f"{self.in_fours}, BIC\u00a0{self.bic}" if self.bic else self.in_fours


class ContractSignatory(models.Model):
    """Who signs for a party of this contract, when it is not simply the person in post."""

    contract = models.ForeignKey(
        Contract, on_delete=models.CASCADE, related_name="signatories", verbose_name="contrat"
    )
    party = models.CharField("partie", max_length=4, choices=Party)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="signataire",
    )
    # Empty: in post. Otherwise the quality of the delegate and the act that gives the power.
    quality = models.CharField("qualité", max_length=120, blank=True)
    delegation = models.CharField("acte de délégation", max_length=120, blank=True)
    delegation_on = models.DateField("délégation du", null=True, blank=True)

    objects: ClassVar[WrittenInTurnQuerySet] = WrittenInTurnQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "signataire désigné"
        verbose_name_plural = "signataires désignés"
        constraints = [
            models.UniqueConstraint(fields=["contract", "party"], name="aci_signatory_one_a_party"),
            models.CheckConstraint(
                condition=Q(delegation="", delegation_on=None)
                | (~Q(delegation="") & ~Q(quality="") & Q(delegation_on__isnull=False)),
                name="aci_signatory_delegation_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} – {self.get_party_display()} – {self.user_id}"

    @property
    def in_words(self) -> str:
        """« directrice adjointe, par délégation (arrêté 12 du 3 mars 2024) »; nothing in post."""
        if not self.delegation_on:
            return self.quality
        day = format_date(self.delegation_on)
        return f"{self.quality}, par délégation ({self.delegation} du {day})"
