"""Regional procedures: dated files become rows; a running filing keeps the one it began with."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction

from projects.models import Procedure
from territories.models import Region

FOLDER = Path(__file__).parent.parent / "procedures"


@transaction.atomic
def load_procedures() -> int:
    """Create the procedures that are not there yet; gives how many.

    A row already there is left alone: filings began with it, or an administrator has changed it. A
    change of procedure is a new file with its own date.
    """
    created = 0
    regions = set(Region.objects.values_list("code", flat=True))
    for path in sorted(FOLDER.glob("*.toml")):
        with path.open("rb") as file:
            source = tomllib.load(file)
        if source.get("region", "") not in {"", *regions}:
            continue  # the territories are not loaded, or not this one: nobody can need it yet
        code, defaults = _columns(source)
        _, is_new = Procedure.objects.get_or_create(code=code, defaults=defaults)
        created += is_new
    return created


def procedure_for(region_code: str, day: dt.date) -> Procedure:
    """The procedure in force in a region on a day. A dossier opens rarely: files are read then."""
    load_procedures()
    procedure: Procedure = Procedure.objects.in_force(region_code, day)
    return procedure


def _columns(source: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    columns = {key: value for key, value in source.items() if key not in {"delays", "region"}}
    columns |= source["delays"]
    columns["region_id"] = source.get("region")
    return columns.pop("code"), columns
