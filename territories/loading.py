"""Writes the reference geography, all or nothing: a failed load leaves yesterday's data whole."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models, transaction

from foundation import clock
from foundation.bulk import insert_rows, refresh_statistics
from foundation.refusal import Refused
from foundation.search import search_key
from territories.models import (
    Commune,
    CommuneHistory,
    CpamDistrict,
    Departement,
    Epci,
    Population,
    ReferenceFile,
    Region,
)
from territories.newest_figures import newest_vintage, show_newest
from territories.reference_files import FILES, Reference, RejectedLine, Row
from territories.schematic import read_places
from territories.shapes import draw_schematic


class RejectedReference(Refused):
    """The files hold lines that cannot be loaded; nothing was written."""

    def __init__(self, rejected: list[RejectedLine]) -> None:
        self.rejected = rejected
        super().__init__(f"{len(rejected)} ligne(s) rejetée(s) : rien n’a été modifié.")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load wrote, by French noun; empty when the files were already in the database."""

    counts: dict[str, int]


def load(reference: Reference) -> Loaded:
    """Bring the database to the content of the files; does nothing when they did not change."""
    fingerprints = reference.fingerprints()
    loaded = ReferenceFile.objects.filter(name__in=FILES)
    if fingerprints == dict(loaded.values_list("name", "sha256")):
        return Loaded({})
    rejected = reference.check()
    if rejected:
        raise RejectedReference(rejected)
    with transaction.atomic():
        counts = _write(reference)
        loaded.delete()
        ReferenceFile.objects.bulk_create(
            ReferenceFile(name=name, sha256=fingerprints[name], loaded_at=clock.now())
            for name in FILES
        )
        # Without fresh statistics PostgreSQL would read these tables as if they were empty.
        refresh_statistics()
    return Loaded(counts)


def _write(reference: Reference) -> dict[str, int]:
    """Places are updated where they exist and never deleted: dossiers point to them."""
    return {
        "régions": _upsert(
            Region(code=row["code"], name=_typographic(row["name"]))
            for row in reference.rows("regions.csv")
        ),
        "départements": _upsert(
            Departement(code=row["code"], name=_typographic(row["name"]), region_id=row["region"])
            for row in reference.rows("departements.csv")
        ),
        "intercommunalités": _upsert(
            Epci(
                siren=row["siren"],
                name=_typographic(row["name"]),
                kind=row["type"],
                search_name=search_key(row["name"]),
            )
            for row in reference.rows("epci.csv")
        ),
        "circonscriptions de CPAM": _load_districts(reference),
        "communes": _load_communes(reference),
        "anciens codes": _load_history(reference),
        "populations": _load_populations(reference),
        "contours approchés": draw_schematic(read_places(reference.rows("commune_points.csv.gz"))),
    }


def _upsert(rows: Iterable[models.Model], *, kept: Iterable[str] = ()) -> int:
    """Insert or update by primary key; the columns `kept` stay as they are in existing rows."""
    objects = list(rows)
    if not objects:
        return 0
    model = type(objects[0])
    names = {item.name for item in model._meta.concrete_fields if not item.primary_key}
    columns = sorted(names.difference(kept))
    model._default_manager.bulk_create(
        objects,
        update_conflicts=True,
        unique_fields=["pk"],
        update_fields=columns,
        batch_size=2000,
    )
    return len(objects)


def _load_communes(reference: Reference) -> int:
    """What an import said since is kept: merged communes, and the funds that were confirmed."""
    confirmed = dict(
        Commune.objects.filter(cpam_district__is_confirmed=True).values_list(
            "pk", "cpam_district_id"
        )
    )
    rows = (
        {**row, "cpam_district": confirmed.get(row["insee_code"]) or row["cpam_district"]}
        for row in reference.communes()
    )
    return _upsert((_commune(row) for row in rows), kept=["successor"])


def _commune(row: Row) -> Commune:
    return Commune(
        insee_code=row["insee_code"],
        name=_typographic(row["name"]),
        search_name=search_key(row["name"]),
        kind=row["kind"],
        parent_id=row["parent_code"] or None,
        departement_id=row["departement"],
        epci_id=row["epci_siren"] or None,
        cpam_district_id=row["cpam_district"],
        postal_codes=row["postal_codes"],
        population=_number(row["population"]),
        population_vintage=_number(row["population_year"]),
    )


def _load_districts(reference: Reference) -> int:
    """Districts that somebody confirmed since keep what they were given."""
    confirmed = set(CpamDistrict.objects.filter(is_confirmed=True).values_list("code", flat=True))
    return _upsert(
        CpamDistrict(
            code=row["code"],
            name=row["name"],
            region_id=row["region"],
            is_confirmed=row["is_confirmed"] == "1",
        )
        for row in reference.rows("cpam_districts.csv")
        if row["code"] not in confirmed
    )


def _load_history(reference: Reference) -> int:
    """Nothing points to these rows: each old code of the file is replaced whole."""
    old_codes = {row["old_code"] for row in reference.history()}
    CommuneHistory.objects.filter(old_code__in=old_codes).delete()
    fields = ["old_code", "old_name", "search_name", "current", "kind"]
    rows = (
        (
            row["old_code"],
            _typographic(row["old_name"]),
            search_key(row["old_name"]),
            row["current_code"],
            row["kind"],
        )
        for row in reference.history()
    )
    return insert_rows(CommuneHistory, fields, rows)


def _load_populations(reference: Reference) -> int:
    """Nothing points to these rows: a vintage is replaced whole, one imported since stays.

    Territories keep their own count.
    """
    vintages = {int(row["reference_year"]) for row in reference.rows("populations.csv.gz")}
    Population.objects.filter(vintage__in=vintages).delete()
    rows = (
        (
            row["insee_code"],
            int(row["reference_year"]),
            int(row["population_municipale"]),
            _number(row["population_totale"]),
        )
        for row in reference.rows("populations.csv.gz")
    )
    count = insert_rows(Population, ["commune", "vintage", "municipal", "total"], rows)
    newest = newest_vintage()
    if newest and newest > max(vintages):
        show_newest(newest)
    return count


def _number(text: str) -> int | None:
    return int(text) if text else None


def _typographic(name: str) -> str:
    """The files write « L'Abergement »; French screens write « L’Abergement »."""
    return name.replace("'", "’")
