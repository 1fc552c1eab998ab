"""The cast (house.md): the same persons in every test, placed by the product's own actions.

Of CPTS Rives: holder, president, office member, coordinator, nurse; the ARS and CPAM of its
territory; a committee member. The witnesses, who must see nothing of Rives: the coordinator of
CPTS Monts (same région), an ARS reviewer of another région, a CPAM officer of another district.
And an administrator and a national reader, who see no dossier.
"""

import csv
from dataclasses import dataclass, fields
from pathlib import Path

from accounts.access import Role
from accounts.models import User
from foundation.search import search_key
from territories.actions import ChosenCommune, assign, choose_communes, found_cpts, move
from territories.models import (
    Baton,
    Commune,
    CpamDistrict,
    Cpts,
    Departement,
    Epci,
    Population,
    Region,
    Stage,
)

# Real codes and real municipal populations: a rule that breaks on a real case must break here.
COMMUNES = Path(__file__).with_name("communes.csv")
VINTAGES = (2017, 2022, 2023)


@dataclass
class Geography:
    """The small world of the tests."""

    hauts_de_france: Region
    grand_est: Region
    pas_de_calais: Departement
    nord: Departement
    bas_rhin: Departement
    artois: CpamDistrict
    cote_d_opale: CpamDistrict
    lille: CpamDistrict
    strasbourg: CpamDistrict


@dataclass
class Cast:
    """Everybody, by part. `people()` gives them with their names, for tables of visibility."""

    geography: Geography
    rives: Cpts
    monts: Cpts
    holder: User
    president: User
    office: User
    coordinator: User
    nurse: User
    ars_reviewer: User
    ars_delegation: User
    ars_director: User
    cpam_officer: User
    cpam_director: User
    committee_member: User
    monts_coordinator: User
    other_region_reviewer: User
    other_district_officer: User
    national_reader: User
    administrator: User
    stranger: User

    def people(self) -> dict[str, User]:
        """Part → account, for everybody."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, User)}


def make_geography() -> Geography:
    """Reference rows, few and real."""
    region = {
        code: Region.objects.create(code=code, name=name)
        for code, name in [("32", "Hauts-de-France"), ("44", "Grand Est")]
    }
    departement = {
        code: Departement.objects.create(code=code, name=name, region=region[in_region])
        for code, name, in_region in [
            ("59", "Nord", "32"),
            ("62", "Pas-de-Calais", "32"),
            ("67", "Bas-Rhin", "44"),
        ]
    }
    district = {
        code: CpamDistrict.objects.create(code=code, name=name, region=region[in_region])
        for code, name, in_region in [
            ("591", "CPAM de Lille-Douai", "32"),
            ("621", "CPAM de l’Artois", "32"),
            ("622", "CPAM de la Côte d’Opale", "32"),
            ("671", "CPAM du Bas-Rhin", "44"),
        ]
    }
    with COMMUNES.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            _make_commune(row)
    return Geography(
        hauts_de_france=region["32"],
        grand_est=region["44"],
        pas_de_calais=departement["62"],
        nord=departement["59"],
        bas_rhin=departement["67"],
        artois=district["621"],
        cote_d_opale=district["622"],
        lille=district["591"],
        strasbourg=district["671"],
    )


def _make_commune(row: dict[str, str]) -> None:
    Epci.objects.get_or_create(
        siren=row["epci"], defaults={"name": f"Agglomération {row['epci']}", "kind": "CA"}
    )
    Commune.objects.create(
        insee_code=row["code"],
        name=row["name"],
        search_name=search_key(row["name"]),
        departement_id=row["departement"],
        cpam_district_id=row["district"],
        epci_id=row["epci"],
        postal_codes=row["postal_codes"],
        population=int(row[str(VINTAGES[-1])]),
        population_vintage=VINTAGES[-1],
    )
    Population.objects.bulk_create(
        Population(commune_id=row["code"], vintage=vintage, municipal=int(row[str(vintage)]))
        for vintage in VINTAGES
    )


def make_user(name: str, **fields: object) -> User:
    """An active account; `name` is « Prénom Nom ». Tests sign in by `sign_in`, without password."""
    first, last = name.split(" ", 1)
    local = search_key(name).replace(" ", ".")
    return User.objects.create(
        email=f"{local}@example.org", first_name=first, last_name=last, **fields
    )


def make_cpts(name: str, holder: User, communes: list[str], geography: Geography) -> Cpts:
    """A community whose letter was handed to the authorities and declared complete."""
    cpts = found_cpts(
        name=name, departement=geography.pas_de_calais, cpam_district=geography.artois, by=holder
    )
    choose_communes(cpts, [ChosenCommune(code) for code in communes], by=holder, vintage=2023)
    move(cpts, stage=Stage.LETTER, baton=Baton.ARS, public=True)
    return cpts


def make_cast(geography: Geography) -> Cast:
    """Everybody at their post."""
    holder = make_user("Hélène Porteur")
    rives = make_cpts("CPTS Rives", holder, ["62119", "62178"], geography)
    monts_coordinator = make_user("Marc Monts")
    monts = make_cpts("CPTS Monts", monts_coordinator, ["62516"], geography)
    hauts_de_france = {"region": geography.hauts_de_france}
    artois = {"cpam_district": geography.artois}

    def post(name: str, role: Role, **scope: object) -> User:
        user = make_user(name)
        assign(user, role, **scope)
        return user

    assign(monts_coordinator, Role.COORDINATOR, cpts=monts)
    return Cast(
        geography=geography,
        rives=rives,
        monts=monts,
        holder=holder,
        president=post("Paule Présidente", Role.PRESIDENT, cpts=rives),
        office=post("Serge Secrétaire", Role.OFFICE, cpts=rives),
        coordinator=post("Chloé Coordinatrice", Role.COORDINATOR, cpts=rives),
        nurse=post("Inès Infirmière", Role.MEMBER, cpts=rives),
        ars_reviewer=post("Anne Instructrice", Role.ARS_REVIEWER, **hauts_de_france),
        ars_delegation=post(
            "Didier Délégation", Role.ARS_REVIEWER, departement=geography.pas_de_calais
        ),
        ars_director=post("Denis Directeur", Role.ARS_DIRECTOR, **hauts_de_france),
        cpam_officer=post("Rachel Référente", Role.CPAM_OFFICER, **artois),
        cpam_director=post("Claire Caisse", Role.CPAM_DIRECTOR, **artois),
        committee_member=post(
            "Ugo Urps", Role.COMMITTEE, **hauts_de_france, body="URPS infirmiers"
        ),
        monts_coordinator=monts_coordinator,
        other_region_reviewer=post("Éric Ailleurs", Role.ARS_REVIEWER, region=geography.grand_est),
        other_district_officer=post(
            "Odile Opale", Role.CPAM_OFFICER, cpam_district=geography.cote_d_opale
        ),
        national_reader=post("Nadia Nationale", Role.NATIONAL_READER),
        administrator=post("Alain Administrateur", Role.ADMINISTRATOR),
        stranger=make_user("Sacha Sansrôle"),
    )
