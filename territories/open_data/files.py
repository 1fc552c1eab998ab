"""The open data files: their columns with what each means (the dictionary), and their rows.

Nothing personal: neither who presides a CPTS nor where to write to it.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from foundation import clock
from foundation.spreadsheet import Cell, neutral
from territories.areas import FRANCE, AreaKind
from territories.coverage import figures_by_day_and_part
from territories.figures.pages import year_ends
from territories.models import Stage, Succession, Territory, TerritoryCommune
from territories.places import departement_names
from territories.querysets import COVERING

TEXT, NUMBER, DATE, YES_NO = "texte", "nombre entier", "date ISO 8601", "true ou false"
Rows = Callable[[dt.date | None], Iterable[Iterable[Cell]]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its stable name, its kind, and its meaning in a sentence."""

    name: str
    kind: str
    meaning: str


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file at a stable address."""

    name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    rows: Rows

    @property
    def header(self) -> list[str]:
        return [column.name for column in self.columns]

    def content(self, day: dt.date | None) -> bytes:
        """UTF-8, commas, ISO dates; cells that a spreadsheet would run are made harmless."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.header)
        writer.writerows([neutral(cell) for cell in row] for row in self.rows(day))
        return text.getvalue().encode()


def versions_on(day: dt.date) -> QuerySet[Territory]:
    """The version of each CPTS that covered its communes on the day.

    Its stage then is at `cpts__stage_periods`, the one row that the condition keeps.
    """
    present = Q(cpts__stage_periods__ends_on=None) | Q(cpts__stage_periods__ends_on__gt=day)
    return Territory.objects.filter(
        Q(replaced_on=None) | Q(replaced_on__gt=day),
        present,
        valid_from__lte=day,
        cpts__stage_periods__is_public=True,
        cpts__stage_periods__starts_on__lte=day,
        cpts__stage_periods__stage__in=COVERING,
    ).order_by("cpts__slug")


def cpts_records(day: dt.date) -> Iterator[dict[str, Any]]:
    """One record for each CPTS that covers its communes on the day. One query."""
    period = "cpts__stage_periods"
    rows = versions_on(day).values(
        *("cpts__slug", "cpts__name", f"{period}__stage", f"{period}__starts_on"),
        *("cpts__stage_as_of", "cpts__region_id", "cpts__region__name"),
        *("cpts__departement_id", "cpts__departement__name"),
        *("cpts__cpam_district_id", "cpts__cpam_district__name"),
        *("commune_count", "population", "vintage", "size", "valid_from", "is_completed"),
    )
    for row in rows:
        yield dict(zip((column.name for column in CPTS_COLUMNS), _cpts_cells(row), strict=True))


def _cpts_cells(row: dict[str, Any]) -> Iterator[Cell]:
    values = list(row.values())
    stage = Stage(values[2])
    yield from (values[0], values[1], stage.value, str(stage.label))
    yield from values[3:-1]
    yield _yes_no(values[-1])


def _cpts_rows(day: dt.date | None) -> Iterator[Iterable[Cell]]:
    for record in cpts_records(day or clock.today()):
        yield record.values()


def _link_rows(day: dt.date | None) -> Iterator[Iterable[Cell]]:
    versions = versions_on(day or clock.today()).order_by()
    rows = TerritoryCommune.objects.of_territories(versions).values_list(
        *("territory__cpts__slug", "commune_id", "commune__name", "commune__successor_id"),
        *("commune__departement_id", "share", "part", "population", "territory__vintage"),
        *("certainty", "territory__valid_from", "territory__replaced_on"),
    )
    for (
        slug,
        code,
        name,
        successor,
        departement,
        share,
        part,
        people,
        vintage,
        sure,
        *dates,
    ) in rows:
        yield [
            *(slug, code, name, successor or code, departement, _percent(share), part),
            *(people, vintage, sure, _yes_no(sure in {"inferred", "filled"}), *dates),
        ]


