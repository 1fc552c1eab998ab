"""The map on which communes are chosen: each is a link that adds or takes away."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

import numpy as np
import shapely
from django.utils.safestring import SafeString
from shapely.geometry.base import BaseGeometry

from territories.maps import svg
from territories.maps.frame import frame_of, simplified
from territories.models import Commune
from territories.outlines import merged

MOST = 400  # communes around the chosen ones: more could not be told apart
_AROUND = 0.2  # how far the view goes beyond the chosen ones, in parts of their extent
_AT_LEAST = 0.05  # degrees: the view around a single commune

Named = dict[str, tuple[str, BaseGeometry]]


def picker_map(
    chosen: Collection[str],
    *,
    taken: Callable[[Collection[str]], Mapping[str, str]],
    href: Callable[[str], str],
    label: Callable[[str], str] | None = None,
    departement: str = "",
    name: str = "choix",
) -> SafeString:
    """The chosen communes and those around, or a whole département while nothing is chosen.

    `taken` tells, of the communes drawn, those that another CPTS holds, with its name. `label`
    words the link of a commune from its code; without it: « Ajouter Lillers », « Retirer Lillers ».
    One query of its own. Empty when there is nothing to draw.
    """
    communes = _communes(set(chosen), departement)
    if not communes:
        return svg.NOTHING
    held = taken(communes)
    frame = frame_of({code: shape for code, (_, shape) in communes.items()})
    units = frame.project({code: shape for code, (_, shape) in communes.items()})
    shapes = dict(zip(units, simplified(list(units.values())), strict=True))
    words = {
        code: label(code) if label else _said(commune, code in chosen)
        for code, (commune, _) in communes.items()
    }

    def links(codes: list[str], fill: str = "") -> Iterator[SafeString]:
        for code in codes:
            title = f"{words[code]} (dans {held[code]})" if code in held else words[code]
            yield svg.link(href(code), title, svg.path(shapes[code], fill=fill))

    kinds = _sorted_out(communes, chosen, held)
    free, ours, theirs, both = kinds
    layers = [
        svg.group("map-free", links(free)),
        svg.group("map-taken", links(theirs, svg.pattern_fill(name, "taken"))),
        svg.group("map-chosen", links(ours)),
        svg.group("map-chosen map-both", links(both)),
        svg.group(
            "map-overlap map-over",
            (svg.path(shapes[code], fill=svg.pattern_fill(name, "overlap")) for code in both),
            hidden=True,
        ),
        svg.group("map-outlines", _outline([shapes[code] for code in (*ours, *both)]), hidden=True),
    ]
    return svg.drawing(frame, "Carte des communes à choisir", name, layers)


def _said(commune: str, is_chosen: bool) -> str:
    return f"{'Retirer' if is_chosen else 'Ajouter'} {commune}"


def _outline(shapes: list[BaseGeometry]) -> Iterator[SafeString]:
    if shapes:
        yield svg.path(merged(shapes))


def _sorted_out(
    communes: Named, chosen: Collection[str], taken: Mapping[str, str]
) -> tuple[list[str], list[str], list[str], list[str]]:
    """Free ones, chosen ones, those another CPTS holds, and those both do."""
    kinds: tuple[list[str], list[str], list[str], list[str]] = ([], [], [], [])
    for code in communes:
        kinds[(code in chosen) + 2 * (code in taken)].append(code)
    return kinds


def _communes(chosen: set[str], departement: str) -> Named:
    """Code → name and outline: of a département, or around the chosen ones, the nearest first."""
    rows = Commune.objects.drawn_around(chosen, departement)
    codes, names, outlines = zip(*rows, strict=True) if rows else ((), (), ())
    shapes = shapely.from_wkb([bytes(outline) for outline in outlines])
    found = {code: (name, shape) for code, name, shape in zip(codes, names, shapes, strict=True)}
    return _nearest(found, chosen) if chosen & found.keys() else found


def _nearest(found: Named, chosen: set[str]) -> Named:
    """The chosen ones, and the nearest of those that the view shows."""
    ours = np.array([code in chosen for code in found])
    shapes = np.array([shape for _, shape in found.values()], dtype=object)
    west, south, east, north = shapely.total_bounds(shapes[ours])
    wide = max((east - west) * _AROUND, _AT_LEAST)
    tall = max((north - south) * _AROUND, _AT_LEAST)
    view = shapely.box(west - wide, south - tall, east + wide, north + tall)
    distances = np.where(ours, -1.0, shapely.distance(shapes, view.centroid))
    seen = shapely.intersects(shapes, view)
    order = [position for position in np.argsort(distances, kind="stable") if seen[position]]
    order = order[: max(MOST, int(ours.sum()))]
    codes = list(found)
    return {codes[position]: found[codes[position]] for position in order}
