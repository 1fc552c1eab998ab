"""What one professional may receive from CPTS in a civil year: the PASS, and not a cent more."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.refusal import Refused
from members.payment_cap import apply_cap, cap_of, read_caps

CAPS = read_caps()
EUROS = st.decimals(0, 100_000, places=2)


@pytest.mark.parametrize(
    ("year", "amount"),
    [(2022, 41_136), (2023, 43_992), (2024, 46_368), (2025, 47_100), (2026, 48_060)],
)
def test_the_cap_of_each_year(year, amount):
    assert cap_of(year, CAPS).amount == amount


@pytest.mark.parametrize("year", [2021, 2027])
def test_a_year_without_a_known_cap_is_refused(year):
    with pytest.raises(Refused, match=f"de {year} n’est pas connu"):
        cap_of(year, CAPS)


@pytest.mark.parametrize(
    ("requested", "received", "accepted", "refused"),
    [
        ("1000", "0", "1000.00", "0.00"),
        ("1000", "46100", "1000.00", "0.00"),
        ("1000", "46100.01", "999.99", "0.01"),
        ("1000", "47100", "0.00", "1000.00"),
        ("1000", "50000", "0.00", "1000.00"),
        ("50000", "0", "47100.00", "2900.00"),
    ],
)
def test_the_part_above_is_refused(requested, received, accepted, refused):
    payment = apply_cap(
        Decimal(requested), already_received=Decimal(received), cap=cap_of(2025, CAPS)
    )
    assert (str(payment.accepted), str(payment.refused)) == (accepted, refused)


def test_the_refused_part_is_explained():
    cap = cap_of(2025, CAPS)
    assert apply_cap(Decimal(10), already_received=Decimal(0), cap=cap).reason is None
    reason = apply_cap(Decimal(1000), already_received=Decimal(46_600), cap=cap).reason
    assert reason == (
        "500,00\u00a0€ sont refusés\u00a0: avec cette somme, le plafond de 47\u00a0100,00\u00a0€ "
        "pour 2025 serait dépassé."
    )


@pytest.mark.parametrize(
    ("requested", "received"), [("0", "0"), ("-1", "0"), ("1", "-0.01"), ("-1", "-1")]
)
def test_sums_are_positive(requested, received):
    with pytest.raises(Refused):
        apply_cap(Decimal(requested), already_received=Decimal(received), cap=cap_of(2025, CAPS))


@given(EUROS.filter(bool), EUROS, st.sampled_from(CAPS))
def test_nobody_goes_above_the_cap_and_nothing_is_lost(requested, received, cap):
    payment = apply_cap(requested, already_received=received, cap=cap)
    assert payment.accepted + payment.refused == requested
    assert payment.accepted >= 0
    assert payment.refused >= 0
    assert payment.accepted == 0 or received + payment.accepted <= cap.amount
