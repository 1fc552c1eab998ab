"""Sizes of territories: dated thresholds, exact bounds, clear refusals."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.refusal import Refused
from territories.sizes import SizeThreshold, next_size, read_thresholds, size_of, thresholds_on

THRESHOLDS = thresholds_on(dt.date(2024, 1, 1), read_thresholds())


@pytest.mark.parametrize(
    ("population", "size"),
    [
        # Example 5 of the funding rules.
        (39_999, 1),
        (40_000, 2),
        (79_999, 2),
        (80_000, 3),
        (175_000, 3),
        (175_001, 4),
        (1, 1),
        (32_048, 1),
        (2_145_906, 4),
    ],
)
def test_bounds_of_sizes(population, size):
    assert size_of(population, THRESHOLDS) == size


@pytest.mark.parametrize("population", [0, -1, None])
def test_a_missing_or_empty_population_is_refused(population):
    with pytest.raises(Refused, match="population du territoire"):
        size_of(population, THRESHOLDS)
    with pytest.raises(Refused, match="population du territoire"):
        next_size(population, THRESHOLDS)


@pytest.mark.parametrize(
    ("population", "sentence"),
    [
        (79_588, "412\u00a0habitants sous la taille\u00a03"),
        (39_999, "1\u00a0habitant sous la taille\u00a02"),
        (80_000, "95\u00a0001\u00a0habitants sous la taille\u00a04"),
    ],
)
def test_the_distance_to_the_next_size_is_said(population, sentence):
    above = next_size(population, THRESHOLDS)
    assert above is not None
    assert above.sentence == sentence


def test_nothing_lies_above_the_largest_size():
    assert next_size(175_001, THRESHOLDS) is None


@given(st.integers(1, 3_000_000), st.integers(0, 100_000))
def test_more_inhabitants_never_make_a_smaller_size(population, more):
    assert size_of(population + more, THRESHOLDS) >= size_of(population, THRESHOLDS)


@given(st.integers(1, 175_000))
def test_the_missing_inhabitants_lead_exactly_to_the_next_size(population):
    above = next_size(population, THRESHOLDS)
    assert size_of(population + above.missing, THRESHOLDS) == above.size
    assert size_of(population + above.missing - 1, THRESHOLDS) < above.size


def test_thresholds_are_dated():
    later = SizeThreshold(dt.date(2027, 1, 1), 1, 1, "confirmed", "avenant à venir")
    rows = (*read_thresholds(), later)
    assert size_of(50_000, thresholds_on(dt.date(2026, 12, 31), rows)) == 2
    assert size_of(50_000, thresholds_on(dt.date(2027, 1, 1), rows)) == 1


def test_no_size_existed_before_the_agreement():
    with pytest.raises(Refused, match="24\u00a0août\u00a02019"):
        thresholds_on(dt.date(2019, 8, 24), read_thresholds())


def test_the_choice_for_exactly_80_000_is_marked_as_an_assumption():
    assert {row.size for row in THRESHOLDS if row.certainty == "assumption"} == {3}
