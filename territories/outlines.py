"""Pure: repairs, simplifies and compares the outlines of communes (degrees, WGS 84).

Neighbours are simplified together, so that they go on sharing their border and territories merge
without slivers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

# Degrees: about 100 m for a région and below, about 1 km for the whole of France.
DETAILED = 0.001
COARSE = 0.01
# DE-9IM: they overlap a little (outlines drawn apart), or their borders share a line, not a point.
_OVERLAP = "T********"
_SHARED_LINE = "****1****"

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Outline:
    """One commune in the two details kept."""

    detailed: BaseGeometry
    coarse: BaseGeometry


def polygonal(shape: BaseGeometry | None) -> BaseGeometry:
    """The valid, polygonal part of a shape; an empty polygon when there is none."""
    if shape is None:
        return shapely.Polygon()
    if shape.geom_type in {"Polygon", "MultiPolygon"} and shape.is_valid:
        return shape
    parts = _polygons(shapely.make_valid(shape))
    return shapely.union_all(parts) if parts else shapely.Polygon()


def _polygons(shape: BaseGeometry) -> list[BaseGeometry]:
    found: list[BaseGeometry] = []
    for part in shapely.get_parts(shape):
        if part.geom_type in {"MultiPolygon", "GeometryCollection"}:
            found.extend(_polygons(part))
        elif part.geom_type == "Polygon" and not part.is_empty:
            found.append(part)
    return found


def simplify_together(shapes: Mapping[str, BaseGeometry]) -> dict[str, Outline]:
    """The two details of each shape; one too small to be simplified keeps its own outline."""
    whole = np.array(list(shapes.values()), dtype=object)
    if not len(whole):
        return {}
    detailed = _simplified(whole, DETAILED)
    coarse = _simplified(detailed, COARSE)
    return {
        code: Outline(fine, rough)
        for code, fine, rough in zip(shapes, detailed, coarse, strict=True)
    }


def _simplified(shapes: np.ndarray, tolerance: float) -> np.ndarray:
    simple: np.ndarray = shapely.coverage_simplify(shapes, tolerance)
    lost = shapely.is_empty(simple) | ~shapely.is_valid(simple)
    simple[lost] = shapes[lost]
    return simple


def neighbours(shapes: Mapping[str, BaseGeometry]) -> set[Pair]:
    """The pairs that share a border, each once in the order of codes; a common corner is none."""
    codes = np.array(list(shapes), dtype=object)
    if not len(codes):
        return set()
    outlines = np.array(list(shapes.values()), dtype=object)
    one, other = shapely.STRtree(outlines).query(outlines, predicate="intersects")
    one, other = one[one < other], other[one < other]
    first, second = outlines[one], outlines[other]
    touching = shapely.relate_pattern(first, second, _SHARED_LINE)
    touching |= shapely.relate_pattern(first, second, _OVERLAP)
    pairs = zip(codes[one[touching]], codes[other[touching]], strict=True)
    return {(min(pair), max(pair)) for pair in pairs}


def merged(shapes: Iterable[BaseGeometry]) -> BaseGeometry:
    """One outline for shapes that share their borders; overlaps are borne, more slowly."""
    parts = [shape for shape in shapes if not shape.is_empty]
    if not parts:
        return shapely.Polygon()
    if len(parts) == 1:
        return parts[0]
    if shapely.coverage_is_valid(parts):
        return polygonal(shapely.coverage_union_all(parts))
    return polygonal(shapely.union_all(parts))
