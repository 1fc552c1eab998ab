"""The national set cuts France the same way each time: 840 territories, 9 % of people uncovered."""

import subprocess
import sys
from collections import Counter, defaultdict

import pytest

from cpts_portal.national.naming import identity_of
from cpts_portal.national.partition import Area, Partition, partition
from cpts_portal.national.places import Place, held_by_the_demonstration, read_places
from territories.shares import WHOLE
from territories.sizes import read_thresholds, size_of

# Changes when the reference files or the rules do: then the set is another one, knowingly.
FINGERPRINT = "3f2399e0c4fc5eabec7cd4002c6ab20a3dce96c4e80ea6d4b51c4907b70919d8"


@pytest.fixture(scope="module")
def france() -> Partition:
    return partition()


@pytest.fixture(scope="module")
def places() -> dict[str, Place]:
    return {place.code: place for place in read_places()}


def test_every_commune_is_read_once_and_large_cities_by_arrondissement(
    places: dict[str, Place],
) -> None:
    assert len(places) == 34_872 + 45
    assert not {"75056", "69123", "13055"} & places.keys()
    assert sum(place.is_arrondissement for place in places.values()) == 45
    assert sum(place.people for place in places.values()) > 68_000_000


def test_there_are_840_territories_and_none_is_empty(france: Partition) -> None:
    assert len(france.areas) == 840
    assert [area.rank for area in france.areas] == list(range(1, 841))
    assert all(area.people > 5_000 for area in france.areas)


def test_each_place_is_covered_once_or_left_out_but_for_the_declared_overlaps(
    france: Partition, places: dict[str, Place]
) -> None:
    shares: dict[str, int] = defaultdict(int)
    for area in france.areas:
        for part in area.parts:
            shares[part.place.code] += part.share
    assert set(shares.values()) == {WHOLE}
    held = held_by_the_demonstration()
    assert not shares.keys() & france.white
    assert not (shares.keys() | france.white) & held
    assert shares.keys() | france.white | held == places.keys()


def test_about_one_territory_in_fifty_overlaps_a_neighbour_on_whole_villages(
    france: Partition,
) -> None:
    owner = {part.place.code: area for area in france.areas for part in area.parts}
    overlapping = [area for area in france.areas if area.borrowed]
    assert 14 <= len(overlapping) <= 20
    assert {len(area.borrowed) for area in overlapping} == {1, 2, 3}
    for area in overlapping:
        codes = {part.place.code for part in area.borrowed}
        assert not codes & {part.place.code for part in area.parts}
        assert len({owner[code].rank for code in codes}) == 1
        assert all(part.share == WHOLE for part in area.borrowed)
        assert owner[min(codes)].main.place.code not in codes


def test_no_territory_takes_a_commune_of_the_demonstration(france: Partition) -> None:
    held = held_by_the_demonstration()
    assert {"62119", "27284", "01034", "62498", "62041"} <= held  # Béthune … Lens, Arras
    taken = {part.place.code for area in france.areas for part in area.all_parts}
    assert not taken & held
    # What its own intercommunality leaves out stays white: Lillers and fifteen others.
    rest = {code for code, place in _all().items() if place.epci == "200072460"} - held
    assert len(rest) == 16
    assert rest <= france.white


def test_a_territory_stays_in_its_region_and_few_cross_a_departement(france: Partition) -> None:
    crossing = 0
    for area in france.areas:
        assert len({part.place.region for part in area.all_parts}) == 1
        crossing += len({part.place.departement for part in area.parts}) > 1
    assert 20 <= crossing <= 100


def test_every_departement_has_a_territory_and_none_is_left_out_whole(
    france: Partition, places: dict[str, Place]
) -> None:
    people: Counter[str] = Counter()
    white: Counter[str] = Counter()
    for place in places.values():
        people[place.departement] += place.people
        white[place.departement] += place.people if place.code in france.white else 0
    assert all(white[code] < people[code] / 2 for code in people)
    assert {area.main.place.departement for area in france.areas} == people.keys()


def test_about_nine_percent_of_the_inhabitants_stay_uncovered_all_over_france(
    france: Partition, places: dict[str, Place]
) -> None:
    people = sum(place.people for place in places.values())
    white = [places[code] for code in france.white]
    assert 0.08 < sum(place.people for place in white) / people < 0.10
    assert len({place.region for place in white}) >= 14
    assert max(place.people for place in white) < 60_000


def test_sizes_are_spread_as_they_are_in_france(france: Partition) -> None:
    thresholds = read_thresholds()
    sizes = Counter(size_of(area.people, thresholds) for area in france.areas)
    assert sizes[2] > sizes[3] > sizes[1] > sizes[4] > 20
    assert 70_000 < sum(area.people for area in france.areas) / 840 < 78_000


def test_a_commune_too_large_for_one_cpts_is_shared_by_named_parts(
    france: Partition, places: dict[str, Place]
) -> None:
    large = {
        place.code
        for place in places.values()
        if place.people > 175_000 and not place.is_arrondissement
    }
    assert len(large) == 10
    holders: dict[str, list[str]] = defaultdict(list)
    for area in france.areas:
        for part in area.parts:
            assert (part.share < WHOLE) == bool(part.part)
            if part.share < WHOLE:
                holders[part.place.code].append(part.part)
    assert holders.keys() == large
    assert all(len(set(parts)) == len(parts) >= 2 for parts in holders.values())


def test_a_territory_is_in_one_piece(france: Partition) -> None:
    """By the middles of its communes; a coast, a massif or a white zone may come between."""
    mainland = [area for area in france.areas if len(area.main.place.departement) == 2]
    scattered = [area for area in mainland if _pieces(area, within=15_000) > 1]
    assert len(scattered) <= len(mainland) * 0.05


def test_names_addresses_and_references_are_unique_and_say_that_they_are_fictitious(
    france: Partition,
) -> None:
    identities = [identity_of(area) for area in france.areas]
    for values in zip(*[(one.name, one.slug, one.reference) for one in identities], strict=True):
        assert len(set(values)) > 830
    assert (
        len({one.slug for one in identities}) == len({one.reference for one in identities}) == 840
    )
    assert all(one.name.endswith("(jeu national fictif)") for one in identities)
    assert all(len(one.name) <= 150 and len(one.slug) <= 80 for one in identities)
    toulouse = [one.name for one in identities if "31555" in one.slug]
    assert "CPTS Toulouse secteur sud (jeu national fictif)" in toulouse


def test_the_same_set_comes_out_of_another_process(france: Partition) -> None:
    """No order of a set or of a dictionary decides: another hash seed changes nothing."""
    assert france.fingerprint == FINGERPRINT
    script = "from cpts_portal.national.partition import partition; print(partition().fingerprint)"
    again = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "4242", "PYTHONPATH": "."},
    )
    assert again.stdout.strip() == FINGERPRINT


def _all() -> dict[str, Place]:
    return {place.code: place for place in read_places()}


def _pieces(area: Area, *, within: int) -> int:
    """How many groups of communes are farther than that from all the others."""
    left = [(part.place.x, part.place.y) for part in area.parts]
    pieces = 0
    while left:
        pieces += 1
        reached = [left.pop()]
        while reached:
            x, y = reached.pop()
            near = [at for at in left if (at[0] - x) ** 2 + (at[1] - y) ** 2 <= within**2]
            left = [at for at in left if at not in near]
            reached += near
    return pieces
