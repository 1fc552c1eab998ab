"""Pure: decodes TopoJSON into shapes, so that arcs shared by neighbours stay the same points."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

Member = dict[str, Any]


def members_of(topology: Member) -> Iterator[tuple[Member, BaseGeometry | None]]:
    """Each geometry object with its shape; `None` when it has no polygon."""
    arcs = _arcs(topology)
    for thing in topology["objects"].values():
        for member in _flattened(thing):
            yield member, _shape(member, arcs)


def _flattened(thing: Member) -> Iterator[Member]:
    if thing.get("type") == "GeometryCollection":
        for member in thing["geometries"]:
            yield from _flattened(member)
    else:
        yield thing


def _arcs(topology: Member) -> list[np.ndarray]:
    transform = topology.get("transform")
    if transform is None:
        return [np.array(arc, dtype=float)[:, :2] for arc in topology["arcs"]]
    scale, move = np.array(transform["scale"]), np.array(transform["translate"])
    # Quantised positions: each point is a step from the one before.
    return [np.cumsum(np.array(arc)[:, :2], axis=0) * scale + move for arc in topology["arcs"]]


def _shape(member: Member, arcs: list[np.ndarray]) -> BaseGeometry | None:
    kind, indexes = member.get("type"), member.get("arcs")
    if not indexes:
        return None
    if kind == "Polygon":
        return _polygon(indexes, arcs)
    if kind == "MultiPolygon":
        polygons = [_polygon(one, arcs) for one in indexes]
        return shapely.MultiPolygon([one for one in polygons if one is not None])
    return None


def _polygon(rings: list[list[int]], arcs: list[np.ndarray]) -> BaseGeometry | None:
    points = [ring for ring in (_ring(indexes, arcs) for indexes in rings) if len(ring) > 3]
    return shapely.Polygon(points[0], points[1:]) if points else None


def _ring(indexes: list[int], arcs: list[np.ndarray]) -> np.ndarray:
    """Arcs end to end; « ~3 » is the third one walked backwards."""
    walked = [arcs[index] if index >= 0 else arcs[~index][::-1] for index in indexes]
    return np.concatenate([walked[0], *(arc[1:] for arc in walked[1:])])
