"""Euros: rounded half up, never lost, written the French way."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.money import format_euros, plain_amount, prorata, round_cents
from foundation.numbers import format_number, format_percent


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        (Decimal("0.005"), "0.01"),
        (Decimal("0.004999"), "0.00"),
        (Decimal("2.675"), "2.68"),
        (Decimal("-0.005"), "-0.01"),
        (Decimal("1234.5"), "1234.50"),
        (60000, "60000.00"),
    ],
)
def test_rounding_is_half_up_to_the_cent(amount, rounded):
    assert str(round_cents(amount)) == rounded


@pytest.mark.parametrize("amount", [0.1, 1.0, True, "12", None])
def test_an_amount_is_never_a_float_nor_a_text(amount):
    with pytest.raises(TypeError):
        round_cents(amount)


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity"])
def test_an_amount_is_finite(amount):
    with pytest.raises(ValueError, match="finite"):
        round_cents(Decimal(amount))


def test_prorata_is_rounded_once():
    assert prorata(60000, 274, 366) == Decimal("44918.03")
    assert prorata(Decimal("10000"), 136, 366) == Decimal("3715.85")


@given(st.decimals(0, 10**7, places=2), st.integers(0, 366), st.integers(0, 366))
def test_two_parts_of_a_whole_make_the_whole_within_one_cent(amount, one, other):
    whole = max(one + other, 1)
    parts = prorata(amount, one, whole) + prorata(amount, whole - one, whole)
    assert abs(parts - amount) <= Decimal("0.01")


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Decimal("1234.56"), "1\u00a0234,56\u00a0€"),
        (Decimal("60000"), "60\u00a0000,00\u00a0€"),
        (Decimal("1234567.895"), "1\u00a0234\u00a0567,90\u00a0€"),
        (Decimal("-14958.9"), "\u221214\u00a0958,90\u00a0€"),
        (Decimal("-0.001"), "0,00\u00a0€"),
        (0, "0,00\u00a0€"),
    ],
)
def test_euros_are_written_the_french_way(amount, text):
    assert format_euros(amount) == text
    assert "\u202f" not in text  # missing from the fonts of the PDF


def test_numbers_and_rates_are_written_the_french_way():
    assert format_number(32048) == "32\u00a0048"
    assert format_number(-7) == "\u22127"
    assert format_number(Decimal("12.5")) == "12,5"
    assert format_percent(Decimal("0.75")) == "75\u00a0%"
    assert format_percent(Decimal("1")) == "100\u00a0%"
    assert format_percent(Decimal("0.125")) == "12,5\u00a0%"
    assert format_percent(Decimal("0")) == "0\u00a0%"


def test_machines_read_two_decimals_and_no_negative_zero():
    assert plain_amount(Decimal("1234.5")) == "1234.50"
    assert plain_amount(Decimal("-0.001")) == "0.00"
    assert plain_amount(Decimal("100000000")) == "100000000.00"
