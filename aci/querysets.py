"""Who sees which contracts, and named filters. `visible_to` is the only door of the views."""

from __future__ import annotations

import re
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum

from accounts.access import Permission
from aci.parties import SIGNING_ORDER, Party
from aci.workflow import OPEN, RUNNING, ContractState
from foundation import clock
from foundation.dates import add_months
from territories.aggregates import counted_people
from territories.querysets import scope_filter


class ContractQuerySet(models.QuerySet[Any]):
    """Contracts, as the parties of a dossier see them."""

    def visible_to(self, user: Any, permission: str = Permission.DOSSIER_SEE) -> ContractQuerySet:
        """The contracts this person may open, or act upon with another permission."""
        return self.filter(scope_filter(user, permission, "cpts__"))

    def in_force_of(self, dossiers: Any) -> ContractQuerySet:
        """The contracts in force of these dossiers, those being terminated included."""
        return self.filter(state__in=RUNNING, cpts__in=dossiers).order_by("pk")

    def of_dossier(self, reference: str) -> ContractQuerySet:
        """Every contract of one dossier, the newest first."""
        return self.filter(cpts__reference=reference).newest_first()

    def latest_of(self, reference: str) -> ContractQuerySet:
        """The contract that acts are about, ready for `get_object_or_404`."""
        latest: ContractQuerySet = self.of_dossier(reference).with_page()[:1]
        return latest

    def signed_of(self, reference: str, number: str = "") -> ContractQuerySet:
        """The signed contracts of one dossier, the newest first; `number` keeps one of them."""
        signed: ContractQuerySet = self.of_dossier(reference).exclude(signed_on=None)
        known = number.isascii() and number.isdecimal() and len(number) < 5
        return signed.filter(number=int(number)) if known else signed

    def latest_signed_of(self, reference: str) -> ContractQuerySet:
        """The contract that may be ended or suspended, ready for `get_object_or_404`."""
        signed = self.of_dossier(reference).exclude(signed_on=None)
        latest: ContractQuerySet = signed.with_page()[:1]
        return latest

    def with_page(self) -> ContractQuerySet:
        """With what the pages show around it, in the same query."""
        shown: ContractQuerySet = self.select_related(
            "cpts__territory",
            "cpts__region",
            "cpts__departement",
            "cpts__cpam_district",
            "territory",
            "grid",
            "document_job",
            "previous",
            "registration__scan",
            "amends__grid",
            "former_territory",
        ).annotate(
            has_frozen_file=Exists(
                apps.get_model("aci", "ContractDocument").objects.filter(
                    contract=OuterRef("pk"),
                    kind="frozen",
                    version=OuterRef("terms_version"),
                    file__isnull=False,
                )
            ),
            is_on_paper=Exists(
                apps.get_model("aci", "PaperSigning").objects.filter(
                    document__contract=OuterRef("pk"), document__version=OuterRef("terms_version")
                )
            ),
            is_suspended=Exists(
                apps.get_model("aci", "ContractHold")
                .objects.holding()
                .filter(contract=OuterRef("pk"))
            ),
        )
        return shown

    def with_newest_population(self) -> ContractQuerySet:
        """What the frozen communes count in the newest vintage that knows them all.

        The same figures as `territories.actions.population_by_vintage`, inside the page's query; a
        test compares the two.
        """
        figures = apps.get_model("territories", "Population").objects.filter(
            commune__memberships__territory=OuterRef("territory")
        )
        newest = (
            figures.order_by()
            .values("vintage")
            .annotate(
                people=Sum(counted_people(F("municipal"), F("commune__memberships__share"))),
                known=Count("pk"),
            )
            .order_by("-known", "-vintage")  # a vintage that lacks a commune comes last
        )
        known: ContractQuerySet = self.annotate(
            newest_vintage=Subquery(newest.values("vintage")[:1]),
            newest_population=Subquery(newest.values("people")[:1]),
            newest_known=Subquery(newest.values("known")[:1]),
        )
        return known

    def newest_first(self) -> ContractQuerySet:
        """A renewal comes before the contract it follows."""
        return self.order_by("-number")

    def making(self, text: Any) -> ContractQuerySet:
        """The texts whose words, annexes and signatories make those of a text, itself included.

        Of a contract: itself. Of an amendment: its contract, the amendments signed before it, it.
        """
        if text.amends_id is None:
            return self.filter(pk=text.pk)
        earlier = Q(amends=text.amends_id, signed_on__isnull=False, number__lt=text.number)
        return self.filter(Q(pk__in=[text.amends_id, text.pk]) | earlier)

    def open(self) -> ContractQuerySet:
        """Still to be agreed or signed."""
        return self.filter(state__in=OPEN)

    def in_force(self) -> ContractQuerySet:
        return self.filter(state=ContractState.IN_FORCE)

    def running(self) -> ContractQuerySet:
        """In force, be it while a termination is under way."""
        return self.filter(state__in=RUNNING)

    def in_area(self, area: Any) -> ContractQuerySet:
        """Of the CPTS followed in an area of `territories.areas`."""
        dossiers = apps.get_model("territories", "Cpts").objects.in_area(area)
        return self.filter(cpts__in=dossiers.order_by().values("pk"))

    def of_choice(self, region: str, state: str) -> ContractQuerySet:
        """Those of a région and of a state; an empty choice keeps them all."""
        found = self.select_related("cpts").order_by("cpts__reference", "number")
        if region:
            found = found.filter(cpts__region=region)
        chosen: ContractQuerySet = found.filter(state=state) if state else found
        return chosen

    def to_renew_within(self, months: int) -> ContractQuerySet:
        """In force, near their end, reminded to nobody, and that no renewal follows."""
        near = add_months(clock.today(), months)
        coming = self.in_force().filter(ends_on__lte=near, ends_on__gte=clock.today())
        found: ContractQuerySet = coming.filter(renewal_reminded_on=None, renewal=None)
        return found

    def to_take_up(self) -> ContractQuerySet:
        """Signed amendments whose day has come, the oldest first.

        The day of an amendment never comes when its contract ends before.
        """
        due = self.filter(state=ContractState.IN_FORCE, taken_up_at=None)
        due = due.filter(effective_on__lte=clock.today())
        runs = Q(amends__ends_on=None) | Q(amends__ends_on__gte=F("effective_on"))
        return due.filter(runs).order_by("effective_on", "pk")

    def past_their_end(self) -> ContractQuerySet:
        """In force on paper although the last day is over: what the nightly task closes."""
        return self.in_force().filter(ends_on__lt=clock.today())

    def awaiting_acceptance_of(self, user: Any) -> ContractQuerySet:
        """« À faire »: terms that this person may accept for a party that has not accepted them."""
        condition = Q(pk__in=[])
        for party in Party:
            accepted = apps.get_model("aci", "ContractAcceptance").objects.filter(
                contract=OuterRef("pk"), party=party, version=OuterRef("terms_version")
            )
            may = scope_filter(user, party.accept_permission, "cpts__")
            condition |= may & Q(~Exists(accepted))
        return self.filter(condition, state=ContractState.NEGOTIATION)

    def to_sign_by(self, user: Any) -> ContractQuerySet:
        """« À faire »: contracts that this person may sign for the party whose turn has come."""
        if not user.is_authenticated:
            return self.none()
        signatures = apps.get_model("aci", "Signature").objects.filter(
            contract=OuterRef("pk"), voided_at=None
        )
        named = apps.get_model("aci", "ContractSignatory").objects.filter(contract=OuterRef("pk"))
        condition, before = Q(pk__in=[]), Q()
        for party in SIGNING_ORDER:
            signed = Exists(signatures.filter(party=party))
            may = scope_filter(user, party.sign_permission, "cpts__")
            others = Exists(named.filter(party=party).exclude(user=user))
            condition |= may & before & Q(~signed) & Q(~others)
            before &= Q(signed)
        # Nobody signs for two parties.
        return self.filter(condition & ~Exists(signatures.filter(user=user))).filter(
            state=ContractState.TO_SIGN
        )


