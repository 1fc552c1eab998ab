"""Pure: the sectors of the largest communes, which several CPTS share."""

from dataclasses import dataclass

from cpts_portal.national.places import Place
from territories.shares import WHOLE

# Beyond the threshold of the largest size, no CPTS covers a commune alone.
SHARED_ABOVE = 175_000
METRES_FROM_THE_MIDDLE = 2_000
NORTH, SOUTH = ("nord", 0, 1), ("sud", 0, -1)
# By population: the sectors, each with its direction from the middle.
SECTORS = (
    (200_000, (NORTH, SOUTH)),
    (300_000, (NORTH, ("centre", 0, 0), SOUTH)),
    (400_000, (NORTH, ("est", 1, 0), SOUTH, ("ouest", -1, 0))),
    (
        10_000_000,
        (
            NORTH,
            ("nord-est", 1, 1),
            ("sud-est", 1, -1),
            SOUTH,
            ("sud-ouest", -1, -1),
            ("nord-ouest", -1, 1),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Sector:
    """A named part of a commune, its share in ten-thousandths and where it lies."""

    name: str
    share: int
    x: int
    y: int


def sectors_of(place: Place) -> list[Sector]:
    """One sector without a name for most places; shares add up to the whole."""
    if place.people <= SHARED_ABOVE or place.is_arrondissement:
        return [Sector("", WHOLE, place.x, place.y)]
    directions = next(found for limit, found in SECTORS if place.people < limit)
    share, rest = divmod(WHOLE, len(directions))
    return [
        Sector(
            f"secteur {name}",
            share + (rank < rest),
            place.x + east * METRES_FROM_THE_MIDDLE,
            place.y + north * METRES_FROM_THE_MIDDLE,
        )
        for rank, (name, east, north) in enumerate(directions)
    ]
