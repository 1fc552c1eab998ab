"""The tables of the pilotage of coverage as rows for a spreadsheet."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator

from foundation import clock
from foundation.spreadsheet import Cell
from territories.areas import Area
from territories.coverage import CoverageFigures, overlaps, white_zone
from territories.figures.pages import figures_page
from territories.models import Cpts
from territories.newest_figures import newest_vintage
from territories.places import departement_names
from territories.shares import format_share
from territories.vintages import SizeChange, size_changes

ALL = 50_000  # more than there are communes
Row = list[Cell]
Rows = Callable[[Area, dt.date, Iterable[Cpts]], Iterable[Row]]

_FIGURES = [
    "Communes",
    "Communes couvertes",
    "Habitants",
    "Habitants couverts",
    "Communes sans CPTS",
    "Habitants sans CPTS",
    "Communes en chevauchement",
    "Habitants comptés deux fois",
]


def _cells(figures: CoverageFigures) -> Row:
    return [
        figures.whole.communes,
        figures.covered.communes,
        figures.whole.inhabitants,
        figures.covered.inhabitants,
        figures.white.communes,
        figures.white.inhabitants,
        figures.overlap.communes,
        figures.overlap.inhabitants,
    ]


def _parts(area: Area, day: dt.date, upcoming: Iterable[Cpts]) -> Iterator[Row]:
    for part in figures_page(area, day, clock.today()).parts:
        yield [day, part.code, part.name or "Hors intercommunalité", *_cells(part)]


def _years(area: Area, day: dt.date, upcoming: Iterable[Cpts]) -> Iterator[Row]:
    for year in figures_page(area, day, clock.today()).years:
        yield [year.day, area.name, *_cells(year)]


def _stages(area: Area, day: dt.date, upcoming: Iterable[Cpts]) -> Iterator[Row]:
    for item in figures_page(area, day, clock.today()).stages:
        tally = item.tally
        yield [day, area.name, str(item.stage.label), item.cpts, tally.communes, tally.inhabitants]


def _overlaps(area: Area, day: dt.date, upcoming: Iterable[Cpts]) -> Iterator[Row]:
    for place in overlaps(area, day):
        for coverer in place.coverers:
            yield [
                *(day, place.code, place.name, departement_names().get(place.departement, "")),
                *(place.inhabitants, place.inhabitants_counted_twice),
                *(coverer.name, format_share(coverer.share)),
            ]


def _white(area: Area, day: dt.date, upcoming: Iterable[Cpts]) -> Iterator[Row]:
    for place, epci in white_zone(area, day, limit=ALL).places:
        name = departement_names().get(place.departement, "")
        yield [day, place.code, place.name, name, epci, place.inhabitants]


def sizes_of(area: Area) -> list[SizeChange]:
    """The public CPTS of an area that the newest vintage would give another size. Two queries."""
    vintage = newest_vintage()
    among = Cpts.objects.standing().in_area(area)
    return size_changes(vintage, among) if vintage else []


def _sizes(area: Area, day: dt.date, upcoming: Iterable[Cpts]) -> Iterator[Row]:
    for change in sizes_of(area):
        yield [
            *(change.reference, change.name, change.kept_size, change.kept_vintage),
            *(change.kept_population, change.size, change.vintage, change.population),
        ]


def _to_come(area: Area, day: dt.date, upcoming: Iterable[Cpts]) -> Iterator[Row]:
    for cpts in upcoming:
        territory = cpts.territory
        yield [
            *(cpts.reference, cpts.name, cpts.departement.name, str(cpts.get_stage_display())),
            cpts.stage_since,
            *((territory.commune_count, territory.population) if territory else (None, None)),
        ]


# Word of the address → header and rows.
TABLES: dict[str, tuple[list[str], Rows]] = {
    "zones": (["Date", "Code", "Zone", *_FIGURES], _parts),
    "annees": (["Date", "Zone", *_FIGURES], _years),
    "etapes": (["Date", "Zone", "Étape", "CPTS", "Communes", "Habitants couverts"], _stages),
    "chevauchements": (
        [
            *("Date", "Code INSEE", "Commune", "Département", "Habitants"),
            *("Habitants comptés deux fois", "CPTS", "Part"),
        ],
        _overlaps,
    ),
    "zones-blanches": (
        ["Date", "Code INSEE", "Commune", "Département", "Intercommunalité", "Habitants"],
        _white,
    ),
    "tailles": (
        [
            *("Référence", "CPTS", "Taille retenue", "Millésime retenu", "Habitants retenus"),
            *("Taille", "Millésime", "Habitants"),
        ],
        _sizes,
    ),
    "a-venir": (
        [
            *("Référence", "CPTS", "Département", "Étape", "Étape depuis le"),
            *("Communes", "Population municipale"),
        ],
        _to_come,
    ),
}
