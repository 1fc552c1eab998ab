"""Stores the outlines of communes and who touches whom; reads them back for maps.

Official contours are never replaced by schematic ones; either kind may be loaded again.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import shapely
from django.db import transaction
from django.db.models import Q
from shapely.geometry.base import BaseGeometry

from foundation import clock
from foundation.bulk import insert_rows
from territories.models import Adjacency, Commune, CommuneShape, ReferenceFile
from territories.outlines import Outline, Pair, merged
from territories.schematic import Place, draw

OFFICIAL, SCHEMATIC = CommuneShape.Origin.OFFICIAL, CommuneShape.Origin.SCHEMATIC
# The fingerprint of all the outlines is kept beside those of the reference files.
_VERSION = "contours"

Shapes = dict[str, BaseGeometry]


def shapes_of(codes: Iterable[str] | None = None, *, coarse: bool = False) -> Shapes:
    """The outline of each of these communes (all of them: `None`), by the code that was asked.

    An arrondissement without its own gets that of its city, a vanished commune that of the one
    that took its place; a code without any is left out.
    """
    if codes is None:
        return dict(_stored(Q(), coarse))
    wanted = set(codes)
    found = dict(_stored(Q(pk__in=wanted), coarse))
    missing = wanted - found.keys()
    if not missing:
        return found
    instead = _stand_ins(missing)
    others = dict(_stored(Q(pk__in=set(instead.values())), coarse))
    found.update({code: others[other] for code, other in instead.items() if other in others})
    return found


def is_schematic(codes: Iterable[str] | None = None) -> bool:
    """True when one of these outlines (or of all) is approximate: « limites approchées »."""
    rows = CommuneShape.objects.filter(origin=SCHEMATIC)
    if codes is not None:
        wanted = set(codes)
        rows = rows.filter(pk__in=wanted | set(_stand_ins(wanted).values()))
    return rows.exists()


def origin_of(codes: Iterable[str]) -> dict[str, str]:
    """Where the outline of each of these communes comes from, for those that have their own."""
    return dict(CommuneShape.objects.filter(pk__in=set(codes)).values_list("pk", "origin"))


def contours_version() -> str:
    """Changes whenever an outline does, and only then; empty while there are none."""
    rows = ReferenceFile.objects.filter(name=_VERSION)
    return rows.values_list("sha256", flat=True).first() or ""


@transaction.atomic
def draw_schematic(places: Iterable[Place]) -> int:
    """Replace the schematic map by the one of these places; official outlines stay."""
    drawing = draw(places)
    today = successors()
    shapes = _of_today(drawing.shapes, today)
    pairs = _pairs_of_today(drawing.neighbours, today)
    official = set(CommuneShape.objects.filter(origin=OFFICIAL).values_list("pk", flat=True))
    # What official contours say of each other is better than what a sketch would.
    if official:
        Adjacency.objects.exclude(commune__in=official, neighbour__in=official).delete()
    else:
        Adjacency.objects.all().delete()
    CommuneShape.objects.filter(origin=SCHEMATIC).delete()
    # Cells have hardly more corners than neighbours: there is nothing to simplify in them.
    outlines = {c: Outline(s, s) for c, s in shapes.items() if c not in official}
    count = _insert(outlines, SCHEMATIC)
    _insert_pairs(sorted(pair for pair in pairs if not official.issuperset(pair)))
    note_version()
    return count


@transaction.atomic
def replace_official(outlines: Mapping[str, Outline], pairs: Iterable[Pair]) -> None:
    """Give these communes official outlines, and the neighbours they have among themselves.

    Communes that vanished into one of them leave their own outline: it now lies inside.
    """
    codes = set(outlines)
    CommuneShape.objects.filter(Q(pk__in=codes) | Q(commune__successor__in=codes)).delete()
    Adjacency.objects.filter(commune__in=codes, neighbour__in=codes).delete()
    _insert(outlines, OFFICIAL)
    _insert_pairs(pairs)
    note_version()


def differing(outlines: Mapping[str, Outline]) -> set[str]:
    """The communes whose stored outline is not this official one."""
    columns = ("pk", "detailed", "coarse")
    rows = CommuneShape.objects.filter(origin=OFFICIAL).values_list(*columns)
    stored = {code: (bytes(fine), bytes(rough)) for code, fine, rough in rows.iterator()}
    return {
        code
        for code, outline in outlines.items()
        if stored.get(code) != (shapely.to_wkb(outline.detailed), shapely.to_wkb(outline.coarse))
    }


def swallow(vanished: Mapping[str, str]) -> None:
    """Join the outline of each vanished commune to that of the commune that took its place."""
    groups: dict[str, list[str]] = defaultdict(list)
    for old, new in vanished.items():
        groups[new].append(old)
    for new, olds in groups.items():
        rows = {row.pk: row for row in CommuneShape.objects.filter(pk__in=[new, *olds])}
        if rows.keys() <= {new}:
            continue
        _join(new, list(rows.values()))
        _hand_neighbours(new, olds)
    if vanished:
        note_version()


def successors() -> dict[str, str]:
    """Each vanished commune, and the one of today in its place."""
    rows = Commune.objects.exclude(successor=None).values_list("pk", "successor_id")
    return {old: new for old, new in rows if new}


def note_version() -> None:
    """Keep the fingerprint of all the outlines, so that what was drawn from others is stale."""
    digest = hashlib.sha256()
    columns = ("pk", "origin", "detailed", "coarse")
    rows = CommuneShape.objects.order_by("pk").values_list(*columns)
    for code, origin, detailed, coarse in rows.iterator(chunk_size=2000):
        digest.update(f"{code} {origin} {len(detailed)} ".encode())
        digest.update(detailed)
        digest.update(coarse)
    ReferenceFile.objects.update_or_create(
        name=_VERSION, defaults={"sha256": digest.hexdigest(), "loaded_at": clock.now()}
    )


def _stored(condition: Q, coarse: bool) -> Iterator[tuple[str, BaseGeometry]]:
    column = "coarse" if coarse else "detailed"
    rows = list(CommuneShape.objects.filter(condition).values_list("pk", column))
    shapes = shapely.from_wkb([bytes(data) for _, data in rows])
    return zip((code for code, _ in rows), shapes, strict=True)


def _stand_ins(codes: set[str]) -> dict[str, str]:
    rows = Commune.objects.filter(pk__in=codes).exclude(parent=None, successor=None)
    pairs = rows.values_list("pk", "successor_id", "parent_id")
    return {code: successor or parent for code, successor, parent in pairs}


def _of_today(shapes: Shapes, today: Mapping[str, str]) -> Shapes:
    """Each shape under the code of today; those of merged communes become one."""
    if today.keys().isdisjoint(shapes):
        return shapes
    parts: dict[str, list[BaseGeometry]] = defaultdict(list)
    for code, shape in shapes.items():
        parts[today.get(code, code)].append(shape)
    return {code: merged(group) for code, group in parts.items()}


def _pairs_of_today(pairs: Iterable[Pair], today: Mapping[str, str]) -> set[Pair]:
    renamed = ((today.get(one, one), today.get(other, other)) for one, other in pairs)
    return {(min(pair), max(pair)) for pair in renamed if pair[0] != pair[1]}


def _join(new: str, rows: list[CommuneShape]) -> None:
    """One outline for these communes, official when one of them was."""
    whole = Outline(
        detailed=merged(shapely.from_wkb([bytes(row.detailed) for row in rows])),
        coarse=merged(shapely.from_wkb([bytes(row.coarse) for row in rows])),
    )
    official = any(row.origin == OFFICIAL for row in rows)
    CommuneShape.objects.filter(pk__in=[row.pk for row in rows]).delete()
    _insert({new: whole}, OFFICIAL if official else SCHEMATIC)


def _hand_neighbours(new: str, olds: list[str]) -> None:
    """The neighbours of the vanished communes become those of the new one."""
    around = Adjacency.objects.filter(Q(commune__in=[new, *olds]) | Q(neighbour__in=[new, *olds]))
    met = set(around.filter(commune__in=[new, *olds]).values_list("neighbour_id", flat=True))
    around.delete()
    _insert_pairs((new, other) for other in sorted(met - {new, *olds}))


def _insert(outlines: Mapping[str, Outline], origin: CommuneShape.Origin) -> int:
    fine = shapely.to_wkb([outline.detailed for outline in outlines.values()])
    rough = shapely.to_wkb([outline.coarse for outline in outlines.values()])
    rows = (
        (code, detailed, coarse, str(origin))
        for code, detailed, coarse in zip(outlines, fine, rough, strict=True)
    )
    return insert_rows(CommuneShape, ["commune", "detailed", "coarse", "origin"], rows)


def _insert_pairs(pairs: Iterable[Pair]) -> None:
    both = (side for one, other in pairs for side in ((one, other), (other, one)))
    insert_rows(Adjacency, ["commune", "neighbour"], both)
