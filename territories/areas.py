"""What maps and figures are asked for: France, a région, a département, a CPAM, an EPCI."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Q

from accounts.access import Permission, roles_granting
from territories.models import CpamDistrict, Epci, TerritoryCommune
from territories.places import departement_names, region_names


class AreaKind(StrEnum):
    """The word that begins its address: « region-32 », « cpam-621 », « epci-200072460 »."""

    FRANCE = "france"
    REGION = "region"
    DEPARTEMENT = "departement"
    CPAM = "cpam"
    EPCI = "epci"


# Column of a commune (alias c) or of its département (alias d) that says in which area it lies.
_COLUMNS = {
    AreaKind.REGION: "d.region_id",
    AreaKind.DEPARTEMENT: "c.departement_id",
    AreaKind.CPAM: "c.cpam_district_id",
    AreaKind.EPCI: "c.epci_id",
}
_LOOKUPS = {
    AreaKind.REGION: "departement__region",
    AreaKind.DEPARTEMENT: "departement",
    AreaKind.CPAM: "cpam_district",
    AreaKind.EPCI: "epci",
}
_DOSSIERS = {
    AreaKind.REGION: "region",
    AreaKind.DEPARTEMENT: "departement",
    AreaKind.CPAM: "cpam_district",
}
# What an area divides into, for the tables of figures.
PARTS = {
    AreaKind.FRANCE: AreaKind.REGION,
    AreaKind.REGION: AreaKind.DEPARTEMENT,
    AreaKind.DEPARTEMENT: AreaKind.EPCI,
    AreaKind.CPAM: AreaKind.EPCI,
}


@dataclass(frozen=True, slots=True)
class Area:
    """One of them, by its kind and code."""

    kind: AreaKind
    code: str = ""
    name: str = "France entière"

    @property
    def slug(self) -> str:
        """Its word in an address; `area_of` reads it back."""
        return self.kind if self.kind is AreaKind.FRANCE else f"{self.kind}-{self.code}"

    @property
    def parts(self) -> AreaKind | None:
        """The kind of area that its figures are told by; an EPCI has none."""
        return PARTS.get(self.kind)

    def communes(self, prefix: str = "") -> Q:
        """The condition on communes; `prefix` leads to them (« commune__ »)."""
        if self.kind is AreaKind.FRANCE:
            return Q()
        return Q(**{f"{prefix}{_LOOKUPS[self.kind]}": self.code})

    @property
    def dossiers(self) -> Q:
        """The CPTS followed there, by their lead authority or, in an EPCI, by their communes."""
        if self.kind is AreaKind.FRANCE:
            return Q()
        if self.kind is AreaKind.EPCI:
            held = TerritoryCommune.objects.filter(commune__epci=self.code)
            return Q(territory__in=held.values("territory"))
        return Q(**{_DOSSIERS[self.kind]: self.code})

    @property
    def condition(self) -> tuple[str, list[str]]:
        """The same in SQL, on the aliases c (commune) and d (its département), with its values."""
        if self.kind is AreaKind.FRANCE:
            return "TRUE", []
        return f"{_COLUMNS[self.kind]} = %s", [self.code]


FRANCE = Area(AreaKind.FRANCE)


def column_of(kind: AreaKind) -> str:
    """The SQL column that groups communes by areas of this kind."""
    return _COLUMNS[kind]


def area_of(slug: str) -> Area | None:
    """« region-32 » → Hauts-de-France; `None` when there is no such area.

    Régions and départements are known without a query, the others with one.
    """
    kind, _, code = slug.partition("-")
    if kind == AreaKind.FRANCE and not code:
        return FRANCE
    if kind not in set(AreaKind) or not code:
        return None
    name = _name_of(AreaKind(kind), code)
    return Area(AreaKind(kind), code, name) if name else None


def cpam_areas() -> list[Area]:
    """Every CPAM district, by name. One query."""
    rows = CpamDistrict.objects.order_by("name").values_list("pk", "name")
    return [Area(AreaKind.CPAM, code, name) for code, name in rows]


def areas_read_by(user: Any, districts: list[Area]) -> list[Area]:
    """The areas on which this person's roles let them see figures, without a query."""
    named = {area.code: area for area in districts}
    found: dict[str, Area] = {}
    for assignment in user.current_assignments:
        if assignment.role in roles_granting(Permission.FIGURES_SEE):
            area = _area_of_scope(assignment.area, named)
            if area is not None:
                found[area.slug] = area
    return list(found.values())


def _area_of_scope(scope: dict[str, str], districts: dict[str, Area]) -> Area | None:
    """`scope` as an assignment says it: one field, or none for the whole of France."""
    if "region_id" in scope:
        return area_of(f"{AreaKind.REGION}-{scope['region_id']}")
    if "departement_id" in scope:
        return area_of(f"{AreaKind.DEPARTEMENT}-{scope['departement_id']}")
    if "cpam_district_id" in scope:
        return districts.get(scope["cpam_district_id"])
    return FRANCE


def _name_of(kind: AreaKind, code: str) -> str:
    if kind is AreaKind.REGION:
        return region_names().get(code, "")
    if kind is AreaKind.DEPARTEMENT:
        return departement_names().get(code, "")
    model = CpamDistrict if kind is AreaKind.CPAM else Epci
    found = model._default_manager.filter(pk=code[:20]).values_list("name", flat=True).first()
    return found or ""
