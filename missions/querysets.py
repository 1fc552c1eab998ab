"""Who sees which progress and which values, and named filters."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import FilteredRelation, Q

from accounts.access import Permission
from aci.mission_codes import MissionCode
from aci.models import Contract, ContractMission
from aci.workflow import OVER, RUNNING
from territories.querysets import scope_filter

INDICATOR_COLUMNS = (
    "pk",
    "code",
    "mission",
    "label",
    "definition",
    "unit",
    "direction",
    "method",
    "target",
    "baseline",
    "euros",
    "is_confirmed",
    "effective_from",
    "effective_to",
    "contract",
)
MEASURE_COLUMNS = (
    "pk",
    "contract",
    "year",
    "value",
    "measured_on",
    "comment",
    "entered_at",
    "entered_by__first_name",
    "entered_by__last_name",
    "proof__uuid",
    "proof__name",
    "proof__size",
)
SIGNED = (*RUNNING, *OVER)


def _read_by(user: Any, prefix: str) -> Q:
    """Parties and authorities read the dossier; members of the CPTS its shared pages."""
    shared = scope_filter(user, Permission.SHARED_SEE, prefix)
    return shared | scope_filter(user, Permission.DOSSIER_SEE, prefix)


def commitments_visible_to(user: Any) -> models.QuerySet[ContractMission]:
    """Missions of signed contracts, in force or over, newest contract first.

    With how far they are and what the head of the dossier shows, in the same query.
    """
    return (
        ContractMission.objects.filter(
            _read_by(user, "contract__cpts__"), contract__state__in=SIGNED
        )
        .select_related(
            "contract__cpts__territory",
            "contract__cpts__region",
            "contract__cpts__departement",
            "contract__cpts__cpam_district",
            "progress__updated_by",
        )
        .order_by("-contract__number", "pk")
    )


def reported_by(user: Any) -> models.QuerySet[ContractMission]:
    """Missions of contracts in force whose progress this person declares."""
    mine = scope_filter(user, Permission.MISSION_REPORT, "contract__cpts__")
    return commitments_visible_to(user).filter(mine, contract__state__in=RUNNING)


class MissionProgressQuerySet(models.QuerySet[Any]):
    """How far missions are."""

    def visible_to(self, user: Any) -> MissionProgressQuerySet:
        """Those of the dossiers this person reads, shared pages included."""
        return self.filter(_read_by(user, "mission__contract__cpts__"))


def _national_between(first: dt.date, last: dt.date) -> Q:
    unended = Q(effective_to__isnull=True) | Q(effective_to__gte=first)
    return unended & Q(effective_from__lte=last, contract=None)


class IndicatorQuerySet(models.QuerySet[Any]):
    """The national catalogue, public and dated; and what single contracts add to it."""

    def in_force_on(self, day: dt.date) -> IndicatorQuerySet:
        """What a contract year that begins on that day is measured by."""
        return self.in_force_between(day, day)

    def in_force_between(self, first: dt.date, last: dt.date) -> IndicatorQuerySet:
        """Of the national catalogue, in force on one day at least of the period."""
        return self.filter(_national_between(first, last))

    def serving(
        self, contracts: list[Contract], first: dt.date, last: dt.date
    ) -> IndicatorQuerySet:
        """The national ones of the period, and those that only these contracts name."""
        return self.filter(_national_between(first, last) | Q(contract__in=contracts))

    def of_mission(self, mission: MissionCode) -> IndicatorQuerySet:
        """The indicators of one mission, in the order of the catalogue."""
        return self.filter(mission=mission.value).order_by("position", "pk")

    def with_measures_of(self, *contracts: Contract) -> IndicatorQuerySet:
        """Rows (dictionaries) of every indicator with each of its measures, oldest first.

        One query: an indicator without measure gives one row whose `measure__pk` is empty.
        """
        measure = FilteredRelation("values", condition=Q(values__contract__in=contracts))
        rows: IndicatorQuerySet = (
            self.annotate(measure=measure)
            .order_by("position", "pk", "measure__measured_on", "measure__pk")
            .values(*INDICATOR_COLUMNS, *(f"measure__{name}" for name in MEASURE_COLUMNS))
        )
        return rows


class IndicatorValueQuerySet(models.QuerySet[Any]):
    """Measures and their proofs."""

    def visible_to(self, user: Any) -> IndicatorValueQuerySet:
        """With their proofs: for the parties of the dossier, not for every member."""
        return self.filter(scope_filter(user, Permission.DOSSIER_SEE, "contract__cpts__"))

    def of_contract(self, contract: Contract) -> IndicatorValueQuerySet:
        """Oldest first: of one day's measures the last row counts."""
        return self.filter(contract=contract).order_by("measured_on", "pk")
