"""Draws the map of an area, of a CPTS and of a commune at a date; both colourings at once."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.safestring import SafeString
from shapely.geometry.base import BaseGeometry

from foundation import clock
from foundation.dates import format_date
from territories.areas import Area, AreaKind
from territories.coverage import Place, every_place, places_among
from territories.maps import svg
from territories.maps.cells import (
    Cell,
    Cover,
    borders,
    by_holders,
    cells_of,
    one_by_one,
    outlines,
    touching,
    union,
)
from territories.maps.colours import colour_class, colours, stage_class
from territories.maps.frame import LIGHT, TOLERANCE, Frame, centre_of, frame_of, line_data
from territories.maps.rows import CptsRow, cpts_rows, named, said
from territories.models import Adjacency, Commune, Cpts
from territories.places import departement_names, departement_regions
from territories.shapes import is_schematic, shapes_of

MOST_NUMBERS = 60  # above, they would hide the map
_ROOM = 7  # units: a number on less land would cover its neighbours
_SEVERAL = 5  # communes that a title names before it says how many more
_DETAILED = {AreaKind.DEPARTEMENT, AreaKind.CPAM, AreaKind.EPCI}


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A CPTS of a small map, with its classes there."""

    row: CptsRow
    classes: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture ready for a page, and what is written beside it."""

    svg: SafeString
    is_schematic: bool = True
    is_empty: bool = False
    # What the numbers of a small map stand for; that of an area has its table.
    key: tuple[KeyLine, ...] = ()


@dataclass
class _Sheet:
    """What the layers of one map share."""

    name: str
    day: dt.date
    frame: Frame
    cells: list[Cell]
    rows: dict[int, CptsRow]
    colours: dict[int, int] = field(default_factory=dict)
    whole: dict[int, BaseGeometry] = field(default_factory=dict)

    def classes(self, pk: int) -> str:
        """Of a CPTS: its colour and its stage; the map shows one or the other."""
        return f"{colour_class(self.colours[pk])} {stage_class(self.rows[pk].stage)}"

    @property
    def has_numbers(self) -> bool:
        return len(self.rows) <= MOST_NUMBERS and not self.frame.insets


def area_map(
    area: Area, day: dt.date, *, name: str = "carte", places: list[Place] | None = None
) -> Drawing:
    """One area. `name` begins the ids of its patterns: give each map of a page its own."""
    everywhere = area.kind is AreaKind.FRANCE
    places = every_place(area, day) if places is None else places
    codes = None if everywhere else [place.code for place in places]
    shapes = shapes_of(codes, coarse=everywhere)
    detailed = area.kind in _DETAILED
    sheet = _sheet(name, day, places, shapes, detailed=detailed)
    layers = [*(_one_by_one(sheet) if detailed else _by_cpts(sheet)), *_marks(sheet, area)]
    label = f"Carte de la couverture par les CPTS\u00a0: {area.name}, le {format_date(day)}"
    picture = svg.drawing(sheet.frame, label, name, layers)
    return Drawing(picture, is_schematic(codes), is_empty=not sheet.cells)


def cpts_map(cpts: Cpts, day: dt.date | None = None, *, name: str = "carte") -> Drawing:
    """The communes of a CPTS and those around, with the CPTS that hold them."""
    day = day or clock.today()
    rows = cpts.territory.communes if cpts.territory else None
    own = set(rows.values_list("commune_id", flat=True)) if rows is not None else set()
    return _around(own, day, f"Carte du territoire\u00a0: {cpts.name}", name)


def commune_map(commune: Commune, day: dt.date | None = None, *, name: str = "carte") -> Drawing:
    """A commune and its neighbours, with the CPTS that hold them."""
    label = f"Carte de la commune et de ses voisines\u00a0: {commune.name}"
    return _around({commune.pk}, day or clock.today(), label, name)


def communes_map(
    codes: set[str], title: str, day: dt.date | None = None, *, name: str = "carte"
) -> Drawing:
    """A set of communes that no CPTS holds yet, with those that hold the land on the day."""
    return _around(codes, day or clock.today(), f"Carte du territoire\u00a0: {title}", name)


def _around(own: set[str], day: dt.date, label: str, name: str) -> Drawing:
    around = Adjacency.objects.filter(commune__in=own).values_list("neighbour_id", flat=True)
    codes = own.union(around)
    places = places_among(codes, day)
    shapes = shapes_of(place.code for place in places)
    sheet = _sheet(name, day, places, shapes, detailed=True)
    mine = [
        cell.shape
        for cell in sheet.cells
        if any(own & {place.code, place.parent} for place in cell.places)
    ]
    layers = [*_one_by_one(sheet), svg.group("map-own", _outline(mine)), _numbers(sheet)]
    picture = svg.drawing(sheet.frame, label, name, layers)
    key = tuple(
        KeyLine(row, sheet.classes(pk)) for pk, row in sheet.rows.items() if pk in sheet.whole
    )
    return Drawing(picture, is_schematic(shapes), is_empty=not mine, key=key)


def _outline(shapes: list[BaseGeometry]) -> Iterator[SafeString]:
    if shapes:
        yield svg.path(union(shapes))


def _sheet(
    name: str,
    day: dt.date,
    places: list[Place],
    shapes: dict[str, BaseGeometry],
    *,
    detailed: bool,
) -> _Sheet:
    frame = frame_of({place.code: shapes[place.code] for place in places if place.code in shapes})
    key = one_by_one if detailed else by_holders
    tolerance = LIGHT if frame.insets else TOLERANCE
    cells = cells_of(places, shapes, frame, key=key, tolerance=tolerance)
    sheet = _Sheet(name, day, frame, cells, {row.pk: row for row in cpts_rows(places)})
    sheet.whole = outlines(cells)
    sheet.colours = colours(touching(sheet.whole))
    return sheet


# --- Layers: a région and above --------------------------------------------------------------


def _by_cpts(sheet: _Sheet) -> Iterator[SafeString]:
    """White land, the CPTS, and over them what is shared or held twice."""
    white = [cell for cell in sheet.cells if cell.cover is Cover.WHITE]
    fill = svg.pattern_fill(sheet.name, "white")
    yield svg.group("map-white", (svg.path(c.shape, title=_told(c), fill=fill) for c in white))
    yield svg.group("map-cpts", (_linked(sheet, pk) for pk in sheet.whole))
    yield from _patterned(sheet)


def _linked(sheet: _Sheet, pk: int) -> SafeString:
    row = sheet.rows[pk]
    return svg.link(_address(row), row.title, svg.path(sheet.whole[pk]), sheet.classes(pk))


def _patterned(sheet: _Sheet) -> Iterator[SafeString]:
    for cover in (Cover.SHARED, Cover.OVERLAP):
        fill = svg.pattern_fill(sheet.name, cover)
        cells = [cell for cell in sheet.cells if cell.cover is cover]
        shapes = (svg.path(cell.shape, title=_told(cell), fill=fill) for cell in cells)
        yield svg.group(f"map-{cover}", shapes)


# --- Layers: a département and below ---------------------------------------------------------


def _one_by_one(sheet: _Sheet) -> Iterator[SafeString]:
    """Each commune, then the outline of each CPTS."""
    groups: dict[Cover, list[Cell]] = defaultdict(list)
    for cell in sheet.cells:
        groups[cell.cover].append(cell)
    white = svg.pattern_fill(sheet.name, "white")
    yield svg.group("map-white", (_commune(sheet, c, fill=white) for c in groups[Cover.WHITE]))
    held = [cell for cell in sheet.cells if cell.coverers]
    yield svg.group("map-communes", (_commune(sheet, cell) for cell in held))
    for cover in (Cover.SHARED, Cover.OVERLAP):
        fill = svg.pattern_fill(sheet.name, cover)
        shapes = (svg.path(cell.shape, fill=fill) for cell in groups[cover])
        yield svg.group(f"map-{cover} map-over", shapes, hidden=True)
    edges = (svg.path(shape, of=_address(sheet.rows[pk])) for pk, shape in sheet.whole.items())
    yield svg.group("map-outlines", edges, hidden=True)


def _commune(sheet: _Sheet, cell: Cell, *, fill: str = "") -> SafeString:
    holders = cell.coverers
    classes = sheet.classes(holders[0].pk) if holders else ""
    href = reverse("territories:commune", args=[cell.code])
    return svg.link(href, _told(cell), svg.path(cell.shape, fill=fill), classes)


# --- Limits, names and numbers ---------------------------------------------------------------


def _marks(sheet: _Sheet, area: Area) -> Iterator[SafeString]:
    by_departement: dict[str, list[BaseGeometry]] = defaultdict(list)
    by_region: dict[str, list[BaseGeometry]] = defaultdict(list)
    region_of = departement_regions()
    for cell in sheet.cells:
        by_departement[cell.departement].append(cell.shape)
        by_region[region_of.get(cell.departement, "")].append(cell.shape)
    limits = [svg.lines(line_data(borders(by_departement)), "map-limit")]
    if area.kind is AreaKind.FRANCE:
        limits.append(svg.lines(line_data(borders(by_region)), "map-limit map-limit--region"))
    yield svg.group("map-limits", limits, hidden=True)
    yield svg.group("map-insets", (svg.inset(panel) for panel in sheet.frame.insets))
    yield _numbers(sheet)


def _numbers(sheet: _Sheet) -> SafeString:
    """The number of each CPTS in the table, in the widest part of its land."""
    if not sheet.has_numbers:
        return svg.NOTHING
    numbers = []
    for pk, shape in sheet.whole.items():
        x, y, radius = centre_of(shape)
        if radius >= _ROOM:
            numbers.append(svg.text(x, y, str(sheet.rows[pk].number), "map-number"))
    return svg.group("map-numbers", numbers, hidden=True)


# --- Words -----------------------------------------------------------------------------------


def _told(cell: Cell) -> str:
    """What a piece of land says of itself."""
    place = _named_places(cell)
    people = said(len(cell.places), cell.inhabitants)
    words = {
        Cover.WHITE: f"{place} – zone blanche, {people}",
        Cover.HELD: f"{place} – {named(cell.coverers)}",
        Cover.SHARED: f"{place} – commune partagée\u00a0: {named(cell.coverers)}",
        Cover.OVERLAP: f"{place} – chevauchement\u00a0: {named(cell.coverers)}",
    }
    return words[cell.cover]


def _named_places(cell: Cell) -> str:
    names = list(dict.fromkeys(place.name for place in cell.places))
    if cell.code != cell.places[0].code:
        return cell.name
    if len(names) > _SEVERAL:
        return departement_names().get(cell.departement, cell.departement)
    return ", ".join(names)


def _address(row: CptsRow) -> str:
    return reverse("territories:cpts", args=[row.slug])
