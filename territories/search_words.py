"""Pure: how people name a commune: « Paris 15ème », « St-Denis (93) », « 62400 Béthune »."""

import re
from dataclasses import dataclass

from foundation.search import search_key
from territories.places import departement_keys

# « 3ème », « 2nd » → « 3e », « 2e », as the arrondissements are named; « 1e » → « 1er ».
_ORDINAL = re.compile(r"\b(\d{1,2})(?:eme|ieme|ème|nde?|e)\b")
_POSTAL = re.compile(r"\b(\d{5}|2[ab]\d{3})\b")


@dataclass(frozen=True, slots=True)
class SearchWords:
    """A name and, when the text says it, a code and the département it is looked for in."""

    key: str
    code: str = ""
    # The text read as a name followed by a département: (« saint denis », « 93 »).
    located: tuple[str, str] | None = None


def read_words(text: str) -> SearchWords:
    """What a text names. A name alone stays whole: « Fontaine-Française » is no Fontaine."""
    key = _ORDINAL.sub(lambda match: _ordinal(int(match.group(1))), search_key(text))
    found = _POSTAL.search(key)
    if found:
        rest = " ".join(_POSTAL.sub(" ", key).split())
        return SearchWords(rest, code=found.group(1).upper())
    return SearchWords(key, located=_located(key))


def _ordinal(number: int) -> str:
    return "1er" if number == 1 else f"{number}e"


def _located(key: str) -> tuple[str, str] | None:
    """The longest département, by code or name, that ends the text after a name."""
    words = key.split()
    for start in range(1, len(words)):
        code = departement_keys().get(" ".join(words[start:]))
        if code:
            return " ".join(words[:start]), code
    return None
