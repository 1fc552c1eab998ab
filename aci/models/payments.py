"""What is to be paid of a contract, and the orders that pay it."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from aci.mission_codes import MissionCode, Part
from aci.models.contract import Contract
from aci.models.identity import BankAccount
from aci.models.year import ContractYear
from aci.payments.querysets import (
    PaymentLineQuerySet,
    PaymentOrderItemQuerySet,
    PaymentOrderQuerySet,
    PaymentSlipQuerySet,
)
from aci.payments.schedule import Moment
from aci.payments.workflow import OrderState
from foundation import clock
from territories.models import CpamDistrict


class Funder(models.TextChoices):
    """Who bears a payment."""

    CPAM = "cpam", "Assurance maladie"
    ARS = "ars", "ARS"


class PaymentLine(models.Model):
    """One amount to pay or, negative, to recover. Its amount never changes: a new line comes."""

    class Origin(models.TextChoices):
        GRID = "grid", "barème"
        REGULARISATION = "regularisation", "régularisation"
        OUTSIDE = "outside", "hors barème"

    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="payment_lines", verbose_name="contrat"
    )
    origin = models.CharField("origine", max_length=14, choices=Origin)
    # The revision of the contract year that asks for it; none outside the grid.
    year = models.ForeignKey(
        ContractYear,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="payment_lines",
        verbose_name="année calculée",
    )
    number = models.PositiveSmallIntegerField("année de contrat", null=True, blank=True)
    code = models.CharField(
        "mission",
        max_length=20,
        blank=True,
        choices=[(code.value, code.label) for code in MissionCode],
    )
    part = models.CharField(
        "part", max_length=20, blank=True, choices=[(part.value, part.label) for part in Part]
    )
    moment = models.CharField(
        "moment",
        max_length=10,
        blank=True,
        choices=[(Moment.ADVANCE.value, "avance"), (Moment.BALANCE.value, "solde")],
    )
    label = models.CharField("intitulé", max_length=200)
    due_on = models.DateField("à payer le")
    amount = models.DecimalField("montant", max_digits=12, decimal_places=2)
    # A variable part before the review of its year: shown, never ordered.
    is_forecast = models.BooleanField("prévision", default=False)
    funder = models.CharField("financeur", max_length=4, choices=Funder, default=Funder.CPAM)
    # Outside the grid: which aid, who decided, when, why.
    aid = models.CharField("aide hors barème", max_length=40, blank=True)
    decided_on = models.DateField("décidé le", null=True, blank=True)
    reason = models.CharField("motif", max_length=500, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="inscrit par",
    )
    created_at = models.DateTimeField("inscrit le", default=clock.now, editable=False)
    cancelled_at = models.DateTimeField("retirée le", null=True, blank=True)
    replaced_by = models.ForeignKey(
        ContractYear,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="remplacé par la révision",
    )

    objects: ClassVar[PaymentLineQuerySet] = PaymentLineQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "ligne à payer"
        verbose_name_plural = "lignes à payer"
        ordering = ["contract", "due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "number", "code", "part", "moment"],
                condition=Q(origin="grid", replaced_by=None),
                name="aci_payment_line_once",
            ),
            models.UniqueConstraint(
                fields=["year", "code", "part", "moment"],
                condition=Q(origin="regularisation"),
                name="aci_payment_regularised_once",
            ),
            models.CheckConstraint(
                condition=~Q(amount=Decimal(0)), name="aci_payment_line_of_something"
            ),
            models.CheckConstraint(
                condition=(
                    Q(origin="outside", year=None, number=None, decided_on__isnull=False)
                    & ~Q(reason="")
                    & ~Q(aid="")
                )
                | (
                    Q(origin__in=["grid", "regularisation"], year__isnull=False)
                    & Q(number__isnull=False)
                    & ~Q(code="")
                ),
                name="aci_payment_line_says_why",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_on", "contract"], name="aci_payment_line_by_day")
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} – {self.label}"


class PaymentSlip(models.Model):
    """Approved orders of one fund handed to its accountants together."""

    public_id = models.UUIDField("identifiant public", default=uuid.uuid4, unique=True)
    cpam_district = models.ForeignKey(
        CpamDistrict,
        on_delete=models.PROTECT,
        related_name="payment_slips",
        verbose_name="circonscription de CPAM",
    )
    number = models.PositiveIntegerField("numéro")
    sent_at = models.DateTimeField("transmis le", default=clock.now)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="par"
    )

    objects: ClassVar[PaymentSlipQuerySet] = PaymentSlipQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "bordereau de paiement"
        verbose_name_plural = "bordereaux de paiement"
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["cpam_district", "number"], name="aci_slip_number_once")
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("aci:payment_slip", args=[self.public_id])

    @property
    def reference(self) -> str:
        return f"BP-{self.cpam_district_id}-{self.number:04}"


class PaymentOrder(models.Model):
    """An order to pay or to recover lines of one contract, prepared then approved by two people."""

    public_id = models.UUIDField("identifiant public", default=uuid.uuid4, unique=True)
    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="payment_orders", verbose_name="contrat"
    )
    number = models.PositiveSmallIntegerField("numéro")
    state = models.CharField("état", max_length=10, choices=OrderState, default=OrderState.PREPARED)
    funder = models.CharField("financeur", max_length=4, choices=Funder)
    total = models.DecimalField("total", max_digits=12, decimal_places=2)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="préparé par",
    )
    prepared_at = models.DateTimeField("préparé le", default=clock.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="approuvé ou refusé par",
    )
    decided_at = models.DateTimeField("approuvé ou refusé le", null=True, blank=True)
    reason = models.CharField("motif du refus", max_length=1000, blank=True)
    # The account in use when it was approved; one that replaces it later changes nothing here.
    account = models.ForeignKey(
        BankAccount,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="payment_orders",
        verbose_name="compte bancaire",
    )
    slip = models.ForeignKey(
        PaymentSlip,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name="bordereau",
    )
    paid_on = models.DateField("versé le", null=True, blank=True)

    objects: ClassVar[PaymentOrderQuerySet] = PaymentOrderQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "ordre de paiement"
        verbose_name_plural = "ordres de paiement"
        ordering = ["contract", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "number"], name="aci_payment_order_number_once"
            ),
            models.CheckConstraint(
                # Two people: whoever prepared an order never decides on it.
                condition=Q(state__in=["prepared", "withdrawn"], decided_by=None, decided_at=None)
                | (
                    Q(
                        state__in=["approved", "refused", "sent", "paid"],
                        decided_by__isnull=False,
                        decided_at__isnull=False,
                    )
                    & ~Q(decided_by=F("prepared_by"))
                ),
                name="aci_payment_order_by_two_people",
            ),
            models.CheckConstraint(
                condition=Q(account=None) | Q(state__in=["approved", "sent", "paid"]),
                name="aci_payment_order_account_once_approved",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""),
                name="aci_payment_order_refused_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["sent", "paid"], slip__isnull=False)
                | Q(state__in=["prepared", "approved", "refused", "withdrawn"], slip=None),
                name="aci_payment_order_sent_on_a_slip",
            ),
            models.CheckConstraint(
                condition=Q(state="paid", paid_on__isnull=False)
                | (~Q(state="paid") & Q(paid_on=None)),
                name="aci_payment_order_paid_on_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(total=Decimal(0)), name="aci_payment_order_of_something"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("aci:payment_order", args=[self.contract.cpts.reference, self.public_id])

    @property
    def reference(self) -> str:
        return f"OP-{self.contract.reference.removeprefix('ACI-')}-{self.number}"

    @property
    def is_recovery(self) -> bool:
        return self.total < 0

    @property
    def absolute_total(self) -> Decimal:
        return abs(self.total)

    @property
    def kind_label(self) -> str:
        return "Ordre de récupération" if self.is_recovery else "Ordre de paiement"


class PaymentOrderItem(models.Model):
    """A line in an order; a refused or withdrawn order releases it. One order holds it at most."""

    order = models.ForeignKey(
        PaymentOrder, on_delete=models.PROTECT, related_name="items", verbose_name="ordre"
    )
    line = models.ForeignKey(
        PaymentLine, on_delete=models.PROTECT, related_name="items", verbose_name="ligne"
    )
    amount = models.DecimalField("montant", max_digits=12, decimal_places=2)
    released_at = models.DateTimeField("libérée le", null=True, blank=True)

    objects: ClassVar[PaymentOrderItemQuerySet] = PaymentOrderItemQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "ligne d’ordre de paiement"
        verbose_name_plural = "lignes d’ordre de paiement"
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(released_at=None),
                name="aci_payment_line_paid_by_one_order",
            ),
            models.UniqueConstraint(
                fields=["order", "line"], name="aci_payment_line_once_an_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} – {self.line_id}"
