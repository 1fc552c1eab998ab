"""Pure: a schematic map, drawn offline from the centres and the bounding boxes of communes.

Each commune gets the ground nearer to its centre than to any other (Voronoi cell), within the
footprint of all the boxes. One footprint cuts every cell, so that neighbours go on sharing their
border exactly: cut by its own box, each cell would end where the next one does not.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from territories.outlines import Pair, neighbours, polygonal

DECIMALS = 6  # of a degree, a tenth of a metre: corners that should be one are one

Box = tuple[float, float, float, float]  # west, south, east, north


@dataclass(frozen=True, slots=True)
class Place:
    """A commune as the map needs it: where its centre lies, and how far it reaches."""

    code: str
    lon: float
    lat: float
    box: Box | None = None

    @property
    def island_group(self) -> str:
        """Each overseas département is drawn apart: 971 to 976, or metropolitan France."""
        return self.code[:3] if self.code.startswith("97") else ""

    @property
    def extent(self) -> Box:
        return self.box or (self.lon, self.lat, self.lon, self.lat)


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes in degrees by code, and the pairs of communes that touch, each once."""

    shapes: dict[str, BaseGeometry]
    neighbours: set[Pair]


def read_places(rows: Iterable[Mapping[str, str]]) -> Iterator[Place]:
    """From the reference file; the dozen re-created lately have no centre yet and are left out."""
    for row in rows:
        if row["lon"] and row["lat"]:
            yield Place(row["insee_code"], float(row["lon"]), float(row["lat"]), _box(row))


def _box(row: Mapping[str, str]) -> Box | None:
    if not (row["west"] and row["south"] and row["east"] and row["north"]):
        return None
    return float(row["west"]), float(row["south"]), float(row["east"]), float(row["north"])


def draw(places: Iterable[Place]) -> Drawing:
    """The map of these communes. One that has no ground of its own (same centre) is left out."""
    groups: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        groups[place.island_group].append(place)
    drawing = Drawing({}, set())
    for group in groups.values():
        shapes = _cells(group)
        boxes = {place.code: shapely.box(*place.extent) for place in group}
        drawing.shapes.update(shapes)
        drawing.neighbours.update(
            (one, other) for one, other in neighbours(shapes) if boxes[one].intersects(boxes[other])
        )
    return drawing


def _cells(places: list[Place]) -> dict[str, BaseGeometry]:
    """Voronoi cells within the footprint, by code."""
    footprint = shapely.union_all([shapely.box(*place.extent) for place in places])
    cells = _within(footprint, _voronoi(places))
    polygons = ((place.code, polygonal(cell)) for place, cell in zip(places, cells, strict=True))
    return {code: cell for code, cell in polygons if not cell.is_empty}


def _voronoi(places: list[Place]) -> np.ndarray:
    """The cell of each place, or nothing where two places have the same centre.

    Computed where a degree of longitude is as long as one of latitude, and brought back.
    """
    wide, tall = _scaling(places)
    centres = shapely.transform(shapely.points([(place.lon, place.lat) for place in places]), wide)
    cells = np.full(len(places), None, dtype=object)
    extents = shapely.transform(
        shapely.multipoints([point for place in places for point in _corners(place)]), wide
    )
    parts = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(centres), extend_to=extents)
    )
    if not len(parts):  # one centre has no border with anybody
        return np.array([shapely.envelope(shapely.transform(extents, tall))] * len(places))
    where, which = shapely.STRtree(parts).query(centres, predicate="within")
    which, first = np.unique(which, return_index=True)  # a cell belongs to one commune only
    back = shapely.transform(parts, lambda points: tall(points).round(DECIMALS))
    cells[where[first]] = back[which]
    return cells


def _corners(place: Place) -> list[tuple[float, float]]:
    west, south, east, north = place.extent
    return [(west, south), (east, north), (place.lon, place.lat)]


def _scaling(places: list[Place]) -> tuple[Callable[..., np.ndarray], Callable[..., np.ndarray]]:
    """From degrees to a plane of equal lengths, and back."""
    middle = np.mean([place.lat for place in places])
    ratio = np.array([np.cos(np.radians(middle)), 1.0])
    return (lambda points: points * ratio), (lambda points: points / ratio)


def _within(footprint: BaseGeometry, cells: np.ndarray) -> np.ndarray:
    """The cells cut by the footprint; those wholly inside are left as they are, for speed."""
    shapely.prepare(footprint)
    outside = ~shapely.contains_properly(footprint, cells)
    cut = cells.copy()
    cut[outside] = shapely.intersection(cells[outside], footprint)
    return cut
