"""Pure: from degrees to the units of a drawing, and from shapes to compact path data.

A frame has one panel for metropolitan France (Corsica in its place) or for the only land shown, and
labelled insets below it for the five overseas départements when the whole of France is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import cos, hypot, radians

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

Box = tuple[float, float, float, float]  # west, south, east, north

WIDTH = 1000  # units; one of them is about a pixel of a wide screen
TALLEST = 1150  # a land longer than wide gets a narrower frame
MARGIN = 12
INSET_HEIGHT = 150
LABEL_HEIGHT = 44
METROPOLE = ""
INSETS = {
    "971": "Guadeloupe",
    "972": "Martinique",
    "973": "Guyane",
    "974": "La Réunion",
    "976": "Mayotte",
}
# What nobody sees is not drawn; the whole of France, with its hundreds of CPTS, is drawn lighter.
TOLERANCE = 1.2
LIGHT = 4
_TINY = "h2v2h-2z"  # a land too small for its own outline is drawn as a speck


def land_of(code: str) -> str:
    """The land of a commune: « 971 » to « 976 », or metropolitan France."""
    return code[:3] if code.startswith("97") else METROPOLE


@dataclass(frozen=True, slots=True)
class Panel:
    """One land in the drawing: where it lies, and the scale from degrees to units."""

    land: str
    bounds: Box  # degrees
    x: float
    y: float
    width: float
    height: float

    @property
    def label(self) -> str:
        return INSETS.get(self.land, "")

    @property
    def ratio(self) -> float:
        """How much shorter a degree of longitude is than one of latitude, at the middle."""
        return cos(radians((self.bounds[1] + self.bounds[3]) / 2))

    def project(self, points: np.ndarray) -> np.ndarray:
        """Longitudes and latitudes to units, the land in the middle of its panel."""
        west, south, east, north = self.bounds
        wide, tall = max((east - west) * self.ratio, 1e-9), max(north - south, 1e-9)
        scale = min(self.width / wide, self.height / tall)
        left = self.x + (self.width - wide * scale) / 2
        top = self.y + (self.height - tall * scale) / 2
        return np.column_stack(
            [
                left + (points[:, 0] - west) * self.ratio * scale,
                top + (north - points[:, 1]) * scale,
            ]
        )


@dataclass(frozen=True, slots=True)
class Frame:
    """The sheet of a drawing and its panels by land."""

    width: int
    height: int
    panels: dict[str, Panel]

    @property
    def insets(self) -> list[Panel]:
        """The lands drawn apart, in the order of their codes; none when there is one land."""
        return list(self.panels.values())[1:]

    def project(self, shapes: Mapping[str, BaseGeometry]) -> dict[str, BaseGeometry]:
        """Shapes in degrees, by commune, to units."""
        found: dict[str, BaseGeometry] = {}
        for land, group in _by_land(shapes).items():
            moved = shapely.transform(np.array(list(group.values())), self.panels[land].project)
            found.update(zip(group, moved, strict=True))
        return found


def frame_of(shapes: Mapping[str, BaseGeometry], *, margin: float = 0.0) -> Frame:
    """The frame that shows all these shapes (degrees, by commune).

    `margin` widens the view, in parts of its size.
    """
    lands = _by_land(shapes)
    bounds = {
        land: _widened(shapely.total_bounds(list(group.values())), margin)
        for land, group in sorted(lands.items())
    }
    if not bounds:
        return Frame(WIDTH, WIDTH // 2, {})
    main, *others = bounds
    panels = {main: _main_panel(main, bounds[main])}
    width = round(panels[main].width + 2 * MARGIN)
    bottom = round(panels[main].height + 2 * MARGIN)
    room = width / max(1, len(others))
    for position, land in enumerate(others):
        panels[land] = Panel(
            land,
            bounds[land],
            x=position * room + MARGIN,
            y=bottom + MARGIN,
            width=room - 2 * MARGIN,
            height=INSET_HEIGHT - MARGIN,
        )
    height = bottom + (INSET_HEIGHT + LABEL_HEIGHT if others else 0)
    return Frame(width, height, panels)


def _main_panel(land: str, bounds: Box) -> Panel:
    panel = Panel(land, bounds, MARGIN, MARGIN, 1, 1)
    wide, tall = (bounds[2] - bounds[0]) * panel.ratio, bounds[3] - bounds[1]
    scale = min((WIDTH - 2 * MARGIN) / max(wide, 1e-9), (TALLEST - 2 * MARGIN) / max(tall, 1e-9))
    return Panel(land, bounds, MARGIN, MARGIN, max(wide * scale, 1), max(tall * scale, 1))


def _by_land(shapes: Mapping[str, BaseGeometry]) -> dict[str, dict[str, BaseGeometry]]:
    lands: dict[str, dict[str, BaseGeometry]] = {}
    for code, shape in shapes.items():
        lands.setdefault(land_of(code), {})[code] = shape
    return lands


def _widened(bounds: Iterable[float], margin: float) -> Box:
    west, south, east, north = (float(value) for value in bounds)
    more = margin * hypot(east - west, north - south) / 2
    return west - more, south - more, east + more, north + more


def simplified(shapes: list[BaseGeometry], tolerance: float = TOLERANCE) -> list[BaseGeometry]:
    """Shapes that share their borders, with what the scale does not show taken away together."""
    if not shapes:
        return []
    whole = np.array(shapes, dtype=object)
    simple = shapely.coverage_simplify(whole, tolerance)
    lost = shapely.is_empty(simple)
    simple[lost] = whole[lost]
    return list(simple)


# --- Path data -------------------------------------------------------------------------------


def path_data(shape: BaseGeometry) -> str:
    """« m10 20 3-4 5 6z »: whole units, each point told from the one before it."""
    start = np.zeros(2, dtype=np.int64)
    pieces: list[str] = []
    for ring in _rings(shape):
        points = np.rint(np.asarray(ring.coords)).astype(np.int64)
        moves = np.diff(points, axis=0)
        moves = moves[moves.any(axis=1)]
        if len(moves) < 3:
            continue
        pieces.append(_moves([points[0] - start, *moves[:-1]]) + "z")
        start = points[0]
    if not pieces and not shape.is_empty:
        x, y = (round(value) for value in shape.representative_point().coords[0])
        return f"m{_pair(x, y)}{_TINY}"
    return "".join(pieces)


def line_data(lines: BaseGeometry) -> str:
    """The same for lines, left open."""
    start = np.zeros(2, dtype=np.int64)
    pieces: list[str] = []
    for line in shapely.get_parts(lines):
        points = np.rint(np.asarray(line.coords)).astype(np.int64)
        moves = np.diff(points, axis=0)
        moves = moves[moves.any(axis=1)]
        if not len(moves):
            continue
        pieces.append(_moves([points[0] - start, *moves]))
        start = points[-1]
    return "".join(pieces)


def _rings(shape: BaseGeometry) -> Iterator[BaseGeometry]:
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon" and not part.is_empty:
            yield part.exterior
            yield from part.interiors


def _moves(moves: list[np.ndarray]) -> str:
    """Pairs in a row; a minus sign parts numbers as well as a space does."""
    text = " ".join(_pair(int(x), int(y)) for x, y in moves)
    return "m" + text.replace(" -", "-")


def _pair(x: int, y: int) -> str:
    return f"{x}{y}" if y < 0 else f"{x} {y}"


def centre_of(shape: BaseGeometry) -> tuple[int, int, float]:
    """Where a label stands best: the middle of the largest circle inside, and its radius."""
    circle = shapely.maximum_inscribed_circle(shape, tolerance=1)
    x, y = circle.coords[0]
    return round(x), round(y), float(circle.length)
