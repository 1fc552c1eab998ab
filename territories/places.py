"""The régions and départements offered by filters: read once from the reference files, no query."""

import csv
from functools import cache

from foundation.search import search_key
from territories.reference_files import FOLDER, OUTSIDE

Choice = tuple[str, str]


@cache
def region_choices() -> tuple[Choice, ...]:
    """(code, name), by name."""
    rows = (row for row in _rows("regions.csv"))
    return tuple(sorted(((row["code"], row["name"]) for row in rows), key=lambda one: one[1]))


@cache
def departement_choices() -> tuple[Choice, ...]:
    """(code, « 62 – Pas-de-Calais »), by code."""
    return tuple(
        (row["code"], f"{row['code']} – {row['name']}") for row in _rows("departements.csv")
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["zone"] != OUTSIDE]
    return [{**row, "name": row["name"].replace("'", "’")} for row in rows]


@cache
def region_names() -> dict[str, str]:
    """Code → name."""
    return dict(region_choices())


@cache
def departement_names() -> dict[str, str]:
    """Code → name, without the code that the choices put before it."""
    return {code: label.partition(" – ")[2] for code, label in departement_choices()}


@cache
def departement_regions() -> dict[str, str]:
    """Département → its région, by their codes."""
    return {row["code"]: row["region"] for row in _rows("departements.csv")}


def departement_keys() -> dict[str, str]:
    """« pas de calais » → « 62 », and « 62 » → « 62 »: how people say where a commune is."""
    names = departement_names()
    return {
        **{search_key(name): code for code, name in names.items()},
        **{code.lower(): code for code in names},
    }
