"""Who sees which payment lines, orders and slips. `visible_to` is the only door of the views."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, Min, OuterRef, Q, Sum

from accounts.access import Permission
from aci.payments.workflow import OrderState
from foundation import clock
from territories.querysets import scope_filter


class PaymentLineQuerySet(models.QuerySet[Any]):
    """Amounts to pay, as the parties of a dossier see them."""

    def visible_to(
        self, user: Any, permission: str = Permission.DOSSIER_SEE
    ) -> PaymentLineQuerySet:
        return self.filter(scope_filter(user, permission, "contract__cpts__"))

    def standing(self) -> PaymentLineQuerySet:
        """Neither replaced by a later revision of the year, nor taken back."""
        return self.filter(replaced_by=None, cancelled_at=None)

    def with_order(self) -> PaymentLineQuerySet:
        """With whether an order holds it (`is_ordered`)."""
        held = apps.get_model("aci", "PaymentOrderItem").objects.filter(
            line=OuterRef("pk"), released_at=None
        )
        marked: PaymentLineQuerySet = self.annotate(is_ordered=Exists(held))
        return marked

    def to_order(self) -> PaymentLineQuerySet:
        """Due today, sure, and held by no order."""
        due = self.standing().filter(is_forecast=False, due_on__lte=clock.today())
        found: PaymentLineQuerySet = due.with_order().filter(is_ordered=False)
        return found.order_by("due_on", "pk")

    def to_order_by_dossier(self) -> PaymentLineQuerySet:
        """One row a dossier: how many lines wait, for how much, since when."""
        rows = self.to_order().order_by()
        grouped: Any = rows.values(
            reference=F("contract__cpts__reference"), name=F("contract__cpts__name")
        ).annotate(
            lines=models.Count("pk"),
            to_pay=Sum("amount", filter=Q(amount__gt=0)),
            to_recover=Sum("amount", filter=Q(amount__lt=0)),
            since=Min("due_on"),
        )
        sorted_rows: PaymentLineQuerySet = grouped.order_by("since", "reference")
        return sorted_rows


class PaymentOrderQuerySet(models.QuerySet[Any]):
    """Orders to pay or to recover."""

    def visible_to(
        self, user: Any, permission: str = Permission.DOSSIER_SEE
    ) -> PaymentOrderQuerySet:
        return self.filter(scope_filter(user, permission, "contract__cpts__"))

    def of_dossier(self, reference: str) -> PaymentOrderQuerySet:
        return self.filter(contract__cpts__reference=reference)

    def with_page(self) -> PaymentOrderQuerySet:
        """With what the pages show around it, in the same query."""
        return self.select_related(
            "contract__cpts__territory",
            "contract__cpts__region",
            "contract__cpts__departement",
            "contract__cpts__cpam_district",
            "prepared_by",
            "decided_by",
            "slip",
            "account",
        )

    def to_approve_by(self, user: Any) -> PaymentOrderQuerySet:
        """« À faire »: prepared by somebody else, for this person to decide."""
        if not user.is_authenticated:
            return self.none()
        waiting = self.visible_to(user, Permission.PAYMENT_APPROVE)
        return waiting.filter(state=OrderState.PREPARED).exclude(prepared_by=user.pk)

    def to_send_by(self, user: Any) -> PaymentOrderQuerySet:
        """Approved, to be handed to the accountants by this person."""
        ready = self.visible_to(user, Permission.PAYMENT_PREPARE)
        return ready.filter(state=OrderState.APPROVED)


class PaymentOrderItemQuerySet(models.QuerySet[Any]):
    """The lines that an order pays."""

    def visible_to(
        self, user: Any, permission: str = Permission.DOSSIER_SEE
    ) -> PaymentOrderItemQuerySet:
        return self.filter(scope_filter(user, permission, "order__contract__cpts__"))

    def of_slip(self, slip: Any) -> PaymentOrderItemQuerySet:
        """Everything that the accountants need, a line each."""
        return (
            self.filter(order__slip=slip)
            .select_related(
                "order__contract__cpts",
                "order__prepared_by",
                "order__decided_by",
                "order__slip",
                "order__account",
                "line__year",
            )
            .order_by("order__contract__cpts__reference", "order__number", "pk")
        )


class PaymentSlipQuerySet(models.QuerySet[Any]):
    """Slips: orders handed to the accountants together."""

    def visible_to(
        self, user: Any, permission: str = Permission.PAYMENT_PREPARE
    ) -> PaymentSlipQuerySet:
        """Those that hold an order of this person's scope."""
        orders = apps.get_model("aci", "PaymentOrder").objects.visible_to(user, permission)
        return self.filter(Exists(orders.filter(slip=OuterRef("pk"))))

    def with_totals(self) -> PaymentSlipQuerySet:
        """With how many orders it holds, for how much."""
        counted: PaymentSlipQuerySet = self.select_related("cpam_district", "sent_by").annotate(
            orders_count=models.Count("orders"),
            total=Sum("orders__total"),
        )
        return counted