def _coverage_rows(day: dt.date | None) -> Iterator[Iterable[Cell]]:
    days = [day] if day else year_ends(clock.today())
    for parts in figures_by_day_and_part(FRANCE, days, AreaKind.DEPARTEMENT).values():
        for part in sorted(parts, key=lambda part: part.code):
            yield [
                *(part.day, part.code, part.name or departement_names().get(part.code, "")),
                *(part.whole.communes, part.covered.communes),
                *(part.whole.inhabitants, part.covered.inhabitants),
                *(part.white.communes, part.white.inhabitants),
                *(part.overlap.communes, part.overlap.inhabitants, part.vintage),
            ]


def _succession_rows(day: dt.date | None) -> Iterator[Iterable[Cell]]:
    rows = Succession.objects.known_on(day or clock.today())
    for row in rows:
        yield [
            *(row.predecessor.slug, row.predecessor.name, row.kind, row.since),
            *(row.successor.slug, row.successor.name),
        ]


def _dictionary_rows(day: dt.date | None) -> Iterator[Iterable[Cell]]:
    for file in FILES.values():
        for column in file.columns:
            yield [f"{file.name}.csv", column.name, column.kind, column.meaning]
    for column in (*CPTS_COLUMNS, LIMITS):
        yield ["cpts.geojson", column.name, column.kind, column.meaning]


def _percent(share: int) -> str:
    """6250 → « 62.5 »: a number for machines."""
    return f"{share / 100:.2f}".rstrip("0").rstrip(".")


def _yes_no(value: bool) -> str:
    return "true" if value else "false"


