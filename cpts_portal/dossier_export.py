"""The list of dossiers as a table for a spreadsheet: its columns and its rows."""

from typing import Any

from foundation import clock
from foundation.spreadsheet import Cell
from territories import turns
from territories.bearers import NO_DELAY, days_waited, read_held
from territories.models import Baton

BEARERS = [bearer for bearer in Baton if bearer not in NO_DELAY]
HEADER = [
    "Référence",
    "Nom",
    "Département",
    "Étape",
    "Étape depuis le",
    "Communes",
    "Population municipale",
    "Millésime",
    "Taille",
    "À qui le tour",
    "Tour depuis le",
    "Attendu",
    "Prochaine échéance",
    "Objet de l’échéance",
    "Fin du contrat",
    *(f"Jours\u00a0: {bearer.label}" for bearer in BEARERS),
]


def row_of(cpts: Any) -> list[Cell]:
    """One dossier, read with its head and its bearers."""
    territory = cpts.territory
    waited = days_waited(read_held(cpts.bearers), clock.today())
    return [
        cpts.reference,
        cpts.name,
        cpts.departement_id,
        cpts.get_stage_display(),
        cpts.stage_since,
        territory.commune_count if territory else None,
        territory.population if territory else None,
        territory.vintage if territory else None,
        territory.size if territory else None,
        cpts.get_baton_display(),
        cpts.baton_since.astimezone(clock.PARIS).date(),
        turns.awaited(cpts),
        cpts.next_deadline,
        cpts.next_deadline_label,
        cpts.contract_end,
        *(waited.get(bearer, 0) for bearer in BEARERS),
    ]
