"""Pure: a few territories take one to three border communes of a neighbour as well."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cpts_portal.national.places import Place

# One territory in fifty overlaps a neighbour (about 2 %).
EVERY = 50
FIRST = 17
# Villages of a real border, of a neighbour that keeps enough of its own.
NEAR = 12_000
LARGEST = 4_000
FEWEST = 8


@dataclass(frozen=True, slots=True)
class Holding:
    """What a territory holds whole, the main commune first."""

    places: list[Place]


def borrow(holders: Mapping[int, Holding]) -> dict[int, tuple[Place, ...]]:
    """Rank of a territory → the communes that it takes from its nearest neighbour."""
    taken: dict[int, tuple[Place, ...]] = {}
    lenders: set[int] = set()
    due = FIRST
    for rank in sorted(holders):
        if rank < due or rank in lenders or len(holders[rank].places) < FEWEST:
            continue
        found = _nearest(rank, holders, set(taken))
        if found:
            lender, places = found
            taken[rank] = places[: 1 + len(taken) % 3]
            lenders.add(lender)
            due += EVERY
    return taken


def _nearest(
    rank: int, holders: Mapping[int, Holding], borrowers: set[int]
) -> tuple[int, tuple[Place, ...]] | None:
    """The neighbour whose villages are nearest, and these villages, nearest first."""
    own = holders[rank].places
    region = own[0].region
    frame = _frame(own)
    near: list[tuple[int, int, Place]] = []
    for other, holder in holders.items():
        is_neighbour = len(holder.places) >= FEWEST and holder.places[0].region == region
        if not is_neighbour or other == rank or other in borrowers:
            continue
        near += [(apart, other, place) for apart, place in _villages(holder, own, frame)]
    if not near:
        return None
    near.sort(key=lambda item: (item[0], item[2].code))
    lender = near[0][1]
    return lender, tuple(place for _, other, place in near if other == lender)


def _villages(
    holder: Holding, own: list[Place], frame: tuple[int, int, int, int]
) -> Iterator[tuple[int, Place]]:
    """Those of a neighbour that lie near, its main commune apart."""
    for place in holder.places[1:]:
        if place.people <= LARGEST and _is_inside(place, frame):
            apart = min(_apart(place, mine) for mine in own)
            if apart <= NEAR * NEAR:
                yield apart, place


def _frame(places: list[Place]) -> tuple[int, int, int, int]:
    """West, south, east and north of where a near village may lie."""
    xs, ys = [place.x for place in places], [place.y for place in places]
    return min(xs) - NEAR, min(ys) - NEAR, max(xs) + NEAR, max(ys) + NEAR


def _is_inside(place: Place, frame: tuple[int, int, int, int]) -> bool:
    west, south, east, north = frame
    return west <= place.x <= east and south <= place.y <= north


def _apart(one: Place, other: Place) -> int:
    x, y = one.x - other.x, one.y - other.y
    return x * x + y * y
