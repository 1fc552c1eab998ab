"""Pure: the share of a commune that a territory counts, in ten-thousandths (10 000 = whole)."""

import re

from foundation.numbers import NBSP, format_number
from foundation.refusal import Refused

WHOLE = 10_000
_PERCENT = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))?\s*%?")


def counted(municipal: int, share: int) -> int:
    """The inhabitants that a share counts, rounded half up; a whole commune counts them all."""
    return (municipal * share + WHOLE // 2) // WHOLE


def read_share(text: str) -> int:
    """« 62,5 % », « 62.5 » or nothing (whole) → ten-thousandths.

    Refuses 0, more than 100 % and what is no number.
    """
    text = text.strip()
    if not text:
        return WHOLE
    match = _PERCENT.fullmatch(text)
    if match is None:
        raise Refused(f"La part d’une commune s’écrit en pourcentage, reçu « {text[:20]} ».")
    share = int(match.group(1)) * 100 + int((match.group(2) or "").ljust(2, "0"))
    if not 0 < share <= WHOLE:
        raise Refused(
            f"La part d’une commune va de 0,01{NBSP}% à 100{NBSP}%, reçu « {text[:20]} »."
        )
    return share


def format_share(share: int) -> str:
    """6250 → « 62,5 % »."""
    whole, hundredths = divmod(share, 100)
    decimals = f"{hundredths:02d}".rstrip("0")
    return f"{format_number(whole)}{',' + decimals if decimals else ''}{NBSP}%"
