"""How to reach the local authorities: read by the public pages, kept by an administrator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Model

from accounts.models import User
from foundation import clock
from foundation.refusal import Refused
from records import journal
from territories.areas import Area, AreaKind
from territories.models import CpamDistrict, Departement, LocalContact, Region
from territories.people import PORTAL_DOSSIER

# The field of a contact that names its body, by kind of area.
FIELDS = {
    AreaKind.REGION: "region",
    AreaKind.DEPARTEMENT: "departement",
    AreaKind.CPAM: "cpam_district",
}
_MODELS: dict[AreaKind, type[Model]] = {
    AreaKind.REGION: Region,
    AreaKind.DEPARTEMENT: Departement,
    AreaKind.CPAM: CpamDistrict,
}
WAYS = ("phone", "email", "page")


@dataclass(frozen=True, slots=True)
class LocalBody:
    """An authority of a place, and how to reach it when somebody gave it."""

    kind: str
    name: str
    contact: LocalContact | None
    note: str = ""


def bodies_of(
    region: Region, departement: Departement, district: CpamDistrict | None
) -> list[LocalBody]:
    """The ARS, its delegation and the CPAM. No query when they came with their contacts."""
    bodies = [
        LocalBody("ARS", region.ars_name, _contact_of(region)),
        LocalBody("Délégation départementale", departement.name, _contact_of(departement)),
    ]
    if district is not None:
        note = "" if district.is_confirmed else "Ressort à confirmer auprès de la caisse"
        bodies.append(LocalBody("CPAM", district.name, _contact_of(district), note))
    return bodies


def body_name(area: Area) -> str:
    """« ARS Grand Est », « Délégation départementale de l’ARS, Nord », « CPAM de l’Artois »."""
    if area.kind is AreaKind.REGION:
        return f"ARS {area.name}"
    if area.kind is AreaKind.DEPARTEMENT:
        return f"Délégation départementale de l’ARS, {area.name}"
    return area.name


def contact_of_area(area: Area) -> LocalContact | None:
    """What is known of the body of this area."""
    return LocalContact.objects.filter(**_body(area)).first()


@dataclass(frozen=True, slots=True)
class KnownContact:
    """A line of the administrators' list."""

    area: Area
    contact: LocalContact

    @property
    def name(self) -> str:
        return body_name(self.area)

    @property
    def ways(self) -> str:
        """« 03 20 00 00 00, contact@exemple.fr »."""
        return ", ".join(getattr(self.contact, way) for way in WAYS if getattr(self.contact, way))


def known_contacts() -> list[KnownContact]:
    """Every body that has contacts, in the order of their names. One query."""
    rows = LocalContact.objects.select_related(*FIELDS.values())
    known = []
    for contact in rows:
        for kind, name in FIELDS.items():
            body = getattr(contact, name)
            if body is not None:
                known.append(KnownContact(Area(kind, body.pk, body.name), contact))
    return sorted(known, key=lambda line: line.name)


@transaction.atomic
def save_contact(area: Area, *, by: User, source: str, **given: str) -> LocalContact:
    """Write how to reach a body; what is left empty is forgotten."""
    if not any(given.get(way) for way in WAYS):
        raise Refused("Donnez au moins un téléphone, une adresse électronique ou une page.")
    if not _MODELS[area.kind]._default_manager.filter(pk=area.code).exists():
        raise Refused("Cette autorité n’est pas dans les données de référence.")
    values = {**given, "source": source, "updated_on": clock.today()}
    contact, _ = LocalContact.objects.update_or_create(defaults=values, **_body(area))
    _note("save_contact", contact, by, f"Coordonnées mises à jour : {body_name(area)}")
    return contact


@transaction.atomic
def remove_contact(area: Area, *, by: User) -> None:
    """Forget how to reach a body: the pages say that it is not known."""
    contact = LocalContact.objects.select_for_update().filter(**_body(area)).first()
    if contact is None:
        raise Refused("Ces coordonnées sont déjà retirées.")
    _note("remove_contact", contact, by, f"Coordonnées retirées : {body_name(area)}")
    contact.delete()


def _body(area: Area) -> dict[str, Any]:
    return {f"{FIELDS[area.kind]}_id": area.code}


def _contact_of(body: Any) -> LocalContact | None:
    return getattr(body, "contact", None)


def _note(verb: str, contact: LocalContact, by: User, sentence: str) -> None:
    journal.record(verb, contact, by=by, dossier=PORTAL_DOSSIER, sentence=sentence[:300])
