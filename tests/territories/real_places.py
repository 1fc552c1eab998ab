"""Real communes, cut out of the committed reference files: real cases must break here."""

import csv
import gzip
import io
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from territories.loading import load
from territories.models import Commune, Cpts, Population, Territory, TerritoryCommune
from territories.reference_files import FILES, FOLDER, Reference
from tests.territories.reference import Table, rows_of

# Which column says of which commune a line is; the other files are small and kept whole.
_COMMUNE_OF = {
    "communes.csv.gz": "insee_code",
    "communes_history.csv.gz": "current_code",
    "populations.csv.gz": "insee_code",
    "commune_points.csv.gz": "insee_code",
}
STORY = Path(__file__).parents[2] / "cpts_portal" / "story" / "territories.csv"


@cache
def _by_commune(name: str) -> dict[str, Table]:
    """The rows of a large file by commune: read once for all the tests of a process."""
    rows: dict[str, Table] = defaultdict(list)
    for row in rows_of(FOLDER / name):
        rows[row[_COMMUNE_OF[name]]].append(row)
    return rows


def load_places(folder: Path, codes: Iterable[str]) -> None:
    """Load these communes only, with their figures, centres and former codes."""
    wanted = sorted(set(codes))
    for name in FILES:
        if name not in _COMMUNE_OF:
            (folder / name).write_bytes((FOLDER / name).read_bytes())
            continue
        known = _by_commune(name)
        heading = next(iter(known.values()))[0]
        text = _as_csv(heading, [row for code in wanted for row in known.get(code, [])])
        (folder / name).write_bytes(gzip.compress(text.encode(), mtime=0))
    load(Reference(folder))


def codes_of(slug: str) -> list[str]:
    """The communes of a real CPTS of the demonstration."""
    rows = csv.DictReader(STORY.read_text(encoding="utf-8").splitlines())
    return [row["insee_code"] for row in rows if row["slug"] == slug]


def make_territory(name: str, codes: Iterable[str], *, vintage: int, size: int) -> Cpts:
    """A CPTS with a territory in use, counted by the figures of the database."""
    communes = list(Commune.objects.filter(pk__in=set(codes)).select_related("departement"))
    first = communes[0]
    figures = dict(
        Population.objects.filter(commune__in=communes, vintage=vintage).values_list(
            "commune_id", "municipal"
        )
    )
    cpts = Cpts.objects.create(
        name=name,
        slug=name.lower().replace(" ", "-"),
        reference=name.upper().replace(" ", "-")[:20],
        region_id=first.departement.region_id,
        departement=first.departement,
        cpam_district_id=first.cpam_district_id,
    )
    cpts.territory = Territory.objects.create(
        cpts=cpts,
        vintage=vintage,
        population=sum(figures.values()),
        size=size,
        commune_count=len(communes),
    )
    cpts.save()
    TerritoryCommune.objects.bulk_create(
        TerritoryCommune(
            territory=cpts.territory, commune=commune, population=figures.get(commune.pk, 0)
        )
        for commune in communes
    )
    return cpts


def write_csv(path: Path, text: str) -> Path:
    """A file as an operator would bring it; a name in .gz is compressed."""
    data = text.encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def _as_csv(heading: Iterable[str], rows: Table) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=list(heading), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()
