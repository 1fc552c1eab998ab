"""Regional procedures: dated files become rows; a running filing keeps the one it began with."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from accounts.access import Permission
from accounts.models import User
from foundation import clock
from foundation.dates import format_date
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from projects.models import Procedure
from projects.procedure_files import read_procedures
from projects.workflow import Level
from records import journal
from territories.models import Region
from territories.people import PORTAL_DOSSIER

DELAYS = ("tacit_months", "completeness_days", "pieces_days", "opinion_days")


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


@transaction.atomic
def open_procedure_version(
    region: Region | None, *, effective_from: dt.date, by: User, **columns: Any
) -> Procedure:
    """A new dated version of the procedure of a region, or of the national one.

    The rows already there are never edited: the filings that run keep the one they began with.
    """
    if Permission.PORTAL_ADMINISTER not in by.permissions:
        raise NotAllowed(Permission.PORTAL_ADMINISTER)
    procedure = drafted_version(region, effective_from=effective_from, **columns)
    try:
        with transaction.atomic():
            procedure.save(force_insert=True)
    except IntegrityError:
        raise Refused(_already_there(procedure)) from None
    journal.record(
        "open_procedure_version",
        procedure,
        by=by,
        dossier=PORTAL_DOSSIER,
        sentence=f"Procédure en vigueur à partir du {format_date(effective_from)}\u00a0: "
        f"{procedure.place}",
        says=dict(procedure.facts),
    )
    return procedure


def drafted_version(region: Region | None, *, effective_from: dt.date, **columns: Any) -> Procedure:
    """The version as it would be, checked and not saved: what the preview shows."""
    place = slugify(region.name) if region else "national"
    procedure = Procedure(
        code=f"{place[:45]}-{effective_from.isoformat()}",
        region=region,
        effective_from=effective_from,
        **columns,
    )
    _refuse_wrong(procedure)
    return procedure


def _refuse_wrong(procedure: Procedure) -> None:
    if procedure.effective_from < clock.today():
        raise Refused("Une version commence aujourd’hui au plus tôt\u00a0: le passé ne change pas.")
    same = Procedure.objects.filter(
        region=procedure.region, effective_from=procedure.effective_from
    )
    if same.exists():
        raise Refused(_already_there(procedure))
    if any(getattr(procedure, name) < 1 for name in DELAYS):
        raise Refused("Un délai compte au moins un jour, ou un mois.")
    if any(days < 1 for days in procedure.reminder_days):
        raise Refused("Un rappel part au moins un jour avant la fin du délai.")
    _refuse_wrong_opinions(procedure.letter_opinions)
    _refuse_wrong_opinions(procedure.project_opinions)


def _refuse_wrong_opinions(rows: Sequence[dict[str, str]]) -> None:
    levels = [row["level"] for row in rows]
    if set(levels) - set(Level.values):
        raise Refused("Un avis est celui du comité local ou du comité régional.")
    if len(set(levels)) != len(levels):
        raise Refused("Chaque comité donne un seul avis sur un dépôt.")
    if levels == [Level.REGIONAL, Level.LOCAL]:
        raise Refused("L’avis local se donne avant l’avis régional.")
    if any(not row["label"].strip() for row in rows):
        raise Refused("Donnez le nom de chaque avis demandé.")


def _already_there(procedure: Procedure) -> str:
    day = format_date(procedure.effective_from)
    return (
        f"Une version commence déjà le {day} ({procedure.place})\u00a0: choisissez un autre jour."
    )