CPTS_COLUMNS = (
    Column("cpts", TEXT, "Identifiant stable de la CPTS : la fin de l’adresse de sa page."),
    Column("nom", TEXT, "Nom de la CPTS."),
    Column("etape", TEXT, "Étape à la date demandée, en un mot de code."),
    Column("etape_libelle", TEXT, "La même étape, en français."),
    Column("etape_depuis", DATE, "Premier jour de cette étape, connue du public."),
    Column(
        "situation_connue_au",
        DATE,
        "Date du document qui dit l’étape d’aujourd’hui ; vide si le portail a suivi le dossier.",
    ),
    Column("region", TEXT, "Code INSEE de la région dont l’ARS suit le dossier."),
    Column("region_nom", TEXT, "Nom de cette région."),
    Column("departement", TEXT, "Code du département principal."),
    Column("departement_nom", TEXT, "Nom de ce département."),
    Column("cpam", TEXT, "Code, propre au portail, de la CPAM qui suit le dossier."),
    Column("cpam_nom", TEXT, "Nom de cette CPAM."),
    Column("communes", NUMBER, "Nombre de communes du territoire."),
    Column("population", NUMBER, "Population municipale du territoire (INSEE)."),
    Column("millesime", NUMBER, "Année de référence de cette population."),
    Column("taille", NUMBER, "Taille de 1 à 4, qui fixe le financement ; vide si inconnue."),
    Column("territoire_depuis", DATE, "Premier jour de cette version du territoire."),
    Column("territoire_complete", YES_NO, "true si des communes y sont ajoutées sans document."),
)
LIMITS = Column(
    "limites", TEXT, "« officielles », « approchées » ou « absentes » : d’où vient le tracé."
)
_LINK_COLUMNS = (
    Column("cpts", TEXT, "Identifiant stable de la CPTS, comme dans cpts.csv."),
    Column("commune", TEXT, "Code INSEE de la commune que nomme le territoire."),
    Column("commune_nom", TEXT, "Nom de cette commune."),
    Column("commune_actuelle", TEXT, "Code INSEE de la commune d’aujourd’hui, si elle a changé."),
    Column("departement", TEXT, "Code du département de la commune."),
    Column("part", "nombre décimal", "Part de la commune, en pourcentage : 100 si entière."),
    Column("partie", TEXT, "Partie de la commune, si elle est partagée et nommée."),
    Column("population", NUMBER, "Population municipale comptée pour cette part."),
    Column("millesime", NUMBER, "Année de référence de cette population."),
    Column(
        "certitude",
        TEXT,
        "named : nommée par un document ; epci : par son intercommunalité ; "
        "inferred : déduite ; filled : complétée.",
    ),
    Column("complete", YES_NO, "true si aucun document ne nomme la commune."),
    Column("territoire_du", DATE, "Premier jour de cette version du territoire."),
    Column("territoire_au", DATE, "Premier jour qui n’en fait plus partie ; vide si en vigueur."),
)
_SUCCESSION_COLUMNS = (
    Column("cpts", TEXT, "Identifiant stable de la CPTS remplacée, comme dans cpts.csv."),
    Column("nom", TEXT, "Nom de cette CPTS."),
    Column("nature", TEXT, "merger : fusion ; split : scission."),
    Column("depuis", DATE, "Premier jour de la CPTS qui lui succède."),
    Column("successeur", TEXT, "Identifiant stable d’une CPTS qui lui succède."),
    Column("successeur_nom", TEXT, "Nom de celle-ci."),
)
_COVERAGE_COLUMNS = (
    Column("date", DATE, "Jour de la situation : fin de chaque année depuis 2019, et aujourd’hui."),
    Column("departement", TEXT, "Code du département."),
    Column("departement_nom", TEXT, "Nom du département."),
    Column("communes", NUMBER, "Communes de 2026 ; arrondissements pour Paris, Lyon, Marseille."),
    Column("communes_couvertes", NUMBER, "Celles qu’au moins une CPTS tient, en tout ou partie."),
    Column("habitants", NUMBER, "Population municipale du millésime le plus récent."),
    Column("habitants_couverts", NUMBER, "Ceux que comptent les parts des CPTS, une fois."),
    Column("communes_sans_cpts", NUMBER, "Communes qu’aucune CPTS ne tient."),
    Column("habitants_sans_cpts", NUMBER, "Leurs habitants."),
    Column("communes_en_chevauchement", NUMBER, "Communes tenues pour plus que leur totalité."),
    Column("habitants_comptes_deux_fois", NUMBER, "Habitants au-delà de la commune entière."),
    Column("millesime", NUMBER, "Année de référence de la population, la même à toutes les dates."),
)
_DICTIONARY_COLUMNS = (
    Column("fichier", TEXT, "Nom du fichier."),
    Column("colonne", TEXT, "Nom de la colonne, ou de la propriété dans le GeoJSON."),
    Column("type", TEXT, "Nature de la valeur."),
    Column("description", TEXT, "Ce qu’elle veut dire."),
)

FILES: dict[str, DataFile] = {
    file.name: file
    for file in (
        DataFile(
            "cpts",
            "Les CPTS",
            "Une ligne par CPTS connue du public : étape, population, taille.",
            CPTS_COLUMNS,
            _cpts_rows,
        ),
        DataFile(
            "cpts-communes",
            "Les communes de chaque CPTS",
            "Une ligne par commune d’un territoire : part, population, certitude.",
            _LINK_COLUMNS,
            _link_rows,
        ),
        DataFile(
            "cpts-successions",
            "Les fusions et les scissions",
            "Une ligne par CPTS remplacée et par CPTS qui lui succède.",
            _SUCCESSION_COLUMNS,
            _succession_rows,
        ),
        DataFile(
            "couverture-departements",
            "La couverture par département",
            "Une ligne par département et par année depuis 2019.",
            _COVERAGE_COLUMNS,
            _coverage_rows,
        ),
        DataFile(
            "dictionnaire",
            "Le dictionnaire",
            "Ce que veut dire chaque colonne de ces fichiers.",
            _DICTIONARY_COLUMNS,
            _dictionary_rows,
        ),
    )
}
