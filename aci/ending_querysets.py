"""Terminations and letters of a contract: who sees them, whom they wait for."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Case, CharField, Exists, OuterRef, Q, Value, When

from accounts.access import Permission
from aci.parties import Party
from foundation import clock
from territories.querysets import scope_filter

INSTITUTIONS = (Party.ARS, Party.CPAM)


class TerminationQuerySet(models.QuerySet[Any]):
    """Procedures that end a contract before its term."""

    def visible_to(
        self, user: Any, permission: str = Permission.DOSSIER_SEE
    ) -> TerminationQuerySet:
        return self.filter(scope_filter(user, permission, "contract__cpts__"))

    def under_way(self) -> TerminationQuerySet:
        return self.filter(closed_on=None)

    def with_acts(self) -> TerminationQuerySet:
        found: TerminationQuerySet = self.prefetch_related("acts")
        return found

    def of_contract(self, contract: Any) -> TerminationQuerySet:
        """The newest first, with their letters, and what was left on each in one query more."""
        found: TerminationQuerySet = (
            self.filter(contract=contract)
            .order_by("-number")
            .select_related(
                "notice_letter__file",
                "notice_letter__job",
                "decision_letter__file",
                "decision_letter__job",
            )
            .prefetch_related("acts")
        )
        return found

    def heard(self) -> TerminationQuerySet:
        """Notified, undecided, the other side's delay is over."""
        return self.under_way().filter(decided_on=None, observations_until__lt=clock.today())

    def to_end_today(self) -> TerminationQuerySet:
        """Decided, and the day of the end has come: what the nightly task closes."""
        return (
            self.under_way()
            .filter(outcome="terminate", decided_on__isnull=False)
            .filter(ended_on__lte=clock.today())
        )

    def with_duty_of(self, user: Any) -> TerminationQuerySet:
        """« À faire »: `duty` is what this very person may do now, or nothing.

        One case after the other, in the order in which they would be told.
        """
        found: TerminationQuerySet = self.under_way().annotate(
            duty=Case(*_duties(user), default=Value(""), output_field=CharField())
        )
        return found


def _duties(user: Any) -> list[When]:
    today = clock.today()
    asked, notified = Q(notified_on=None), Q(notified_on__isnull=False, decided_on=None)
    running = Q(observations_until__gte=today)
    cases: list[When] = []
    for party in INSTITUTIONS:
        signs = scope_filter(user, party.sign_permission, "contract__cpts__")
        missing = signs & ~_agreed(party, "notice") & asked
        cases.append(When(missing, then=Value("agree_notice")))
        over = signs & notified & ~running
        cases.append(When(over & Q(outcome=""), then=Value("decide")))
        cases.append(
            When(over & ~Q(outcome="") & ~_agreed(party, "decision"), then=Value("agree_decision"))
        )
    for party in Party:
        writes = scope_filter(user, party.accept_permission, "contract__cpts__")
        origin = "institutions" if party == Party.CPTS else "cpts"
        wrote = Exists(
            apps.get_model("aci", "TerminationAct").objects.filter(
                termination=OuterRef("pk"), act="observation", party=party
            )
        )
        heard = writes & notified & running & Q(origin=origin) & ~Q(wrote)
        cases.append(When(heard, then=Value("observe")))
    return cases


def _agreed(party: Party, act: str) -> Q:
    acts = apps.get_model("aci", "TerminationAct").objects
    return Q(Exists(acts.filter(termination=OuterRef("pk"), act=act, party=party, voided_at=None)))


class ContractLetterQuerySet(models.QuerySet[Any]):
    """Letters about a contract, read by those who read the dossier."""

    def visible_to(
        self, user: Any, permission: str = Permission.DOSSIER_SEE
    ) -> ContractLetterQuerySet:
        return self.filter(scope_filter(user, permission, "contract__cpts__"))
