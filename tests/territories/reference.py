"""A small set of reference files, real in shape, that a test may spoil."""

import csv
import gzip
from pathlib import Path

from territories.reference_files import FILES, Reference

Table = list[dict[str, str]]

COMMUNE_COLUMNS = (
    "insee_code,name,kind,parent_code,departement,zone,epci_siren,postal_codes,population,"
    "population_year"
)

_TABLES: dict[str, str] = {
    "regions.csv": """code,name,chef_lieu,zone
32,Hauts-de-France,59350,metro
94,Corse,2A004,metro
975,Saint-Pierre-et-Miquelon,97502,com""",
    "departements.csv": """code,name,region,zone
2A,Corse-du-Sud,94,metro
62,Pas-de-Calais,32,metro
975,Saint-Pierre-et-Miquelon,975,com""",
    "epci.csv": """siren,name,type
200072460,"CA de Béthune-Bruay, Artois-Lys Romane",CA
200069029,CA des Deux Baies,CA""",
    "cpam_districts.csv": """code,name,region,departement,is_confirmed
2A1,CPAM de la Corse-du-Sud,94,2A,0
621,CPAM de l’Artois,32,62,0
622,CPAM de la Côte d’Opale,32,62,0""",
    "cpam_district_epci.csv": """departement,epci_siren,epci_name,cpam_district,certainty
62,200069029,CA des Deux Baies,622,à confirmer""",
    "communes.csv.gz": COMMUNE_COLUMNS
    + """
2A004,Ajaccio,COM,,2A,metro,,20000|20090,75000,2023
62119,Béthune,COM,,62,metro,200072460,62400,25224,2023
62108,Berck,COM,,62,metro,200069029,62600,12951,2023
62001,L'Ablainzevelle,COM,,62,metro,,62116,,
97502,Saint-Pierre,COM,,975,com,,97500,5000,2023""",
    "communes_history.csv.gz": """old_code,old_name,current_code,current_name,kind
62999,Berck-Plage,62108,Berck,ancien
97599,Autre,97502,Saint-Pierre,ancien""",
    "populations.csv.gz": """insee_code,reference_year,population_municipale,population_totale
2A004,2023,75000,76000
62119,2022,25342,
62119,2023,25224,25500
62108,2023,12951,""",
    "commune_points.csv.gz": """insee_code,lon,lat,west,south,east,north
2A004,8.7065,41.9348,8.5808,41.8638,8.8235,41.9939
62119,2.6406,50.5303,2.6115,50.5071,2.6743,50.5496
62108,1.5799,50.4097,1.5548,50.3801,1.6107,50.4438
62001,,,,,,""",
}


def write_reference(folder: Path, **changes: str) -> Reference:
    """Write the files; `changes` replaces a whole one (« communes » for communes.csv.gz)."""
    for name in FILES:
        text = changes.get(name.split(".")[0], _TABLES[name]) + "\n"
        data = text.encode()
        (folder / name).write_bytes(gzip.compress(data, mtime=0) if name.endswith(".gz") else data)
    return Reference(folder)


def table(name: str) -> str:
    """The text of one sample file, to be changed by a test."""
    return next(text for key, text in _TABLES.items() if key.split(".")[0] == name)


def rows_of(path: Path) -> Table:
    """The rows of a file, plain or compressed."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    return list(csv.DictReader(text.splitlines()))
