"""Numbers in French form for sentences and amounts: non-breaking thousands, decimal comma."""

from decimal import Decimal

# U+00A0 everywhere, even between thousands: U+202F is missing from the fonts of the PDF.
NBSP = "\u00a0"
MINUS = "\u2212"


def format_number(value: int | Decimal, decimals: int | None = None) -> str:
    """32048 → « 32 048 »; Decimal("-1234.5") with two decimals → « −1 234,50 »."""
    spec = ",f" if decimals is None else f",.{decimals}f"
    text = format(abs(Decimal(value)), spec)
    return (MINUS if value < 0 else "") + text.replace(",", NBSP).replace(".", ",")


def format_percent(rate: Decimal) -> str:
    """Decimal("0.75") → « 75 % », never with useless zeros."""
    percents = (rate * 100).normalize()
    return f"{format_number(percents)}{NBSP}%"
