"""People type names without accents, hyphens or the right abbreviations."""

import pytest

from foundation.search import search_key


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Nœux-les-Mines", "noeux les mines"),
        ("  L'Abergement-Clémenciat ", "l abergement clemenciat"),
        ("L’Haÿ-les-Roses", "l hay les roses"),
        ("St-Dizier, Der & Blaise", "saint dizier der blaise"),
        ("Ste Foy", "sainte foy"),
        ("", ""),
        ("???", ""),
    ],
)
def test_a_key_forgets_accents_case_and_punctuation(typed: str, key: str) -> None:
    assert search_key(typed) == key
