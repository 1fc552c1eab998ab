"""Regional grids of opinions: dated files become rows; an invitation keeps the one it came with."""

import datetime as dt
from dataclasses import asdict

from django.db import transaction

from projects.models import OpinionGrid
from projects.opinion_grid_files import read_opinion_grids
from territories.models import Region


@transaction.atomic
def load_opinion_grids() -> int:
    """Create the grids that are not there yet; gives how many. The others are left alone."""
    created = 0
    regions = set(Region.objects.values_list("code", flat=True))
    for source in read_opinion_grids():
        if source.region is not None and source.region not in regions:
            continue  # the territories are not loaded, or not this one: nobody can need it yet
        columns = asdict(source)
        columns["region_id"] = columns.pop("region")
        code = columns.pop("code")
        _, is_new = OpinionGrid.objects.get_or_create(code=code, defaults=columns)
        created += is_new
    return created


def opinion_grid_for(region_code: str, day: dt.date) -> OpinionGrid:
    """The grid in force in a region on a day."""
    load_opinion_grids()
    grid: OpinionGrid = OpinionGrid.objects.in_force(region_code, day)
    return grid
