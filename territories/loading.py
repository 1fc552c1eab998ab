"""Writes the reference geography, all or nothing: a failed load leaves yesterday's data whole."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, models, transaction

from foundation import clock
from foundation.bulk import insert_rows
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
from territories.reference_files import FILES, Reference, RejectedLine, Row


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
    if fingerprints == dict(ReferenceFile.objects.values_list("name", "sha256")):
        return Loaded({})
    rejected = reference.check()
    if rejected:
        raise RejectedReference(rejected)
    with transaction.atomic():
        counts = _write(reference)
        ReferenceFile.objects.all().delete()
        ReferenceFile.objects.bulk_create(
            ReferenceFile(name=name, sha256=fingerprints[name], loaded_at=clock.now())
            for name in FILES
        )
        # Without fresh statistics PostgreSQL would read these tables as if they were empty.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
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
        "communes": _upsert(_commune(row) for row in reference.communes()),
        "anciens codes": _load_history(reference),
        "populations": _load_populations(reference),
    }


def _upsert(rows: Iterable[models.Model]) -> int:
    """Insert or update by primary key."""
    objects = list(rows)
    if not objects:
        return 0
    model = type(objects[0])
    columns = [item.name for item in model._meta.concrete_fields if not item.primary_key]
    model._default_manager.bulk_create(
        objects,
        update_conflicts=True,
        unique_fields=["pk"],
        update_fields=columns,
        batch_size=2000,
    )
    return len(objects)


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
    """Nothing points to these rows: they are replaced whole."""
    CommuneHistory.objects.all().delete()
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
    """Nothing points to these rows: they are replaced whole. Territories keep their own count."""
    Population.objects.all().delete()
    rows = (
        (
            row["insee_code"],
            int(row["reference_year"]),
            int(row["population_municipale"]),
            _number(row["population_totale"]),
        )
        for row in reference.rows("populations.csv.gz")
    )
    return insert_rows(Population, ["commune", "vintage", "municipal", "total"], rows)


def _number(text: str) -> int | None:
    return int(text) if text else None


def _typographic(name: str) -> str:
    """The files write « L'Abergement »; French screens write « L’Abergement »."""
    return name.replace("'", "’")
