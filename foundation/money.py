"""Decimal euros: rounding half up to the cent, prorata, and the French way of writing an amount."""

from decimal import ROUND_HALF_UP, Decimal

from foundation.numbers import NBSP, format_number

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def round_cents(amount: Decimal | int) -> Decimal:
    """Half up, away from zero, to the cent: the rounding of every amount of the portal.

    A binary float is refused: it would bring its error into a sum that people are paid.
    """
    if type(amount) not in (Decimal, int):
        raise TypeError(f"An amount is a Decimal or an integer, not {type(amount).__name__}.")
    exact = Decimal(amount)
    if not exact.is_finite():
        raise ValueError("An amount is a finite number.")
    return exact.quantize(CENT, ROUND_HALF_UP) or ZERO  # never a negative zero


def prorata(amount: Decimal | int, counted: int, whole: int) -> Decimal:
    """The part of an amount that falls to `counted` units out of `whole`, rounded once.

    Multiplied before it is divided, so that nothing is lost before the rounding.
    """
    return round_cents(Decimal(amount) * counted / whole)


def format_euros(amount: Decimal | int) -> str:
    """Decimal("1234.56") → « 1 234,56 € », with non-breaking spaces."""
    return f"{format_number(round_cents(amount), 2)}{NBSP}€"


def plain_amount(amount: Decimal) -> str:
    """Decimal("1234.5") → "1234.50": the form of files read by machines."""
    return format(round_cents(amount), "f")
