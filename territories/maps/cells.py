"""The pieces of a map: land held by the same CPTS, drawn with borders that neighbours share."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from territories.coverage import Coverer, Place
from territories.maps.frame import TOLERANCE, Frame, simplified
from territories.outlines import polygonal
from territories.shares import WHOLE

_ARRONDISSEMENT = re.compile(r" \d+er? Arrondissement$")


class Cover(StrEnum):
    """How a piece of land is held."""

    WHITE = "white"
    HELD = "held"
    SHARED = "shared"  # by several CPTS, or in part only
    OVERLAP = "overlap"  # for more than the whole


@dataclass
class Cell:
    """One piece: its places, who holds them, its shape in units."""

    cover: Cover
    departement: str
    places: list[Place] = field(default_factory=list)
    shape: BaseGeometry = field(default_factory=shapely.Polygon)

    @property
    def coverers(self) -> tuple[Coverer, ...]:
        """Each CPTS once, the one with the largest share first."""
        held = {c.pk: c for place in self.places for c in place.coverers}
        return tuple(sorted(held.values(), key=lambda one: (-one.share, one.pk)))

    @property
    def inhabitants(self) -> int:
        return sum(place.inhabitants for place in self.places)

    @property
    def name(self) -> str:
        """Of a single commune; a city drawn whole for its arrondissements has its own."""
        return _ARRONDISSEMENT.sub("", self.places[0].name)

    @property
    def code(self) -> str:
        first = self.places[0]
        return first.code if len(self.places) == 1 else first.parent or first.code


def cover_of(places: Iterable[Place]) -> Cover:
    """Of land drawn as one piece: places with the same shape, nearly always a single commune."""
    found = {_cover_of(place) for place in places}
    holders = {coverer.pk for place in places for coverer in place.coverers}
    if Cover.OVERLAP in found:
        return Cover.OVERLAP
    if len(found) == 1 and len(holders) < 2:
        return found.pop()
    return Cover.SHARED


def _cover_of(place: Place) -> Cover:
    if not place.coverers:
        return Cover.WHITE
    if place.is_overlap:
        return Cover.OVERLAP
    return Cover.HELD if place.total_share == WHOLE else Cover.SHARED


Key = tuple[str, ...]


def one_by_one(cell: Cell) -> Key:
    """A département and below: each commune is drawn."""
    return (cell.code,)


def by_holders(cell: Cell) -> Key:
    """A région and above: communes of a département with the same CPTS become one piece."""
    return (cell.departement, cell.cover, *sorted(str(one.pk) for one in cell.coverers))


def cells_of(
    places: Iterable[Place],
    shapes: Mapping[str, BaseGeometry],
    frame: Frame,
    *,
    key: Callable[[Cell], Key],
    tolerance: float = TOLERANCE,
) -> list[Cell]:
    """The pieces of the map, simplified together. A place without outline is left out."""
    units = frame.project(shapes)
    groups: dict[Key, list[Cell]] = defaultdict(list)
    for drawn in _drawn_as_one(places, shapes).values():
        cell = Cell(cover_of(drawn), drawn[0].departement, drawn, units[drawn[0].code])
        groups[key(cell)].append(cell)
    cells = [_joined(group) for group in groups.values()]
    shapes_drawn = simplified([cell.shape for cell in cells], tolerance)
    for cell, shape in zip(cells, shapes_drawn, strict=True):
        cell.shape = shape
    return cells


def _drawn_as_one(
    places: Iterable[Place], shapes: Mapping[str, BaseGeometry]
) -> dict[int, list[Place]]:
    """Arrondissements without an outline of their own all have that of their city."""
    found: dict[int, list[Place]] = defaultdict(list)
    for place in places:
        shape = shapes.get(place.code)
        if shape is not None and not shape.is_empty:
            found[id(shape)].append(place)
    return found


def _joined(group: list[Cell]) -> Cell:
    if len(group) == 1:
        return group[0]
    first = group[0]
    places = [place for cell in group for place in cell.places]
    return Cell(first.cover, first.departement, places, union(cell.shape for cell in group))


def union(shapes: Iterable[BaseGeometry]) -> BaseGeometry:
    """One shape for pieces that share their borders; where some do not quite, more slowly."""
    pieces = list(shapes)
    try:
        return shapely.coverage_union_all(pieces)
    except shapely.errors.GEOSException:
        return polygonal(shapely.union_all(shapely.make_valid(pieces)))


def outlines(cells: Iterable[Cell]) -> dict[int, BaseGeometry]:
    """CPTS → its whole outline, shared land included."""
    pieces: dict[int, list[BaseGeometry]] = defaultdict(list)
    for cell in cells:
        for coverer in cell.coverers:
            pieces[coverer.pk].append(cell.shape)
    return {pk: union(shapes) for pk, shapes in pieces.items()}


def touching(shapes: Mapping[int, BaseGeometry]) -> dict[int, set[int]]:
    """CPTS → those it touches or overlaps: they must not have its colour."""
    found: dict[int, set[int]] = {pk: set() for pk in shapes}
    keys, whole = list(shapes), np.array(list(shapes.values()), dtype=object)
    pairs = shapely.STRtree(whole).query(whole, predicate="intersects")
    for one, other in zip(*pairs, strict=True):
        if one != other:
            found[keys[one]].add(keys[other])
    return found


def borders(groups: Mapping[str, list[BaseGeometry]]) -> BaseGeometry:
    """The lines between and around groups of pieces (départements, régions), each once."""
    edges = [shapely.boundary(union(shapes)) for shapes in groups.values()]
    return shapely.line_merge(shapely.union_all(edges))
