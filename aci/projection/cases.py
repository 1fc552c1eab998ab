"""The contracts in force of an area as plain cases. Two queries, three with another vintage."""

import datetime as dt
from collections import defaultdict
from typing import Any

from django.db.models import Count, F, Sum

from accounts.access import Permission
from accounts.models import User
from aci.contract_funding import settings_of
from aci.mission_codes import MissionCode
from aci.models import Contract, ContractMission
from aci.projection.costs import Case
from territories.aggregates import counted_people
from territories.areas import Area
from territories.models import TerritoryCommune
from territories.sizes import read_thresholds, size_of, thresholds_on


def cases_of(user: User, area: Area, *, vintage: int | None, day: dt.date) -> list[Case]:
    """By name; `vintage=None` keeps the populations frozen with each contract.

    A territory with a commune that the vintage does not know keeps its frozen population: it is
    never counted short.
    """
    seen = Contract.objects.visible_to(user, Permission.GRID_TRY).in_force().in_area(area)
    contracts = list(
        seen.select_related("cpts", "territory", "grid").order_by("cpts__search_name", "pk")
    )
    starts = _starts(seen)
    people = _people(seen, vintage) if vintage else {}
    thresholds = thresholds_on(day, read_thresholds())
    found = []
    for contract in contracts:
        territory = contract.territory
        counted, known = people.get(territory.pk, (0, 0))
        is_known = bool(counted) and known == territory.commune_count
        found.append(
            Case(
                name=contract.cpts.name,
                slug=contract.cpts.slug,
                departement=contract.cpts.departement_id,
                signed_on=contract.signed_on,
                mission_starts=starts[contract.pk],
                unscheduled_care_since=contract.unscheduled_care_since,
                population=territory.population,
                size=territory.size,
                settings=settings_of(contract),
                grid_code=contract.grid.code if contract.grid else None,
                tried_population=counted if is_known else None,
                tried_size=size_of(counted, thresholds) if is_known else None,
            )
        )
    return found


def _starts(contracts: Any) -> defaultdict[int, dict[MissionCode, dt.date]]:
    rows = ContractMission.objects.filter(contract__in=contracts.order_by().values("pk"))
    found: defaultdict[int, dict[MissionCode, dt.date]] = defaultdict(dict)
    for contract, code, day in rows.values_list("contract", "code", "starts_on"):
        found[contract][MissionCode(code)] = day
    return found


def _people(contracts: Any, vintage: int) -> dict[int, tuple[int, int]]:
    """Territory → people of its communes in a vintage, and how many of them it knows."""
    rows = TerritoryCommune.objects.filter(
        territory__in=contracts.order_by().values("territory"),
        commune__populations__vintage=vintage,
    ).order_by()
    counted = rows.values("territory").annotate(
        people=Sum(counted_people(F("commune__populations__municipal"), F("share"))),
        known=Count("pk"),
    )
    return {row["territory"]: (row["people"], row["known"]) for row in counted}
