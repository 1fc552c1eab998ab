"""Search keys: text without accents, case or punctuation, stored beside what it finds."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})
_ABBREVIATIONS = {"st": "saint", "ste": "sainte"}


def search_key(text: str) -> str:
    """« Saint-Dizier, Der & Blaise » → « saint dizier der blaise ». Empty stays empty."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    words = re.sub(r"[^0-9a-z]+", " ", bare.lower()).split()
    return " ".join(
        "saint" if word == "st" else "sainte" if word == "ste" else word for word in words
    )
