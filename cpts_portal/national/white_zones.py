"""Pure: which intercommunalities no CPTS covers – clusters spread over France, about 9 %."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from cpts_portal.national.places import Place

# Uncovered, of all the inhabitants of France.
AIM = 0.09
# How much of a département may stay uncovered, in turn: some nearly whole, some rural areas empty.
CAPS = (0.05, 0.30, 0.12, 0.20, 0.08, 0.40, 0.16)
# A town is never left out.
LARGEST = 60_000

Cluster = list[Place]


def white_zones(places: Sequence[Place], held: frozenset[str]) -> frozenset[str]:
    """Codes of the uncovered places, what the demonstration leaves out of its own ones included."""
    people = sum(place.people for place in places)
    uncovered = {place.code for place in _left_out(places, held)}
    taken = held | uncovered
    free = [place for place in places if place.code not in taken]
    count = sum(place.people for place in places if place.code in uncovered)
    queues = [_queue(found, cap) for found, cap in _by_departement(free)]
    while any(queues) and count < AIM * people:
        for queue in queues:
            if queue and count < AIM * people:
                cluster = queue.pop(0)
                uncovered |= {place.code for place in cluster}
                count += sum(place.people for place in cluster)
    return frozenset(uncovered)


def _left_out(places: Iterable[Place], held: frozenset[str]) -> list[Place]:
    """The rest of an intercommunality that a CPTS of the demonstration mostly holds."""
    by_epci: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        if place.epci:
            by_epci[place.epci].append(place)
    rest: list[Place] = []
    for found in by_epci.values():
        free = [place for place in found if place.code not in held]
        if 2 * len(free) < len(found):
            rest += free
    return rest


def _by_departement(places: Iterable[Place]) -> list[tuple[list[Cluster], float]]:
    """For each département its intercommunalities, and how much of it may stay uncovered."""
    grouped: dict[str, dict[str, Cluster]] = defaultdict(lambda: defaultdict(list))
    for place in places:
        grouped[place.departement][place.epci or place.code].append(place)
    return [
        (_in_order(grouped[code]), CAPS[rank % len(CAPS)])
        for rank, code in enumerate(sorted(grouped))
    ]


def _in_order(by_epci: Mapping[str, Cluster]) -> list[Cluster]:
    return [by_epci[key] for key in sorted(by_epci)]


def _queue(clusters: list[Cluster], cap: float) -> list[Cluster]:
    """From the corner farthest from the main town, then ever nearer neighbours of that corner."""
    main = max(clusters, key=_people)
    small = [found for found in clusters if found is not main and _people(found) <= LARGEST]
    if not small:
        return []
    corner = max(small, key=lambda found: (_apart(found, main), found[0].code))
    small.sort(key=lambda found: (_apart(found, corner), found[0].code))
    room = cap * sum(map(_people, clusters))
    kept: list[Cluster] = []
    for found in small:
        room -= _people(found)
        if room < 0:
            break
        kept.append(found)
    return kept


def _people(cluster: Cluster) -> int:
    return sum(place.people for place in cluster)


def _apart(one: Cluster, other: Cluster) -> int:
    """The square of the distance between two middles."""
    x = _mean([place.x for place in one]) - _mean([place.x for place in other])
    y = _mean([place.y for place in one]) - _mean([place.y for place in other])
    return x * x + y * y


def _mean(values: list[int]) -> int:
    return sum(values) // len(values)
