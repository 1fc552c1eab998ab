"""The newest text of the contract of a dossier, and the remarks on its articles."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Subquery

from aci.article_workflow import RemarkState
from aci.querysets import OwnedByContractQuerySet


class ContractTextQuerySet(OwnedByContractQuerySet):
    """The successive texts of the contracts."""

    def newest_of(self, contract: Any) -> Any:
        return self.filter(contract=contract).order_by("-number").first()

    def latest_of(self, reference: str) -> ContractTextQuerySet:
        """The newest text of the newest contract of a dossier, with what its page shows."""
        newer = apps.get_model("aci", "Contract").objects.filter(
            cpts=OuterRef("contract__cpts"), number__gt=OuterRef("contract__number")
        )
        found: ContractTextQuerySet = (
            self.filter(~Exists(newer), contract__cpts__reference=reference)
            .select_related(
                "contract__cpts__territory",
                "contract__cpts__region",
                "contract__cpts__departement",
                "contract__cpts__cpam_district",
                "contract__territory",
                "contract__template",
            )
            .order_by("-number")
        )
        return found

    def with_visit_of(self, user: Any) -> ContractTextQuerySet:
        """With what this person had read: `seen`, and `before` it."""
        visits = apps.get_model("aci", "ContractVisit").objects.filter(
            contract=OuterRef("contract"), user=user.pk
        )
        found: ContractTextQuerySet = self.annotate(
            seen=Subquery(visits.values("seen")[:1]), before=Subquery(visits.values("before")[:1])
        )
        return found


class RemarkQuerySet(OwnedByContractQuerySet):
    """The remarks on the articles."""

    def of_contract(self, contract: Any) -> RemarkQuerySet:
        found: RemarkQuerySet = self.filter(contract=contract)
        return found

    def still_open(self) -> RemarkQuerySet:
        found: RemarkQuerySet = self.exclude(state=RemarkState.CLOSED)
        return found

    def of_dossier(self, reference: str) -> RemarkQuerySet:
        found: RemarkQuerySet = self.filter(contract__cpts__reference=reference)
        return found
