"""CSV files of communes as people keep them; what is none is said in one sentence, by its line."""

import pytest

from foundation.refusal import Refused
from territories.drafts.uploads import MAX_BYTES, read_communes


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("62119\n62178\n", ["62119", "62178"]),
        ("Béthune\r\nLillers\r\n", ["Béthune", "Lillers"]),
        ("Code INSEE;Commune\n62119;Béthune\n", ["", "62119"]),
        ("commune,part\nBéthune,\nLillers,62.5\n", ["", "Béthune", "Lillers 62.5 %"]),
        ("Commune\tPart\nLillers\t62,5 %\n", ["", "Lillers 62,5 %"]),
        ('"62119";"Béthune";"40 %"\n"62178";"Bruay";""\n', ["62119 40 %", "62178"]),
        ("Pas-de-Calais;62119\nPas-de-Calais;62178\n", ["62119", "62178"]),
        ("code\n1138\n2A004\n", ["", "01138", "2A004"]),
        ("Nom\n\nBéthune\n\n\nLillers\n", ["", "", "Béthune", "", "", "Lillers"]),
    ],
)
def test_the_column_of_communes_is_found(text: str, lines: list[str]) -> None:
    assert read_communes(text.encode()).split("\n") == lines


def test_what_french_spreadsheets_write_is_read() -> None:
    assert read_communes("Béthune;x\n".encode("cp1252")) == "Béthune"
    assert read_communes("Béthune\n".encode("utf-8-sig")) == "Béthune"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "vide"),
        (b"\n \n", "vide"),
        (b"62119;B\n62178;L\n625", "Ligne 3 : 1 colonne au lieu de 2"),
        (b"62119\n62178;x\n", "Ligne 2 : 2 colonnes au lieu de 1"),
        (b'62119;"Bethune\n62178', "guillemet"),
        (b"12;34\n56;78\n", "ne contient pas de colonne"),
        (b"PK\x03\x04" + b"\0" * 60, "CSV"),
        (b"%PDF-1.7 ...", "CSV"),
        (b"\x89PNG\r\n\x1a\n\0\0", "CSV"),
        (b"<!doctype html><p>62119", "une page ou un document"),
        (b'{"type": "FeatureCollection"}', "une page ou un document"),
        (b"62119\n" * (MAX_BYTES // 6 + 1), "1 Mo"),
        (b"62119\n" * 1001, "1 000 communes"),
    ],
)
def test_anything_else_is_refused_in_one_sentence(data: bytes, said: str) -> None:
    with pytest.raises(Refused) as refused:
        read_communes(data)
    assert said in refused.value.reason.replace("\xa0", " ")
    assert refused.value.reason.endswith(".")
