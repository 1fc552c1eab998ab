"""Pure: RPPS, SIRET and FINESS numbers, checked by their key and stored without spaces."""

import re

from stdnum import luhn
from stdnum.fr import siret

# FINESS numbers of Corsica bear the letter of the département; it counts as 1 or 2 in the key.
_CORSICA = str.maketrans("AB", "12")


def compact(text: str) -> str:
    """« 1000 2345 678 » → « 10002345678 »; letters in upper case."""
    return re.sub(r"[\s.\-]", "", text).upper()


def is_rpps(number: str) -> bool:
    """Eleven digits, the last of which is a Luhn key (annuaire_sante.md)."""
    return _is_digits(number, 11) and luhn.is_valid(number)


def is_siret(number: str) -> bool:
    """Fourteen digits with their key; La Poste has its own."""
    return _is_digits(number, 14) and siret.is_valid(number)


def is_finess(number: str) -> bool:
    """Nine characters: the département, then a number that ends with a Luhn key."""
    if not re.fullmatch(r"(?:[0-9]{2}|2[AB])[0-9]{7}", number):
        return False
    return luhn.is_valid(number.translate(_CORSICA))


def _is_digits(number: str, length: int) -> bool:
    return len(number) == length and number.isascii() and number.isdigit()