class ContractsOnly(models.Manager.from_queryset(ContractQuerySet)):  # type: ignore[misc]
    """Contracts without their amendments: what stages, years, payments and counts are about."""

    def get_queryset(self) -> ContractQuerySet:
        found: ContractQuerySet = super().get_queryset().filter(amends=None)
        return found


class AmendmentsOnly(models.Manager.from_queryset(ContractQuerySet)):  # type: ignore[misc]
    """Amendments, whatever they amend."""

    def get_queryset(self) -> ContractQuerySet:
        found: ContractQuerySet = super().get_queryset().filter(amends__isnull=False)
        return found


class OwnedByContractQuerySet(models.QuerySet[Any]):
    """Rows that belong to a contract: seen by those who see it."""

    def visible_to(self, user: Any, permission: str = Permission.DOSSIER_SEE) -> Self:
        return self.filter(scope_filter(user, permission, "contract__cpts__"))

    def to_hand_over(self, version: int) -> OwnedByContractQuerySet:
        """Stored documents of these terms: the signed contract first, else the frozen one."""
        stored = self.filter(version=version, kind__in=["final", "frozen"], file__isnull=False)
        return stored.select_related("file").order_by("kind")  # « final » < « frozen »


class WrittenInTurnQuerySet(OwnedByContractQuerySet):
    """Rows of a contract that those of an amendment replace."""

    def making(self, text: Any) -> list[Any]:
        """Those that make a text: the contract’s first, then each amendment’s in its turn."""
        texts = apps.get_model("aci", "Contract").agreements.making(text)
        rows = self.filter(contract__in=texts.order_by().values("pk")).select_related("contract")
        return sorted(
            rows,
            key=lambda row: (row.contract.is_amendment, row.contract.number, row.pk),
        )


class SealQuerySet(models.QuerySet[Any]):
    """Seals: seen by those who see the contract."""

    def visible_to(self, user: Any, permission: str = Permission.DOSSIER_SEE) -> Self:
        return self.filter(scope_filter(user, permission, "signature__contract__cpts__"))


class SignatureQuerySet(models.QuerySet[Any]):
    """Signatures of a document."""

    def visible_to(self, user: Any, permission: str = Permission.DOSSIER_SEE) -> Self:
        return self.filter(scope_filter(user, permission, "contract__cpts__"))

    def act_of(self, reference: str, text: str, act: str) -> Self:
        """The signature that an address names, « v1-cpts », with what its page shows."""
        named = re.fullmatch(r"v([1-9][0-9]{0,3})-([a-z]{1,4})", act)
        if named is None:
            return self.none()
        return self.filter(
            contract__cpts__reference=reference,
            contract__reference=text,
            document__version=int(named[1]),
            party=named[2],
        ).select_related(
            "user",
            "document__file",
            "seal__file",
            "scan__scan",
            "scan__uploaded_by",
            "scan__closed_by",
            "contract__cpts__territory",
            "contract__cpts__region",
            "contract__cpts__departement",
            "contract__cpts__cpam_district",
        )

    def standing(self) -> Self:
        """Those that no return to negotiation has voided, in the order of the acts."""
        return self.filter(voided_at=None).order_by("at", "pk")
