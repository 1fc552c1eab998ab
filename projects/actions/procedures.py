"""Regional procedures: dated files become rows; a running filing keeps the one it began with."""

import datetime as dt
from dataclasses import asdict

from django.db import transaction

from projects.models import Procedure
from projects.procedure_files import read_procedures
from territories.models import Region


@transaction.atomic
def load_procedures() -> int:
    """Create the procedures that are not there yet; gives how many.

    A row already there is left alone: filings began with it, or an administrator has changed it. A
    change of procedure is a new file with its own date.
    """
    created = 0
    regions = set(Region.objects.values_list("code", flat=True))
    for source in read_procedures():
        if source.region is not None and source.region not in regions:
            continue  # the territories are not loaded, or not this one: nobody can need it yet
        columns = asdict(source)
        columns["region_id"] = columns.pop("region")
        code = columns.pop("code")
        _, is_new = Procedure.objects.get_or_create(code=code, defaults=columns)
        created += is_new
    return created


def procedure_for(region_code: str, day: dt.date) -> Procedure:
    """The procedure in force in a region on a day. A dossier opens rarely: files are read then."""
    load_procedures()
    procedure: Procedure = Procedure.objects.in_force(region_code, day)
    return procedure
