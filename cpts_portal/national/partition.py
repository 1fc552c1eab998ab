"""Pure: cuts France into 840 territories and their white zones, always the same ones.

The communes of the demonstration are left alone. Intercommunalities are the building blocks: whole
where they fit, merged or split where they do not. Nothing is drawn: order and arithmetic only.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from cpts_portal.national.cutting import Block, Unit, cut
from cpts_portal.national.overlaps import Holding, borrow
from cpts_portal.national.places import Place, held_by_the_demonstration, read_places
from cpts_portal.national.sectors import sectors_of
from cpts_portal.national.white_zones import white_zones
from territories.shares import WHOLE, counted

HOW_MANY = 840
# What a territory aims at, by the population of its intercommunality: larger in towns.
AIMS = ((25_000, 50_000), (50_000, 62_000), (100_000, 75_000), (200_000, 95_000))
AIM_OF_THE_LARGEST = 115_000
# Holders do not all see the same size: each intercommunality leans one way.
LEANINGS = (0.55, 0.75, 0.9, 1.0, 1.1, 1.35, 1.9)
# Beyond, an intercommunality is cut by département first (Métropole du Grand Paris).
METROPOLIS = 2_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """A commune of a territory, or the part of it that the territory counts."""

    place: Place
    share: int = WHOLE
    part: str = ""

    @property
    def people(self) -> int:
        return counted(self.place.people, self.share)


@dataclass(frozen=True, slots=True)
class Area:
    """One territory: its communes, the main one first; a neighbour has the `borrowed` ones too."""

    rank: int
    parts: tuple[Part, ...]
    borrowed: tuple[Part, ...] = ()

    @property
    def main(self) -> Part:
        """Where most of its inhabitants live: it gives the name, the département, the CPAM."""
        return self.parts[0]

    @property
    def all_parts(self) -> tuple[Part, ...]:
        return self.parts + self.borrowed

    @property
    def people(self) -> int:
        return sum(part.people for part in self.all_parts)


@dataclass(frozen=True, slots=True)
class Partition:
    """The territories in order, and the communes that nobody covers."""

    areas: tuple[Area, ...]
    white: frozenset[str]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of who holds what: two runs give the same set."""
        lines = [
            f"{area.rank} {part.place.code} {part.share} {part.part}"
            for area in self.areas
            for part in area.all_parts
        ]
        text = "\n".join([*lines, *sorted(self.white)])
        return hashlib.sha256(text.encode()).hexdigest()


@cache
def partition() -> Partition:
    """The 840 territories of today's communes."""
    places = read_places()
    held = held_by_the_demonstration()
    white = white_zones(places, held)
    taken = held | white
    free = [place for place in places if place.code not in taken]
    blocks = _blocks(free)
    pieces: list[list[Unit]] = []
    for count, found in _shared_out(blocks):
        pieces += cut(found, count)
    areas = [_area(rank, piece) for rank, piece in enumerate(pieces, 1)]
    return Partition(tuple(_with_borders(areas)), white)


def _blocks(places: Iterable[Place]) -> dict[tuple[str, str], list[Block]]:
    """By région and département, the intercommunalities; one that crosses stays whole."""
    grouped: dict[tuple[str, str], list[Place]] = defaultdict(list)
    people: dict[str, int] = defaultdict(int)
    for place in places:
        people[place.epci] += place.people
    for place in places:
        key = place.epci or place.code
        if people[place.epci] > METROPOLIS:
            key = f"{key}-{place.departement}"
        grouped[place.region, key].append(place)
    aims = {key: _aim(key[1], found) for key, found in grouped.items()}
    mass = sum(place.people / aims[key] for key, found in grouped.items() for place in found)
    blocks: dict[tuple[str, str], list[Block]] = defaultdict(list)
    for (region, key), found in sorted(grouped.items()):
        one = HOW_MANY / mass / aims[region, key]
        home = _home(found)
        blocks[region, home] += _blocks_of(key, found, one)
    return blocks


def _blocks_of(key: str, places: Sequence[Place], mass_of_one: float) -> Iterator[Block]:
    """The intercommunality in one block; each sector of its large city is one of its own."""
    whole: list[Unit] = []
    for place in places:
        units = [
            Unit(place, sector.share, sector.name, people, sector.x, sector.y, mass)
            for sector in sectors_of(place)
            for people in [counted(place.people, sector.share)]
            # What cannot be cut fills one territory at most.
            for mass in [min(1.0, people * mass_of_one)]
        ]
        if len(units) == 1:
            whole += units
        else:
            yield from (Block(f"{key} {unit.order}", (unit,)) for unit in units)
    if whole:
        yield Block(key, tuple(whole))


def _aim(key: str, places: Sequence[Place]) -> float:
    people = sum(place.people for place in places)
    aim = next((aim for limit, aim in AIMS if people < limit), AIM_OF_THE_LARGEST)
    return aim * LEANINGS[hashlib.sha256(key.encode()).digest()[0] % len(LEANINGS)]


def _home(places: Sequence[Place]) -> str:
    """The département where most of the inhabitants live."""
    people: dict[str, int] = defaultdict(int)
    for place in places:
        people[place.departement] += place.people
    return max(sorted(people), key=lambda code: people[code])


def _shared_out(
    blocks: Mapping[tuple[str, str], list[Block]],
) -> Iterator[tuple[int, list[Block]]]:
    """How many territories each département gets: at least one, 840 in all."""
    mass = {key: sum(block.mass for block in found) for key, found in blocks.items()}
    scale = HOW_MANY / sum(mass.values())
    mass = {key: value * scale for key, value in mass.items()}
    for key, count in _rounded(mass, HOW_MANY).items():
        yield count, blocks[key]


def _rounded(mass: Mapping[tuple[str, str], float], total: int) -> dict[tuple[str, str], int]:
    """Whole numbers that add up to the total: the largest remainders are rounded up."""
    counts = {key: max(1, int(value)) for key, value in sorted(mass.items())}
    by_remainder = sorted(counts, key=lambda key: (counts[key] - mass[key], key))
    for key in by_remainder[: total - sum(counts.values())]:
        counts[key] += 1
    return counts


def _area(rank: int, units: Sequence[Unit]) -> Area:
    """Sectors of one commune that fell together make one part of it."""
    by_place: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        by_place[unit.place.code].append(unit)
    parts = [_part(found) for found in by_place.values()]
    return Area(rank, tuple(sorted(parts, key=lambda part: (-part.people, part.place.code))))


def _part(units: Sequence[Unit]) -> Part:
    share = sum(unit.share for unit in units)
    if share == WHOLE:
        return Part(units[0].place)
    names = [unit.part.removeprefix("secteur ") for unit in units]
    many = "secteurs " if len(names) > 1 else "secteur "
    return Part(units[0].place, share, many + " et ".join(names))


def _with_borders(areas: Sequence[Area]) -> Iterator[Area]:
    """A few territories also take border communes of a neighbour."""
    holders = {
        area.rank: Holding([part.place for part in area.parts if part.share == WHOLE])
        for area in areas
    }
    taken = borrow(holders)
    for area in areas:
        yield Area(area.rank, area.parts, tuple(map(Part, taken.get(area.rank, ()))))
