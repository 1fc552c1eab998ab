"""Imports which commune belongs to which CPAM; what a file says is confirmed."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from foundation.refusal import Refused
from territories.imports.codes import Codes
from territories.imports.concerns import funds_elsewhere, refresh_concerns
from territories.imports.importing import Import
from territories.imports.tables import Column, Line, insee_code, read_table
from territories.models import Commune, CpamDistrict, Region

LONGEST_CODE, LONGEST_NAME = 10, 100  # what the database holds

COLUMNS = {
    "code": Column(
        ["insee_code", "code_insee", "DEPCOM", "CODGEO", "code_commune", "COM"],
        "le code de la commune",
    ),
    "fund": Column(["cpam_code", "code_cpam", "cpam"], "le code de la CPAM"),
    "name": Column(["cpam_name", "nom_cpam", "libelle_cpam"], "le nom de la CPAM"),
    "region": Column(["region", "REG", "code_region"], "la région", required=False),
}


@dataclass
class Districts:
    """What the file says: the fund of each commune of today, and the funds themselves."""

    codes: Codes
    region_of: dict[str, str]  # of each commune
    regions: set[str]
    known: dict[str, CpamDistrict]
    fund_of: dict[str, str] = field(default_factory=dict)
    funds: dict[str, CpamDistrict] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    @classmethod
    def load(cls) -> "Districts":
        """With what the database knows, before the file is read."""
        places = Commune.objects.order_by().values_list("pk", "departement__region_id")
        return cls(
            codes=Codes.load(),
            region_of=dict(places),
            regions=set(Region.objects.values_list("pk", flat=True)),
            known=CpamDistrict.objects.in_bulk(),
        )

    def add(self, line: Line) -> None:
        """Take one line, or refuse it."""
        if line.problem:
            raise Refused(line.problem)
        code = insee_code(line.values["code"])
        if code in self.seen:
            raise Refused(f"« {code} » figure deux fois")
        self.seen.add(code)
        today = self.codes.today(code)
        fund = self._fund(line.values, self.region_of[today])
        if self.fund_of.setdefault(today, fund) != fund:
            raise Refused(f"{self.codes.named(today)} reçoit deux CPAM par ses anciens codes")

    def _fund(self, values: dict[str, str], region: str) -> str:
        """The code of the fund, which has one name and one région in the whole file."""
        code, name = values["fund"], values["name"].replace("'", "’")
        if not code or len(code) > LONGEST_CODE:
            raise Refused(f"code de CPAM illisible : « {code[:20]} »")
        if not name or len(name) > LONGEST_NAME:
            raise Refused(f"nom de CPAM illisible : « {name[:20]} »")
        given = values.get("region", "")
        if given and given not in self.regions:
            raise Refused(f"région inconnue : « {given[:20]} »")
        if code not in self.funds:
            known = self.known.get(code)
            place = given or (known.region_id if known else region)
            self.funds[code] = CpamDistrict(
                code=code, name=name, region_id=place, is_confirmed=True
            )
        fund = self.funds[code]
        if fund.name != name:
            raise Refused(f"la CPAM « {code} » porte deux noms : {fund.name}, {name}")
        if given and fund.region_id != given:
            raise Refused(f"la CPAM « {code} » est dans deux régions : {fund.region_id}, {given}")
        return code

    def with_arrondissements(self) -> dict[str, str]:
        """The arrondissements follow their city unless the file names them."""
        follow = {
            code: self.fund_of[parent]
            for code, parent in self.codes.parents.items()
            if parent in self.fund_of
        }
        return {**follow, **self.fund_of}


def import_districts(run: Import, path: Path) -> None:
    """Give communes their fund. CPTS keep their own in charge; those concerned are listed."""
    districts = Districts.load()
    for line in run.followed(read_table(path, COLUMNS), "Lignes lues"):
        try:
            districts.add(line)
        except Refused as refusal:
            run.reject(path.name, line.number, refusal.reason)
    run.stop_if_rejected()
    if not districts.fund_of:
        raise Refused(f"Le fichier « {path.name} » ne contient aucune ligne.")
    _write_funds(run, districts)
    _write_communes(run, districts.with_arrondissements())
    concerned = refresh_concerns()
    run.changed(
        concerned,
        "dossier dont les CPAM concernées changent",
        "dossiers dont les CPAM concernées changent",
    )
    _tell_elsewhere(run)


def _write_funds(run: Import, districts: Districts) -> None:
    new, changed = [], []
    for code, fund in districts.funds.items():
        known = districts.known.get(code)
        if known is None:
            new.append(fund)
        elif (known.name, known.region_id, known.is_confirmed) != (fund.name, fund.region_id, True):
            changed.append(fund)
    CpamDistrict.objects.bulk_create(new)
    CpamDistrict.objects.bulk_update(changed, ["name", "region", "is_confirmed"])
    run.changed(len(new), "CPAM créée", "CPAM créées")
    run.changed(len(changed), "CPAM confirmée ou renommée", "CPAM confirmées ou renommées")


def _write_communes(run: Import, fund_of: dict[str, str]) -> None:
    """One statement for each fund and slice: 35 000 communes have a hundred funds."""
    stored = dict(Commune.objects.order_by().values_list("pk", "cpam_district_id"))
    moved: dict[str, list[str]] = defaultdict(list)
    for code, fund in fund_of.items():
        if stored[code] != fund:
            moved[fund].append(code)
    for fund, communes in moved.items():
        Commune.objects.filter(pk__in=communes).update(cpam_district=fund)
    run.changed(
        sum(map(len, moved.values())), "commune change de CPAM", "communes changent de CPAM"
    )


def _tell_elsewhere(run: Import) -> None:
    found = funds_elsewhere()
    if found and run.changes:
        run.notes.append("Ces CPTS gardent leur CPAM, mais des communes relèvent d’une autre :")
        run.notes.extend(f"  {name} : {', '.join(others)}" for name, others in found.items())
