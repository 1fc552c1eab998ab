"""Tables as operators bring them: any separator, any case of headings, compressed or not."""

import gzip
from pathlib import Path

import pytest

from foundation.refusal import Refused
from territories.imports.tables import Column, Line, headings, insee_code, read_table

COLUMNS = {
    "code": Column(["insee_code", "Code INSEE"], "le code de la commune"),
    "people": Column(["population"], "la population", required=False),
}


def read(path: Path, text: str) -> list[Line]:
    path.write_text(text, encoding="utf-8")
    return list(read_table(path, COLUMNS))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_separator_and_any_writing_of_the_headings(file: Path, separator: str) -> None:
    text = f"\ufeffPOPULATION{separator}code-insee\r\n12{separator} 62119 \r\n"
    assert read(file, text) == [Line(2, {"code": "62119", "people": "12"})]
    assert headings(file) == {"population", "codeinsee"}


def test_the_surest_name_wins(file: Path) -> None:
    assert read(file, "code_insee,insee_code\nno,62119\n")[0].values == {"code": "62119"}


def test_an_absent_optional_column_is_absent_and_a_required_one_is_asked_for(file: Path) -> None:
    assert read(file, "insee_code\n62119\n")[0].values == {"code": "62119"}
    with pytest.raises(Refused, match=r"pas de colonne pour le code .* colonnes lues : nom, prix"):
        read(file, "nom,prix\nBaguette,1\n")


def test_lines_keep_their_numbers_and_empty_ones_are_passed_over(file: Path) -> None:
    lines = read(file, "insee_code,population\n62119,1\n\n62310\n62126,\0\n")
    assert [(line.number, line.problem) for line in lines] == [
        (2, ""),
        (4, "1 colonne(s) au lieu de 2"),
        (5, "la ligne contient un caractère nul"),
    ]


def test_a_quote_left_open_is_no_table(file: Path) -> None:
    with pytest.raises(Refused, match="CSV lisible"):
        read(file, 'insee_code,population\n62119,"1\n')


def test_a_compressed_file_is_known_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(gzip.compress(b"insee_code\n62119\n"))
    assert [line.values["code"] for line in read_table(path, COLUMNS)] == ["62119"]


@pytest.mark.parametrize(
    ("text", "code"),
    [("1138", "01138"), (" 2a004 ", "2A004"), ("97411", "97411"), ("62", "62"), ("", "")],
)
def test_a_code_as_insee_writes_it(text: str, code: str) -> None:
    assert insee_code(text) == code
