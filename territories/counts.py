"""Figures of the day for the home page: what the public CPTS cover, and how it is counted."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max, Q, Sum

from foundation import clock
from territories.models import Commune, Cpts, Stage, TerritoryCommune


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of France the CPTS of the portal cover on a day."""

    day: dt.date
    cpts: int
    contracts: int
    communes: int
    inhabitants: int
    vintage: int | None


def coverage() -> Coverage:
    """Two queries. A commune shared by several CPTS counts once; arrondissements count apart."""
    dossiers = Cpts.objects.standing().aggregate(
        cpts=Count("pk"), contracts=Count("pk", filter=Q(stage=Stage.CONTRACTED))
    )
    covered = TerritoryCommune.objects.in_public_cpts()
    places = Commune.objects.filter(pk__in=covered.values("commune")).aggregate(
        communes=Count("pk"),
        inhabitants=Sum("population", default=0),
        vintage=Max("population_vintage"),
    )
    return Coverage(day=clock.today(), **dossiers, **places)
